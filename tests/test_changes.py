"""What changed between two releases is told by node, property and place, whatever blank nodes are called."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.build import build
from cartkg.errors import UsageError
from cartkg.export import export
from cartkg.rdf.vocabulary import expand, graph_name
from cartkg.release.changes import Changes, State, compare, read_state, to_markdown, to_text
from cartkg.resources import earlier_releases

from .conftest import WORLD, replace_cell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cartkg.rdf.store import Graph

    from .conftest import Run

CK, ID = "https://w3id.org/cartkg/ontology/", "https://w3id.org/cartkg/id/"
REPLACED_BY = "http://purl.obolibrary.org/obo/IAO_0100001"
HEAD = f"""
@prefix ck: <{CK}> . @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
TERM = 'ck:Kept a owl:Class ; rdfs:label "kept"@en ; skos:definition "A thing."@en .\n'


def state(text: str) -> State:
    return State.of(ox.parse(HEAD + text, format=ox.RdfFormat.TURTLE))


def changed(old: str, new: str) -> Changes:
    return compare(state(old), state(new))


def test_a_graph_does_not_differ_from_itself(world: Graph) -> None:
    assert compare(State.of(world.quads()), State.of(world.quads())).same


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["nquads", "trig"])
def test_an_export_that_is_read_again_does_not_differ(world: Graph, tmp_path: Path, name: str) -> None:
    file = tmp_path / ("copy.nq" if name == "nquads" else "copy.trig")
    file.write_bytes(export(world, name))
    assert compare(read_state(file), State.of(world.quads())).same


def test_a_definition_that_changes_is_told_old_and_new() -> None:
    (entry,) = changed(TERM, TERM.replace("A thing", "A kept thing")).entries
    assert (entry.kind, entry.status, entry.label) == ("term", "changed", "kept")
    assert [(c.property, c.before, c.after) for c in entry.changes] == [
        ("skos:definition", ("A thing.",), ("A kept thing.",))
    ]


def test_names_of_blank_nodes_do_not_matter_but_what_they_say_does() -> None:
    old = TERM + "ck:Kept rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ck:p ; owl:someValuesFrom ck:A ] ."
    same = TERM + (
        "ck:Kept rdfs:subClassOf _:q . _:q a owl:Restriction ; owl:someValuesFrom ck:A ; owl:onProperty ck:p ."
    )
    assert changed(old, same).same
    (entry,) = changed(old, same.replace("ck:A", "ck:B")).entries
    assert entry.changes[0].property == "rdfs:subClassOf"
    assert "ck:A" in entry.changes[0].before[0]
    assert "ck:B" in entry.changes[0].after[0]


def test_an_axiom_that_hangs_on_no_term_is_told() -> None:
    axiom = "[] a owl:AllDisjointClasses ; owl:members ( ck:A ck:B ck:C ) ."
    assert changed(TERM, TERM + axiom).axioms == (("added", "ck:A ck:B ck:C owl:AllDisjointClasses owl:members"),)


def test_two_ways_to_write_a_value_are_no_change() -> None:
    assert changed(TERM + "ck:Kept ck:p 1.50 .", TERM + "ck:Kept ck:p 1.5 .").same


def test_a_term_that_is_gone_has_vanished() -> None:
    gone = TERM.replace("Kept", "Gone")
    assert changed(TERM + gone, TERM).vanished == (f"{CK}Gone",)


def test_a_row_that_is_gone_has_vanished() -> None:
    row = f'<{ID}antigens/x> a ck:Antigen ; rdfs:label "x"@en .'
    assert changed(TERM + row, TERM).vanished == (f"{ID}antigens/x",)


def test_a_term_that_is_deprecated_with_a_replacement_has_not_vanished() -> None:
    gone = TERM.replace("Kept", "Gone")
    found = changed(TERM + gone, TERM + gone + "ck:Gone owl:deprecated true ; obo:IAO_0100001 ck:Kept .")
    assert found.vanished == ()
    assert [(e.status, e.replaced_by) for e in found.entries] == [("deprecated", "ck:Kept")]


@pytest.mark.parametrize(
    "instead",
    ["", "; obo:IAO_0100001 ck:Nowhere", "; obo:IAO_0100001 ck:Gone"],
    ids=["none", "unknown", "deprecated too"],
)
def test_a_deprecated_term_needs_a_replacement_that_exists(instead: str) -> None:
    gone = TERM.replace("Kept", "Gone")
    found = changed(TERM + gone, TERM + gone + f"ck:Gone owl:deprecated true {instead} .")
    assert found.vanished == (f"{CK}Gone",)


def test_a_borrowed_term_may_be_dropped() -> None:
    borrowed = '<https://example.org/t> a owl:Class ; rdfs:label "t"@en .'
    assert changed(TERM + borrowed, TERM).vanished == ()


