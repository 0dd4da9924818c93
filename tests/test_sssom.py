"""Mappings: each sound row is a triple in a graph of its own, each mistake is found with its place and remedy."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.build import build
from cartkg.errors import DataError
from cartkg.resources import data_directory, mapping_files
from cartkg.store import open_graph
from cartkg.vocabulary import graph_name

from .conftest import WORLD

if TYPE_CHECKING:
    from cartkg.findings import Finding

HEAD = """\
#mapping_set_id: https://example.org/mappings/own
#license: https://creativecommons.org/publicdomain/zero/1.0/
#curie_map:
#  cartkg: https://w3id.org/cartkg/id/
#  doi: https://doi.org/
#  odd: "https://example.org/{not an IRI}"
"""
COLUMNS = ("subject_id", "predicate_id", "object_id", "mapping_justification", "confidence")
SOUND = (
    "cartkg:references/omega-review-2024.3", "skos:exactMatch", "doi:10.5555/g.3", "semapv:ManualMappingCuration", "1",
)  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the invented world with a place for mappings of one's own."""
    copy = tmp_path / "data"
    shutil.copytree(WORLD, copy)
    return copy


def write(data: Path, *rows: tuple[str, ...], head: str = HEAD, columns: tuple[str, ...] = COLUMNS) -> Path:
    path = data / "mappings" / "own.sssom.tsv"
    path.write_text(head + "".join("\t".join(row) + "\n" for row in (columns, *rows)), encoding="utf-8")
    return path


def findings(data: Path) -> tuple[Finding, ...]:
    with pytest.raises(DataError) as caught:
        build(data, data.parent / "graph")
    return caught.value.report.findings


def changed(**cells: str) -> tuple[str, ...]:
    return tuple(cells.get(name, cell) for name, cell in zip(COLUMNS, SOUND, strict=True))


def test_a_mapping_is_a_triple_of_the_graph_mappings_and_its_object_keeps_its_identifier(data: Path) -> None:
    write(data, SOUND)
    quads = set(build(data, data.parent / "graph").quads())
    home, paper = graph_name("mappings"), ox.NamedNode("https://doi.org/10.5555/g.3")
    reference = ox.NamedNode("https://w3id.org/cartkg/id/references/omega-review-2024.3")
    skos, dcterms = "http://www.w3.org/2004/02/skos/core#", "http://purl.org/dc/terms/"
    assert ox.Quad(reference, ox.NamedNode(skos + "exactMatch"), paper, home) in quads
    assert ox.Quad(paper, ox.NamedNode(dcterms + "identifier"), ox.Literal("doi:10.5555/g.3"), home) in quads


def test_a_term_of_the_ontology_can_be_mapped(data: Path) -> None:
    head = HEAD.replace("#  doi", "#  ck: https://w3id.org/cartkg/ontology/\n#  doi")
    write(data, changed(subject_id="ck:CAR"), head=head)
    subject = ox.NamedNode("https://w3id.org/cartkg/ontology/CAR")
    graph = build(data, data.parent / "graph")
    assert [quad for quad in graph.quads() if quad.subject == subject and quad.graph_name == graph_name("mappings")]


def test_a_data_folder_without_mappings_builds(data: Path) -> None:
    shutil.rmtree(data / "mappings")
    assert "mappings" not in build(data, data.parent / "graph").manifest.graphs


def test_a_changed_mapping_is_a_changed_input(data: Path) -> None:
    write(data, SOUND)
    build(data, data.parent / "graph")
    write(data, changed(object_id="doi:10.5555/g.4"))
    assert open_graph(data.parent / "graph", data) is None


@pytest.mark.parametrize(
    ("cell", "value", "rule", "remedy"),
    [
        ("subject_id", "cartkg:references/omega-review-2024.33", "mapping-subject", "cartkg:references/omega"),
        ("subject_id", "cartkg:reference/omega-review-2024.3", "mapping-subject", "write cartkg:references/"),
        ("subject_id", "skos:exactMatches", "mapping-subject", "write cartkg:table/id"),
        ("subject_id", "cartkg:references", "mapping-identifier", "compare"),
        ("subject_id", "omega-review-2024.3", "mapping-prefix", "curie_map"),
        ("predicate_id", "skos:exactmatch", "mapping-predicate", "write skos:exactMatch"),
        ("predicate_id", "owl:sameAs", "mapping-prefix", "curie_map"),
        ("object_id", "DOI:10.5555/g.3", "mapping-prefix", "write doi"),
        ("object_id", "doi:https://doi.org/10.5555/g.3", "mapping-identifier", "compare"),
        ("object_id", "odd:1", "mapping-identifier", "correct the CURIE"),
        ("object_id", "", "cell-type", "fill it"),
        ("mapping_justification", "skos:exactMatch", "mapping-justification", "semapv:ManualMappingCuration"),
        ("confidence", "95%", "cell-type", "from 0 to 1"),
        ("confidence", "0.\x079", "characters", "delete it"),
    ],
)
def test_a_wrong_cell_is_found_with_its_line_column_and_remedy(
    data: Path, cell: str, value: str, rule: str, remedy: str
) -> None:
    path = write(data, SOUND, changed(**{"object_id": "doi:10.5555/g.4", cell: value}))
    found = next(finding for finding in findings(data) if finding.rule == rule)
    assert (found.path, found.line, found.column) == (str(path), 9, cell)
    assert remedy in found.remedy


