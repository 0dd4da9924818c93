"""Exports read back as what was built, byte for byte the same each time."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner

from cartkg.cli import main
from cartkg.errors import StorageError, UsageError
from cartkg.export import export
from cartkg.files import write_atomically
from cartkg.rdf.serialise import FORMATS, context, is_module_header
from cartkg.rdf.vocabulary import graph_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cartkg.rdf.store import Graph

pytestmark = pytest.mark.no_cover  # what these ask for is measured where it is tested by itself


@pytest.fixture(scope="module")
def exported(world: Graph) -> Callable[[str], bytes]:
    """The invented world in a format, written once."""
    return cache(lambda name: export(world, name))


@pytest.fixture(scope="module")
def merged(world: Graph) -> Callable[..., set[str]]:
    """The triples of the invented world without those of some named graphs, read once."""

    def read(*left_out: str) -> set[str]:
        absent = {graph_name(name) for name in ("queries", *left_out)}
        said = (quad for quad in world.quads() if quad.graph_name not in absent)
        return {str(quad.triple) for quad in said if not is_module_header(quad)}

    return cache(read)


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_is_the_same_each_time(world: Graph, exported: Callable[[str], bytes], name: str) -> None:
    assert export(world, name) == exported(name)


@pytest.mark.parametrize("name", ["nquads", "trig"])
def test_a_dataset_format_holds_every_quad(world: Graph, exported: Callable[[str], bytes], name: str) -> None:
    read = list(ox.parse(exported(name), format=FORMATS[name]))
    assert len(read) == world.manifest.quads
    assert {quad.graph_name.value.rsplit("/", 1)[1] for quad in read} == set(world.manifest.graphs)


@pytest.mark.parametrize("name", ["turtle", "ntriples", "rdfxml", "jsonld"])
@pytest.mark.parametrize("mappings", [False, True])
def test_a_graph_format_holds_every_triple_once_and_mappings_if_asked(
    world: Graph,
    exported: Callable[[str], bytes],
    merged: Callable[..., set[str]],
    name: str,
    mappings: bool,
) -> None:
    content = export(world, name, mappings=True) if mappings else exported(name)
    expected = merged() if mappings else merged("mappings")
    assert len(merged()) > len(merged("mappings"))
    if name == "jsonld":
        assert len(rdflib.Graph().parse(data=content, format="json-ld")) == len(expected)
        return
    read = [quad.triple for quad in ox.parse(content, format=FORMATS[name])]
    assert len(read) == len(expected)
    named = {str(t) for t in read if not isinstance(t.subject, ox.BlankNode) and not isinstance(t.object, ox.BlankNode)}
    assert named == {text for text in expected if "_:" not in text}


@pytest.mark.parametrize("name", ["nquads", "trig"])
def test_a_dataset_format_holds_the_mappings_whether_asked_or_not(
    world: Graph, exported: Callable[[str], bytes], name: str
) -> None:
    assert exported(name) == export(world, name, mappings=True)


def test_rdf_xml_can_be_read_by_rdflib(exported: Callable[[str], bytes], merged: Callable[..., set[str]]) -> None:
    assert len(rdflib.Graph().parse(data=exported("rdfxml"), format="xml")) == len(merged("mappings"))


@pytest.mark.parametrize("name", ["turtle", "rdfxml"])
def test_a_merged_export_has_one_ontology_header(exported: Callable[[str], bytes], name: str) -> None:
    ontology = ox.NamedNode("http://www.w3.org/2002/07/owl#Ontology")
    read = ox.parse(exported(name), format=FORMATS[name])
    assert [quad.subject.value for quad in read if quad.object == ontology] == ["https://w3id.org/cartkg/ontology"]


@pytest.mark.parametrize("part", ["ontology", "asserted", "provenance", "mappings", "inferred"])
def test_a_named_graph_can_be_exported_alone(world: Graph, part: str) -> None:
    read = list(ox.parse(export(world, "turtle", part), format=ox.RdfFormat.TURTLE))
    headers = sum(1 for quad in world.quads() if is_module_header(quad)) if part == "ontology" else 0
    assert len(read) == world.manifest.graphs[part] - headers


def test_an_unknown_named_graph_is_refused(world: Graph) -> None:
    with pytest.raises(UsageError, match=r"there are: .*asserted"):
        export(world, "turtle", "everything")


def test_an_unknown_format_is_refused() -> None:
    done = CliRunner().invoke(main, ["export", "--format", "ttl"])
    assert (done.exit_code, "'ttl' is not one of 'turtle', " in done.output) == (2, True)


def test_json_ld_uses_the_context(exported: Callable[[str], bytes]) -> None:
    document = json.loads(exported("jsonld"))
    assert document["@context"] == context()
    node = next(node for node in document["@graph"] if node["id"] == "constructs:alphacel")
    assert "CAR" in node["type"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "graph.ttl"
    target.write_text("old", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        write_atomically(target, b"new")
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["graph.ttl"]
