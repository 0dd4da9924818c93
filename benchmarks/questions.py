"""How long a stored question takes, beside the engine alone on the same text and the same open store.

python benchmarks/questions.py [--repeat N] [--values]

Prints, for each stored query, the least milliseconds of CPU of both and their ratio, measured in turns in one
process; then the median and the highest ratio. Kept answers are not used: both run the query and read every
row. With --values each query is asked with the last known value of its first parameter.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from typing import TYPE_CHECKING

from cartkg.answers import Answer
from cartkg.asking import text_of
from cartkg.build import build
from cartkg.parameters import known_values
from cartkg.stored import stored_queries

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartkg.store import Graph
    from cartkg.stored import StoredQuery


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


def engine_alone(graph: Graph, text: str) -> list[object]:
    """What pyoxigraph does with the text: run it and read every term of every row."""
    return [tuple(row) for row in graph.store.query(text, use_default_graph_as_union=True)]


def main() -> None:
    """Measure every stored query and print the ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--values", action="store_true")
    options = parser.parse_args()
    graph = build()
    ratios = {}
    print(f"{'query':<36}{'ours ms':>10}{'engine ms':>11}{'ratio':>8}")
    for name, query in stored_queries().items():
        values = values_for(graph, query) if options.values else {}
        text = text_of(graph, name, values)
        pairs = [
            (
                milliseconds(lambda text=text: Answer.read(graph.select(text))),
                milliseconds(lambda text=text: engine_alone(graph, text)),
            )
            for _ in range(options.repeat + 1)
        ][1:]
        ours, engine = (min(column) for column in zip(*pairs, strict=True))
        ratios[name] = ours / engine
        print(f"{name:<36}{ours:>10.2f}{engine:>11.2f}{ratios[name]:>8.2f}")
    highest = max(ratios, key=ratios.__getitem__)
    print(f"median ratio {statistics.median(ratios.values()):.2f}, highest {ratios[highest]:.2f} ({highest})")


if __name__ == "__main__":
    main()
