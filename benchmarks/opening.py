"""What integrity and isolation cost: CPU of opening a graph and of its checks, wall time of an own query.

Run it with the test environment's Python: python benchmarks/opening.py
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from functools import partial

import pyoxigraph as ox

from cartkg.build import build
from cartkg.confined import Limits
from cartkg.queries.sandbox import run
from cartkg.rdf.folders import fingerprint, read_folders
from cartkg.rdf.store import Graph, hashes_of, open_graph, solutions
from cartkg.resources import DATA_DIRECTORY, default_graph_directory
from cartkg.serve.workers import Pool

RUNS = 15
_CK = "PREFIX ck: <https://w3id.org/cartkg/ontology/> "
TEXTS = (
    _CK + "SELECT ?size { ?cohort a ck:Cohort ; ck:size ?size } ORDER BY ?size LIMIT 20",
    _CK + "SELECT (COUNT(*) AS ?n) { ?x a ck:Observation }",
    _CK + "SELECT * { ?x a ck:Observation ; ?p ?o }",
)


def median(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """Milliseconds of the middle of some runs."""
    taken = []
    for _ in range(RUNS):
        before = clock()
        work()
        taken.append(clock() - before)
    return statistics.median(taken) * 1000


def answered(graph: Graph, text: str) -> bytes:
    """What a worker makes of a query, made here."""
    return bytes(solutions(graph.query(text)).serialize(format=ox.QueryResultsFormat.JSON) or b"")


async def waiting(graph: Graph, text: str) -> float:
    """Milliseconds of the middle of some answers of a worker that was started beforehand, as `serve` has them."""
    pool, taken = Pool(graph, Limits(), 1), []
    await pool.start()
    for _ in range(RUNS):
        before = time.perf_counter()
        await pool.ask({"query": text, "default": [], "named": [], "results": "json", "graphs": "ttl"})
        taken.append(time.perf_counter() - before)
    await pool.close()
    return statistics.median(taken) * 1000


def main() -> None:
    """Print each with what it is of."""
    graph, folders = build(), read_folders(DATA_DIRECTORY, ())
    directory, store = default_graph_directory(DATA_DIRECTORY), graph.path / "store"
    size = sum(file.stat().st_size for file in store.iterdir())
    own, here = (lambda: run(graph, "ASK {}")), (lambda: graph.query("ASK {}"))
    print(f"{RUNS} runs each, {graph.manifest.quads} quads, store of {size / 1e6:.1f} MB")
    print(f"opening a graph        {median(lambda: open_graph(directory, folders), time.process_time):8.1f} ms of CPU")
    print(f"  hashing its inputs   {median(lambda: fingerprint(folders), time.process_time):8.1f}")
    print(f"  hashing its store    {median(lambda: hashes_of(store), time.process_time):8.1f}")
    print(f"info --verify          {median(graph.verify, time.process_time):8.1f} ms of CPU")
    print(f"ASK {{}} here            {median(here, time.perf_counter):8.1f} ms")
    print(f"ASK {{}} in a process    {median(own, time.perf_counter):8.1f} ms")
    for text in TEXTS:
        alone, isolated = median(partial(answered, graph, text), time.perf_counter), asyncio.run(waiting(graph, text))
        print(f"{text[-40:]:<42} here {alone:6.1f} ms, by a worker of `serve` {isolated:6.1f} ms")


if __name__ == "__main__":
    main()