def test_all_mistakes_are_found_in_one_run_together_with_those_of_the_tables(data: Path) -> None:
    (data / "trials.tsv").write_text("id\n", encoding="utf-8")
    write(data, changed(subject_id="cartkg:antigens/none"), SOUND, SOUND, SOUND[:3])
    rules = [(finding.rule, finding.line) for finding in findings(data) if finding.path.endswith("own.sssom.tsv")]
    assert rules == [("mapping-subject", 8), ("mapping-twice", 10), ("cell-count", 11)]
    assert any(finding.path.endswith("trials.tsv") for finding in findings(data))


@pytest.mark.parametrize(
    ("head", "rule", "remedy"),
    [
        ("", "mapping-metadata", "#curie_map"),
        ("#license: [\n", "mapping-metadata", "key: value"),
        (HEAD.replace("https://doi.org/", "http://dx.doi.org/"), "mapping-prefix", "write doi: https://doi.org/"),
    ],
)
def test_wrong_metadata_is_found(data: Path, head: str, rule: str, remedy: str) -> None:
    write(data, SOUND, head=head)
    assert any(finding.rule == rule and remedy in finding.remedy for finding in findings(data))


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        (COLUMNS[:4], None), (("subject", *COLUMNS[1:]), "subject"), ((*COLUMNS[:4], "object_id"), "object_id"),
        (COLUMNS[1:], "subject_id"),
    ],
)  # fmt: skip
def test_a_wrong_header_is_found(data: Path, columns: tuple[str, ...], column: str | None) -> None:
    write(data, columns=columns)
    if column is None:
        build(data, data.parent / "graph")
    else:
        assert column in {finding.column for finding in findings(data) if finding.rule == "header"}


def test_an_open_quotation_mark_is_found(data: Path) -> None:
    write(data, changed(object_id='"doi:10.5555/g.3'))
    assert [finding.rule for finding in findings(data)] == ["table-syntax"]


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_can_not_be_read_or_is_not_named_as_mappings_is_found(data: Path, content: bytes | None) -> None:
    name = "own.tsv" if content is None else "own.sssom.tsv"
    (data / "mappings" / name).write_bytes(content or b"")
    assert [finding.rule for finding in findings(data)] == ["mapping-file"]


def rows(table: str) -> list[dict[str, str]]:
    """Rows of a mapping table, or of another table, of the review."""
    path = data_directory() / table
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("#"))
    return list(csv.DictReader(io.StringIO(text), delimiter="\t"))


MAPPINGS = [row for file in mapping_files(data_directory()) for row in rows(f"mappings/{file.name}")]


def test_every_mapping_of_the_review_names_its_subject_as_its_row_does() -> None:
    labels = {f"cartkg:{table}/{row['id']}": row["label"] for table in ("references", "trials")
              for row in rows(f"{table}.tsv")}  # fmt: skip
    assert {row["subject_id"]: row["subject_label"] for row in MAPPINGS}.items() <= labels.items()


def test_every_mapping_of_the_review_says_where_it_was_found_and_how_sure_it_is() -> None:
    assert [row for row in MAPPINGS if not row["comment"] or row["confidence"] not in {"0.95", "0.8"}] == []


def test_a_paper_or_trial_has_one_exact_identifier_in_a_registry_and_shares_it_with_no_other() -> None:
    exact = [row for row in MAPPINGS if row["predicate_id"] == "skos:exactMatch"]
    assert len({(row["subject_id"], row["object_id"].split(":")[0]) for row in exact}) == len(exact)
    assert len({row["object_id"].casefold() for row in exact}) == len(exact)


def test_a_doi_or_registration_that_the_review_prints_is_the_one_mapped() -> None:
    mapped = {(row["subject_id"], row["object_id"].casefold()) for row in MAPPINGS}
    printed = {(f"cartkg:references/{row['id']}", f"doi:{row['doi']}".casefold())
               for row in rows("references.tsv") if row["doi"]}  # fmt: skip
    printed |= {(f"cartkg:trials/{row['id']}", f"clinicaltrials:{row['registration']}".casefold())
                for row in rows("trials.tsv") if row["registration"]}  # fmt: skip
    assert printed
    assert printed <= mapped
