"""How long a stored question takes, beside the engine alone on the same text and the same open store.

python benchmarks/questions.py [--seconds S] [--values]

Prints, for each stored query, the median milliseconds of CPU of both and the median of their ratios; then the
median and the highest ratio, and which are above 1.2. Both run the query and read every row, in turns that change
places, until they have taken S seconds: a machine that slows down slows both. Kept answers are not used. With
--values each query is asked as a caller asks it, with the last known value of its first parameter, and what it
takes to find what the value names is counted.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from typing import TYPE_CHECKING

from cartkg.build import build
from cartkg.queries.answers import Answer
from cartkg.queries.asking import ask
from cartkg.queries.binding import bound
from cartkg.queries.parameters import known_values
from cartkg.queries.stored import stored_queries

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartkg.queries.stored import StoredQuery
    from cartkg.rdf.store import Graph

LIMIT = 1.2
LEAST = 6


def milliseconds(run: Callable[[], object]) -> float:
    """CPU time of one call."""
    gc.collect()
    started = time.process_time()
    run()
    return (time.process_time() - started) * 1000


def values_for(graph: Graph, query: StoredQuery) -> dict[str, object]:
    """The last known value of the first parameter that has known values."""
    for parameter in query.parameters.values():
        if known := known_values(graph, query, parameter):
            return {parameter.name: known[-1]}
    return {}


def in_turns(ours: Callable[[], object], engine: Callable[[], object], seconds: float) -> list[tuple[float, float]]:
    """Milliseconds of both, at least six pairs, the first of a pair changing from pair to pair."""
    pairs = []
    milliseconds(ours), milliseconds(engine)
    end = time.perf_counter() + seconds
    while len(pairs) < LEAST or time.perf_counter() < end:
        if len(pairs) % 2:
            one, other = milliseconds(ours), milliseconds(engine)
        else:
            other, one = milliseconds(engine), milliseconds(ours)
        pairs.append((one, other))
    return pairs


def read(graph: Graph, text: str) -> Answer:
    """What asking does with a text whose answer is not kept."""
    return Answer.read(graph.select(text))


def engine_alone(graph: Graph, text: str) -> list[object]:
    """What pyoxigraph does with the text: run it and read every term of every row."""
    return [tuple(row) for row in graph.store.query(text, use_default_graph_as_union=True)]


def main() -> None:
    """Measure every stored query and print the ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--values", action="store_true")
    options = parser.parse_args()
    graph = build()
    ratios = {}
    print(f"{'query':<44}{'ours ms':>10}{'engine ms':>11}{'ratio':>8}")
    for name, query in stored_queries().items():
        values = values_for(graph, query) if options.values else {}
        text = bound(graph, name, values).text
        pairs = in_turns(
            lambda name=name, values=values, text=text: ask(graph, name, values) if values else read(graph, text),
            lambda text=text: engine_alone(graph, text),
            options.seconds,
        )
        ours, engine = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratios[name] = statistics.median(one / other for one, other in pairs)
        print(f"{name:<44}{ours:>10.2f}{engine:>11.2f}{ratios[name]:>8.2f}", flush=True)
    highest = max(ratios, key=ratios.__getitem__)
    above = sorted(name for name, ratio in ratios.items() if ratio > LIMIT)
    print(f"median ratio {statistics.median(ratios.values()):.2f}, highest {ratios[highest]:.2f} ({highest})")
    print(f"above {LIMIT}: {len(above)} of {len(ratios)} {' '.join(above)}".rstrip())


if __name__ == "__main__":
    main()