def test_a_mapping_that_was_added_is_told_apart_from_facts() -> None:
    found = changed(TERM, TERM + "ck:Kept skos:exactMatch <https://example.org/k> .")
    assert found.entries == ()
    assert found.mappings == (("added", "ck:Kept skos:exactMatch https://example.org/k"),)


@pytest.mark.no_cover
def test_a_changed_cell_is_told_with_column_file_and_place(world: Graph, tmp_path: Path) -> None:
    import shutil

    data = tmp_path / "data"
    shutil.copytree(WORLD, data)
    lines = (data / "observations.tsv").read_text(encoding="utf-8").splitlines()
    number = next(
        n for n, line in enumerate(lines, 1) if n > 1 and line.split("\t")[lines[0].split("\t").index("note")] == ""
    )
    identifier = lines[number - 1].split("\t")[0]
    replace_cell(data / "observations.tsv", number, "note", "Looked at twice.")
    found = compare(State.of(world.quads()), State.of(build(data, tmp_path / "out").quads()))
    (entry,) = found.entries
    assert (entry.kind, entry.status, entry.file) == ("row", "changed", "data/observations.tsv")
    assert entry.iri == f"{ID}observations/{identifier}"
    assert entry.places
    assert [(c.column, c.before, c.after) for c in entry.changes] == [("note", (), ("Looked at twice.",))]
    text = to_markdown(found, "old", "new")
    assert "Facts changed: 1" in text
    assert "→ Looked at twice." in text
    assert entry.places[0] in to_text(found, 10)


@pytest.mark.no_cover
def test_no_published_iri_has_vanished(graph: Graph) -> None:
    for version, file in earlier_releases().items():
        assert compare(read_state(file), State.of(graph.quads())).vanished == (), version


@pytest.mark.no_cover
def test_a_published_iri_that_vanishes_is_noticed(graph: Graph) -> None:
    file = list(earlier_releases().values())[-1]
    gone = {expand("ck:CAR"), ox.NamedNode(f"{ID}constructs/tisagenlecleucel")}
    rest = (quad for quad in graph.quads() if quad.subject not in gone)
    assert compare(read_state(file), State.of(rest)).vanished == tuple(sorted(node.value for node in gone))


def test_a_snapshot_of_a_release_is_small_and_holds_what_is_not_derived() -> None:
    for file in earlier_releases().values():
        assert file.stat().st_size < 500_000
        with gzip.open(file) as stream:
            homes = {quad.graph_name for quad in ox.parse(stream, format=ox.RdfFormat.N_QUADS)}  # type: ignore[arg-type]
        assert {graph_name(name) for name in ("ontology", "asserted", "provenance")} <= homes
        assert graph_name("inferred") not in homes


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"x", "give a file ending in"),
        ("a.nq", b"<x> nonsense", "a.nq:1"),
        ("a.nq.gz", gzip.compress(b"# text " * 1000, mtime=0)[:30], "can not be read"),
        ("a.ttl.gz", b"plain", "can not be read"),
        ("missing.nq", None, "No such file"),
    ],
)
def test_a_file_that_can_not_be_read_is_named(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=message):
        read_state(file)


def test_the_command_compares_two_files(run: Callable[..., Run], tmp_path: Path) -> None:
    old, new = tmp_path / "old.ttl", tmp_path / "new.ttl"
    old.write_text(HEAD + TERM, encoding="utf-8")
    new.write_text(HEAD + TERM.replace("A thing", "A kept thing"), encoding="utf-8")
    same = run("diff", old, old)
    assert (same.code, same.out) == (0, "no difference\n")
    text = run("diff", "old.ttl", "new.ttl")
    assert text.code == 1
    assert "skos:definition: A thing. → A kept thing." in text.out
    assert json.loads(run("diff", old, new, "--format", "json").out)["entries"][0]["changes"][0]["after"] == [
        "A kept thing."
    ]
    assert run("diff", old, new, "--format", "markdown").out.startswith("# Changes from old.ttl to new.ttl\n")


@pytest.mark.no_cover
def test_the_command_compares_a_release_with_the_graph_as_it_is(run: Callable[..., Run]) -> None:
    shown = run("diff", earlier_releases()["0.1.0"], "--format", "markdown")
    assert shown.code == 1
    assert "owl:versionInfo: 0.1.0 → " in shown.out


@pytest.mark.parametrize(
    "arguments", [("http://localhost:1/x", "new.ttl"), ("http://localhost:1/x", "--format", "markdown")]
)
def test_a_store_is_not_compared_like_a_release(run: Callable[..., Run], arguments: tuple[str, ...]) -> None:
    assert run("diff", *arguments).code == 2
