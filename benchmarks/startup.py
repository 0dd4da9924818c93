"""CPU seconds of whole processes, side by side in one run: medians, and ratios to a bare interpreter.

Run it with the test environment's Python: python benchmarks/startup.py
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

from cartkg.build import build

RUNS = 11


def cpu_seconds(*arguments: str) -> float:
    """User and system time of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure in turn, so that a noisy machine disturbs every command alike."""
    graph = build()
    os.environ["CARTKG_GRAPH"] = str(graph.path.parent)
    quads = str(graph.path / "graph.nq")
    load = f"import pyoxigraph as o; o.Store().bulk_load(path={quads!r}, format=o.RdfFormat.N_QUADS)"
    start = f"import pyoxigraph as o; o.Store.read_only({str(graph.path / 'store')!r})"
    commands: dict[str, list[str]] = {
        "python -c pass": ["-c", "pass"],
        "cartkg --help": ["-m", "cartkg", "--help"],
        "cartkg query evidence": ["-m", "cartkg", "query", "evidence"],
        "cartkg query evidence --format csv": ["-m", "cartkg", "query", "evidence", "--format", "csv"],
        "cartkg query approved-products": ["-m", "cartkg", "query", "approved-products"],
        "open the store": ["-c", start],
        "parse the N-Quads into memory": ["-c", load],
        "import click": ["-c", "import click"],
        "import rich.table (where installed)": ["-c", "import rich.table, rich.console"],
        "import rdflib": ["-c", "import rdflib"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, arguments in commands.items():
            times[name].append(cpu_seconds(*arguments))
    bare = statistics.median(times["python -c pass"])
    print(f"{'command':<40}{'median s':>10}{'above bare':>12}{'ratio':>8}")
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"{name:<40}{median:>10.3f}{median - bare:>12.3f}{median / bare:>8.1f}")
    print(f"{RUNS} runs each, {graph.manifest.quads} quads, in {Path(sys.executable).name}")


if __name__ == "__main__":
    main()
