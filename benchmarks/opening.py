"""What integrity and isolation cost: CPU of opening a graph and of its checks, wall time of an own query.

Run it with the test environment's Python: python benchmarks/opening.py
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from cartkg.build import build
from cartkg.queries.sandbox import run
from cartkg.rdf.folders import read_folders
from cartkg.rdf.inputs import fingerprint
from cartkg.rdf.store import hashes_of, open_graph
from cartkg.resources import DATA_DIRECTORY, default_graph_directory

RUNS = 15


def median(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """Milliseconds of the middle of some runs."""
    taken = []
    for _ in range(RUNS):
        before = clock()
        work()
        taken.append(clock() - before)
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


if __name__ == "__main__":
    main()
