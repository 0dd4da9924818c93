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
from cartkg.queries.asking import ask
from cartkg.rdf.folders import read_folders
from cartkg.rdf.store import open_graph
from cartkg.rdf.vocabulary import expand, graph_name, lexical
from cartkg.resources import DATA_DIRECTORY, ONTOLOGY_DIRECTORY, mapping_files

from .conftest import WORLD

if TYPE_CHECKING:
    from cartkg.findings import Finding
    from cartkg.rdf.store import Graph

HEAD = """\
#mapping_set_id: https://example.org/mappings/own
#license: https://creativecommons.org/publicdomain/zero/1.0/
#curie_map:
#  cartkg: https://w3id.org/cartkg/id/
#  doi: https://doi.org/
#  odd: "https://example.org/{not an IRI}"
"""
COLUMNS = (
    "subject_id", "predicate_id", "object_id", "mapping_justification", "confidence", "subject_label", "object_source",
)  # fmt: skip
SOUND = (
    "cartkg:references/omega-review-2024.3", "skos:exactMatch", "doi:10.5555/g.3", "semapv:ManualMappingCuration", "1",
    "Gamma 2022", "bioregistry:doi",
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
    """The sound row with other cells; one of another subject or object does not name the old one."""
    if "subject_id" in cells:
        cells = {"subject_label": "", **cells}
    if not cells.get("object_id", "doi:").startswith("doi:"):
        cells = {"object_source": "", **cells}
    return tuple(cells.get(name, cell) for name, cell in zip(COLUMNS, SOUND, strict=True))


def test_a_mapping_is_a_triple_of_the_graph_mappings_and_its_object_keeps_its_identifier(data: Path) -> None:
    write(data, SOUND)
    quads = set(build(data, data.parent / "graph").quads())
    home, paper = graph_name("mappings"), ox.NamedNode("https://doi.org/10.5555/g.3")
    reference = ox.NamedNode("https://w3id.org/cartkg/id/references/omega-review-2024.3")
    skos, dcterms = "http://www.w3.org/2004/02/skos/core#", "http://purl.org/dc/terms/"
    assert ox.Quad(reference, ox.NamedNode(skos + "exactMatch"), paper, home) in quads
    assert ox.Quad(paper, ox.NamedNode(dcterms + "identifier"), ox.Literal("doi:10.5555/g.3"), home) in quads


@pytest.mark.no_cover
def test_a_term_of_the_ontology_can_be_mapped(data: Path) -> None:
    head = HEAD.replace("#  doi", "#  ck: https://w3id.org/cartkg/ontology/\n#  doi")
    write(data, changed(subject_id="ck:CAR"), head=head)
    subject = ox.NamedNode("https://w3id.org/cartkg/ontology/CAR")
    graph = build(data, data.parent / "graph")
    assert [quad for quad in graph.quads() if quad.subject == subject and quad.graph_name == graph_name("mappings")]


def test_an_identifier_keeps_the_name_it_has_elsewhere(data: Path) -> None:
    write(data, (*SOUND, "Gamma"), columns=(*COLUMNS, "object_label"))
    graph = build(data, data.parent / "graph")
    named = ox.Triple(ox.NamedNode("https://doi.org/10.5555/g.3"), expand("skos:prefLabel"), ox.Literal("Gamma"))
    assert named in {quad.triple for quad in graph.quads()}


def test_an_identifier_with_two_names_is_found(data: Path) -> None:
    second = changed(subject_id="cartkg:references/omega-review-2024.4")
    write(data, (*SOUND, "Gamma"), (*second, "Delta"), columns=(*COLUMNS, "object_label"))
    assert [(finding.rule, finding.line) for finding in findings(data)] == [("mapping-label", 9)]


@pytest.mark.no_cover
def test_why_no_identifier_was_found_is_kept_and_no_identifier_is_made_up(data: Path) -> None:
    head = HEAD + "#  sssom: https://w3id.org/sssom/\n"
    row = (*changed(object_id="sssom:NoTermFound"), "Printed nowhere.")
    write(data, row, head=head, columns=(*COLUMNS, "comment"))
    said = {quad.triple for quad in build(data, data.parent / "graph").quads()}
    subject = ox.NamedNode("https://w3id.org/cartkg/id/references/omega-review-2024.3")
    reason = ox.Literal("Printed nowhere.", language="en")
    assert ox.Triple(subject, expand("ck:noIdentifierFound"), reason) in said
    assert [triple for triple in said if "NoTermFound" in str(triple)] == []


def test_nothing_found_without_a_reason_is_a_mistake(data: Path) -> None:
    write(data, changed(object_id="sssom:NoTermFound"), head=HEAD + "#  sssom: https://w3id.org/sssom/\n")
    assert [(finding.rule, finding.column) for finding in findings(data)] == [("mapping-reason", "comment")]


def test_a_vocabulary_that_the_prefix_table_does_not_hold_needs_its_prefix_in_the_file_only(data: Path) -> None:
    write(data, changed(object_id="own:1"), head=HEAD + "#  own: https://example.org/own/\n")
    assert any(str(quad.object) == "<https://example.org/own/1>" for quad in build(data, data.parent / "graph").quads())


def test_without_mappings_of_rows_those_of_terms_are_left(data: Path) -> None:
    shutil.rmtree(data / "mappings")
    graph = build(data, data.parent / "graph")
    mapped = {quad.subject for quad in graph.quads() if quad.graph_name == graph_name("mappings")}
    assert mapped
    assert [subject for subject in mapped if lexical(subject).startswith("https://w3id.org/cartkg/id/")] == []


def test_a_changed_mapping_is_a_changed_input(data: Path) -> None:
    write(data, SOUND)
    build(data, data.parent / "graph")
    write(data, changed(object_id="doi:10.5555/g.4"))
    assert open_graph(data.parent / "graph", read_folders(data, ())) is None


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
        ("subject_label", "Beta 2021", "mapping-label", "write Gamma 2022"),
        ("object_source", "bioregistry:pubmed", "mapping-source", "write bioregistry:doi"),
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


@pytest.mark.no_cover
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


@pytest.mark.no_cover
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


def test_a_mapping_that_is_not_the_one_that_was_checked_is_refused_with_what_to_write(data: Path) -> None:
    columns = (*COLUMNS, "object_label", "kept")
    changes = {"object_id": "doi:10.5555/g.4", "predicate_id": "skos:closeMatch", "confidence": "0.8"}
    rows = [(*SOUND, "Gamma"), *((*changed(**{name: cell}), "Gamma") for name, cell in changes.items())]
    rows.append((*changed(predicate_id="skos:broadMatch"), "Delta"))
    write(data, *((*row, "") for row in rows), columns=columns)
    kept = [finding.remedy.rpartition(" ")[2] for finding in findings(data) if finding.rule == "kept"]
    assert len(set(kept)) == len(rows)
    write(data, *((*row, kept[0]) for row in rows), columns=columns)
    found = [(finding.line, finding.column) for finding in findings(data) if finding.rule == "kept"]
    assert found == [(line, "kept") for line in (9, 10, 11, 12)]


def test_an_open_quotation_mark_is_found(data: Path) -> None:
    write(data, changed(object_id='"doi:10.5555/g.3'))
    assert [finding.rule for finding in findings(data)] == ["table-syntax"]


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_can_not_be_read_or_is_not_named_as_mappings_is_found(data: Path, content: bytes | None) -> None:
    name = "own.tsv" if content is None else "own.sssom.tsv"
    (data / "mappings" / name).write_bytes(content or b"")
    assert [finding.rule for finding in findings(data)] == ["mapping-file"]


def read(path: Path) -> list[dict[str, str]]:
    """Rows of a mapping table or of another table."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("#"))
    return list(csv.DictReader(io.StringIO(text), delimiter="\t"))


def rows(table: str) -> list[dict[str, str]]:
    """Rows of a table of the review."""
    return read(DATA_DIRECTORY / table)


FILES = (*mapping_files(DATA_DIRECTORY), *mapping_files(ONTOLOGY_DIRECTORY))
MAPPINGS = [row for file in FILES for row in read(file)]
FOUND = [row for row in MAPPINGS if row["object_id"] != "sssom:NoTermFound"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parents[1].name}/{file.name}")
def test_a_mapping_file_is_about_the_table_or_module_that_its_name_says(file: Path) -> None:
    subjects = {row["subject_id"] for row in read(file)}
    stem = file.name.removesuffix(".sssom.tsv")
    if file.parents[1] == DATA_DIRECTORY:
        assert {subject.rpartition("/")[0] for subject in subjects} == {f"cartkg:{stem}"}
    else:
        module = (ONTOLOGY_DIRECTORY / f"{stem}.ttl").read_text(encoding="utf-8")
        assert [subject for subject in subjects if f"\n{subject} a owl:" not in module] == []


def test_every_mapping_keeps_what_was_checked() -> None:
    assert [row for row in MAPPINGS if not row["kept"].startswith("sha256:")] == []


def test_every_mapping_says_where_it_was_found_and_how_sure_it_is() -> None:
    assert [row for row in FOUND if "Found on: " not in row["comment"]] == []
    assert {row["confidence"] for row in MAPPINGS} == {"0.95", "0.8", "0.7"}
    assert [row for row in FOUND if (row["confidence"] == "0.7") != ("Conflict" in row["comment"])] == []


def test_every_identifier_of_a_vocabulary_comes_with_its_label_and_vocabulary() -> None:
    registries = {"clinicaltrials", "doi", "pubmed"}
    named = [row for row in FOUND if row["object_id"].partition(":")[0] not in registries]
    assert named
    assert [row for row in named if not row["object_label"]] == []
    assert [row for row in named if not row["object_source"].startswith("bioregistry:")] == []


def test_nothing_has_two_exact_identifiers_in_one_vocabulary_and_no_two_things_share_one() -> None:
    exact = [row for row in FOUND if row["predicate_id"] == "skos:exactMatch"]
    assert len({(row["subject_id"], row["object_id"].split(":")[0]) for row in exact}) == len(exact)
    assert len({row["object_id"].casefold() for row in exact}) == len(exact)


def test_no_identifier_that_is_known_to_mean_something_else_is_used() -> None:
    wrong = {
        "chembl.compound:CHEMBL3989989": "sources disagree about its label",
        "doi:10.1038/nature22395": "another paper",
        "mondo:0015977": "agammaglobulinemia, which is not hypogammaglobulinaemia",
        "ncit:C111041": "an allogeneic product",
    }
    assert [row for row in FOUND if row["object_id"] in wrong] == []
    therapy = [row for row in FOUND if row["object_id"] == "ncit:C126102"]
    assert [row["predicate_id"] for row in therapy] == ["skos:relatedMatch"]


@pytest.mark.parametrize("kind", ["antigens", "diseases", "approved products", "outcomes", "trial references"])
def test_nearly_everything_has_an_identifier_elsewhere_or_a_reason_why_not(graph: Graph, kind: str) -> None:
    row = next(iter(ask(graph, "identifier-coverage", {"kind": kind})))
    assert row["things"] > 0
    assert row["percent"] >= 95


def test_a_gene_is_never_the_same_as_a_protein_or_a_piece_of_it() -> None:
    genes = [row for row in FOUND if row["object_id"].partition(":")[0] in {"hgnc", "ncbigene", "ensembl"}]
    assert {row["predicate_id"] for row in genes} == {"skos:relatedMatch"}


def test_a_doi_or_registration_that_the_review_prints_is_the_one_mapped() -> None:
    mapped = {(row["subject_id"], row["object_id"].casefold()) for row in FOUND}
    printed = {(f"cartkg:references/{row['id']}", f"doi:{row['doi']}".casefold())
               for row in rows("references.tsv") if row["doi"]}  # fmt: skip
    printed |= {(f"cartkg:trials/{row['id']}", f"clinicaltrials:{row['registration']}".casefold())
                for row in rows("trials.tsv") if row["registration"]}  # fmt: skip
    assert printed
    assert printed <= mapped
