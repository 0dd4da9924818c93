"""For people without RDF a release holds tables that frictionless accepts; for others the evidence by itself."""

from __future__ import annotations

import csv
import json
import shutil
from typing import TYPE_CHECKING

import openpyxl
import pyoxigraph as ox
import pytest

from cartkg.queries.asking import ask
from cartkg.rdf.vocabulary import PREFIXES, expand, type_
from cartkg.resources import RELEASE_DIRECTORY, read_table

from . import tools
from .conftest import WORLD

if TYPE_CHECKING:
    from pathlib import Path

    from cartkg.rdf.store import Graph

pytestmark = pytest.mark.no_cover  # what these ask for is measured where it is tested by itself


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("which", ["small_release", "release"])
def test_frictionless_accepts_the_tables(request: pytest.FixtureRequest, which: str) -> None:
    folder: Path = request.getfixturevalue(which) / "tables"
    done = tools.check("frictionless", "validate", "datapackage.json", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert "INVALID" not in done.stdout
    listed = {one["path"] for one in json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"]}
    assert listed == {file.name for file in folder.glob("*.csv")}


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [("observations", "alpha", "nobody"), ("evidence", ",2020,", ",twenty,"), ("studies", ",2020,", ",soon,")],
)
def test_frictionless_notices_a_wrong_cell(small_release: Path, tmp_path: Path, table: str, old: str, new: str) -> None:
    folder = tmp_path / "tables"
    shutil.copytree(small_release / "tables", folder)
    file = folder / f"{table}.csv"
    text = file.read_text(encoding="utf-8")
    changed = text.replace("t1-r01-all", "t9-nobody") if table == "observations" else text.replace(old, new)
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    assert tools.check("frictionless", "validate", "datapackage.json", cwd=folder).returncode == 1


def test_the_tables_hold_every_cell_of_the_tables_they_come_from(small_release: Path) -> None:
    for source in WORLD.glob("*.tsv"):
        with source.open(encoding="utf-8", newline="") as stream:
            expected = list(csv.DictReader(stream, delimiter="\t"))
        if expected:
            found = rows(small_release / "tables" / f"{source.stem}.csv")
            assert [{k: v for k, v in row.items() if k in expected[0]} for row in found] == expected, source.name


def test_the_workbook_holds_every_table_and_what_its_columns_mean(small_release: Path) -> None:
    book = openpyxl.load_workbook(small_release / "tables" / "cartkg.xlsx")
    sheets = {sheet.title: [*sheet.iter_rows(values_only=True)] for sheet in book}
    files = {file.stem: file for file in (small_release / "tables").glob("*.csv")}
    assert set(sheets) == {"columns", *files}
    for name, file in files.items():
        cells = [*csv.reader(file.read_text(encoding="utf-8").splitlines(keepends=True))]
        expected = [[*map(plain, row)] for row in cells] if name == "evidence" else cells
        assert [["" if cell is None else str(cell) for cell in row] for row in sheets[name]] == expected
    explained = {(table, column) for table, column, _, meaning in sheets["columns"][1:] if meaning}
    assert explained == {(name, column) for name in files for column in sheets[name][0]}


def plain(cell: str) -> str:
    """A figure as Excel gives it back: 66.0 is 66."""
    return cell.removesuffix(".0") if cell.removesuffix(".0").isdigit() else cell


def test_each_column_of_the_evidence_is_explained(world: Graph) -> None:
    assert [row["column"] for row in read_table(RELEASE_DIRECTORY / "evidence.tsv")] == [
        *ask(world, "evidence").variables
    ]


def test_the_core_is_small_named_and_free_of_bookkeeping(release: Path) -> None:
    said = [quad.triple for quad in ox.parse(path=release / "core.ttl")]
    assert len(said) <= 15_000
    used = {triple.predicate.value.removeprefix(PREFIXES["ck"]) for triple in said}
    assert not {name for name in used if name.startswith(("by", "printed", "profile", "flagCount")) and name != "by"}
    assert not {"locator", "basis", "referenceAsPrinted"} & used
    named = {triple.subject for triple in said if triple.predicate == expand("rdfs:label")}
    assert {"usesVector", "hasVector"} <= used
    spoken = {t.object for t in said if isinstance(t.object, ox.NamedNode) and t.predicate != type_}
    assert {term.value for term in spoken - named} == set()


def test_the_core_says_nothing_that_the_graph_does_not_say_in_the_same_spelling(small_release: Path) -> None:
    core, whole = ({q.triple for q in ox.parse(path=small_release / f"{name}.ttl")} for name in ("core", "cartkg"))
    assert {str(triple) for triple in core - whole} == set()


def test_the_core_has_every_figure_as_it_is_printed(release: Path, graph: Graph) -> None:
    said = {(t.subject, t.object) for t in (q.triple for q in ox.parse(path=release / "core.ttl"))
            if t.predicate == expand("ck:asPrinted")}  # fmt: skip
    stated = {(q.subject, q.object) for q in graph.quads() if q.predicate == expand("ck:asPrinted")}
    observations = {q.subject for q in graph.quads() if q.object == expand("ck:Observation")}
    assert {pair for pair in stated if pair[0] in observations} <= said
