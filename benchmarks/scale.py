"""Build the review's tables many times over, each time under a source of its own, and measure whole commands on that.

Run it with the test environment's Python: python benchmarks/scale.py [--copies N] [--folder DIR] [STEP ...]
Steps are build, info, evidence and validate; without any, all of them. It prints CPU seconds and peak memory of each
command beside its bar, when nothing is kept of earlier answers and, but for a build, when asked again; it exits with 1
if the former is above.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import click

from cartkg.rdf.store import read_manifest
from cartkg.resources import DATA_DIRECTORY
from cartkg.tables.fingerprint import KEPT, ROWS
from cartkg.tables.reader import read_rows
from cartkg.tables.schema import LIST_SEPARATOR, Column, curated_tables

# What a second review would find in the tables already, and point at.
SHARED = frozenset({"antigens", "vectors", "domains", "diseases", "terms", "trials"})
# Tables whose labels name other rows, and one whose labels are those of outcomes; those of the rest are once in all.
RELATIONS, HARMS = frozenset({"placements", "equivalences", "indications"}), "adverse-events"
STEPS = ("build", "info", "evidence", "validate")
MEGABYTE = 1024


def copied_entry(column: Column, entry: str, mark: str) -> str:
    """An entry of a cell in a copy: what refers to a row of the copy carries the copy's mark."""
    match column:
        case Column(kind="identifier"):
            return mark + entry
        case Column(kind="row", target=table) if table not in SHARED:
            return mark + entry
        case Column(kind="node"):
            table, _, identifier = entry.partition(":")
            return entry if table in {*SHARED, "ck"} else f"{table}:{mark}{identifier}"
    return entry


def copied_cell(table: str, column: Column, cell: str, mark: str) -> str:
    """A cell in a copy; empty ones stay so."""
    if column.predicate == "rdfs:label":
        return f"in {mark[:-1]}" if table in RELATIONS else cell if table == HARMS else f"{cell} ({mark[:-1]})"
    if not cell or column.name in {KEPT, ROWS}:  # those hold codes and counts of the review
        return ""
    return LIST_SEPARATOR.join(copied_entry(column, entry, mark) for entry in cell.split(LIST_SEPARATOR))


def cells(table: str) -> list[dict[str, str]]:
    """The rows of one of the review's tables."""
    return [raw.cells for raw in read_rows(DATA_DIRECTORY / f"{table}.tsv", curated_tables()[table], [])]


def write_copies(table: str, folder: Path, copies: int) -> None:
    """One table with as many copies of its rows; the first is as it stands."""
    meanings = curated_tables()[table].columns
    rows = cells(table)
    if "locator" not in meanings:  # of rows that no source prints a copy is held to be the row that was checked
        rows = [row | {KEPT: ""} for row in rows]
    with (folder / f"{table}.tsv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(meanings), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        for number in range(2, 1 if table in SHARED else copies + 1):
            mark = f"copy{number}-"
            writer.writerows(
                {name: copied_cell(table, meanings[name], row.get(name, ""), mark) for name in meanings} for row in rows
            )


def measured(*arguments: str) -> tuple[float, float]:
    """User and system seconds and peak megabytes of one command."""
    process = subprocess.Popen([sys.executable, "-m", "cartkg", *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in {0, 1}:
        raise click.ClickException(f"cartkg {' '.join(arguments)} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MEGABYTE


def filters() -> dict[str, str]:
    """A value to ask for of each parameter: the rarest single target, the last product and disease with results."""
    targets = Counter(row["antigens"] for row in cells("constructs") if LIST_SEPARATOR not in row["antigens"])
    (antigen, _) = targets.most_common()[-1]
    labels = {
        table: {row["id"]: row["label"] for row in cells(table)} for table in ("antigens", "products", "diseases")
    }
    return {
        "target": labels["antigens"][antigen],
        "product": labels["products"][cells("studies")[-1]["product"]],
        "disease": labels["diseases"][cells("cohorts")[-1]["diseases"].split(LIST_SEPARATOR)[-1]],
    }


def forget(graph: Path) -> None:
    """Delete the answers that earlier commands kept beside a graph."""
    for kept in graph.glob("graph-*/answers"):
        shutil.rmtree(kept)


def commands() -> dict[str, list[tuple[list[str], float, float]]]:
    """By step, the commands with the most CPU seconds and megabytes that each may need."""
    asked = [["-p", f"{parameter}={value}"] for parameter, value in filters().items()]
    return {
        "build": [(["build", "--force"], 30, 1500)],
        "info": [(["info"], 1, 1500)],
        "evidence": [
            (["query", "evidence", "--format", "csv", *given], 0.3 if given else 1.5, 1500) for given in (*asked, [])
        ],
        "validate": [(["validate"], 60, 1500)],
    }


@click.command()
@click.argument("steps", nargs=-1, type=click.Choice(STEPS))
@click.option("--copies", default=26, show_default=True, help="How often the tables are written.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keep tables and graph here, for later steps alone.")
def main(steps: tuple[str, ...], copies: int, folder: Path | None) -> None:
    """Measure commands on many copies of the review."""
    with tempfile.TemporaryDirectory() as temporary:
        data, graph = (folder or Path(temporary)) / "data", (folder or Path(temporary)) / "graph"
        shutil.copytree(DATA_DIRECTORY, data, dirs_exist_ok=True)
        for table in curated_tables():
            write_copies(table, data, copies)
        os.environ["CARTKG_GRAPH"] = str(graph)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its bytecode
        place = ["--data", str(data), "--graph", str(graph)]
        above = False
        if "build" not in (steps or STEPS):
            measured("build", "--data", str(data), "--out", str(graph))
        for step in steps or STEPS:
            for command, most_seconds, most_memory in commands()[step]:
                forget(graph)
                where = ["--data", str(data), "--out", str(graph)] if step == "build" else place
                seconds, memory = measured(*command, *where)
                again = "" if step == "build" else f", again {measured(*command, *where)[0]:.2f}"
                above |= seconds > most_seconds or memory > most_memory
                print(f"{' '.join(command)}\n{seconds:>8.2f} s CPU (at most {most_seconds:g}{again})"
                      f"{memory:>8.0f} MB (at most {most_memory:g})", flush=True)  # fmt: skip
        if manifest := read_manifest(graph):
            print(f"{manifest.quads} triples, {copies} copies")
    sys.exit(above)


if __name__ == "__main__":
    main()
