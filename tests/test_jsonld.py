"""JSON-LD is pleasant as JSON: one object per node, plain names and values; and it says what N-Triples say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest

from cartkg.export import export
from cartkg.rdf.serialise import context, id_prefixes, terms
from cartkg.rdf.vocabulary import PREFIXES

from . import tools

if TYPE_CHECKING:
    from pathlib import Path

    from cartkg.rdf.store import Graph

_PYLD = """
import json, sys
from pyld import jsonld
document = json.load(open(sys.argv[1]))
sys.stdout.write(jsonld.to_rdf(document, {"format": "application/n-quads"}))
"""


@pytest.fixture(scope="module")
def document(world: Graph) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(export(world, "jsonld"))
    return whole


def canonical(content: bytes | str, form: ox.RdfFormat) -> set[str]:
    dataset = ox.Dataset(ox.parse(content, format=form))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(map(str, dataset))


@pytest.mark.parametrize("stem", ["cartkg", "ontology", "dataset"])
def test_every_node_is_one_object(small_release: Path, stem: str) -> None:
    graph = json.loads((small_release / f"{stem}.jsonld").read_text(encoding="utf-8"))["@graph"]
    assert len({node["id"] for node in graph}) == len(graph) > 100


@pytest.mark.parametrize("stem", ["cartkg", "ontology", "dataset"])
def test_another_processor_reads_from_it_what_turtle_says(small_release: Path, stem: str) -> None:
    done = tools.check("python", "-c", _PYLD, small_release / f"{stem}.jsonld")
    assert done.returncode == 0, done.stderr
    expected = canonical((small_release / f"{stem}.ttl").read_bytes(), ox.RdfFormat.TURTLE)
    assert canonical(done.stdout, ox.RdfFormat.N_QUADS) == expected


def test_a_figure_is_read_by_plain_names(document: dict[str, Any]) -> None:
    nodes = {node["id"]: node for node in document["@graph"]}
    figure = nodes["observations:t1-r01-orr"]
    wanted = ("label", "outcome", "statistic", "status", "percent", "asPrinted", "ofCohort", "basis")
    assert {name: figure[name] for name in wanted} == {
        "label": "Alpha 2020: ORR", "outcome": "OverallResponse", "statistic": "Proportion", "status": "Reported",
        "percent": "75", "asPrinted": "75%", "ofCohort": "cohorts:t1-r01-all", "basis": "StatedBasis",
    }  # fmt: skip
    cohort = nodes[figure["ofCohort"]]
    assert (cohort["size"], cohort["cohortOf"]) == (40, "studies:alpha-1")
    assert "Observation" in figure["type"]


def test_one_property_is_written_in_one_way(document: dict[str, Any]) -> None:
    """A property that may have several values is a list each time, one that may not is never one."""
    for name, term in terms().items():
        values = [node[name] for node in document["@graph"] if name in node]
        if not term.single:
            assert all(isinstance(value, list) for value in values), name
    assert not any(isinstance(node.get(name), list) for node in document["@graph"] for name in ("percent", "label"))


def test_what_somebody_writes_with_the_context_alone_is_the_graph_it_looks_like() -> None:
    said = {"@context": context(), "id": "observations:mine", "type": "Observation", "percent": "66.5",
            "outcome": "OverallResponse", "ofCohort": "cohorts:mine", "numerator": 12, "label": "mine"}  # fmt: skip
    ck, own = PREFIXES["ck"], id_prefixes()
    mine = ox.NamedNode(own["observations"] + "mine")
    expected = {
        (PREFIXES["rdf"] + "type", ox.NamedNode(ck + "Observation")),
        (ck + "percent", ox.Literal("66.5", datatype=ox.NamedNode(PREFIXES["xsd"] + "decimal"))),
        (ck + "outcome", ox.NamedNode(ck + "OverallResponse")),
        (ck + "ofCohort", ox.NamedNode(own["cohorts"] + "mine")),
        (ck + "numerator", ox.Literal("12", datatype=ox.NamedNode(PREFIXES["xsd"] + "integer"))),
        (PREFIXES["rdfs"] + "label", ox.Literal("mine", language="en")),
    }
    found = list(ox.parse(json.dumps(said), format=ox.RdfFormat.JSON_LD))
    assert {(quad.predicate.value, quad.object) for quad in found} == expected
    assert {quad.subject for quad in found} == {mine}


_FRAMED = """
import json, sys
from pathlib import Path
from pyld import jsonld
document = json.load(open(sys.argv[1]))
for file in sorted(Path(sys.argv[2]).iterdir()):
    found = jsonld.frame(document, json.loads(file.read_text()), {"omitGraph": False})
    print(json.dumps([file.stem, found["@graph"]]))
"""


@pytest.mark.nightly
def test_another_processor_frames_each_kind_as_a_list_of_whole_objects(small_release: Path) -> None:
    whole = small_release / "cartkg.jsonld"
    done = tools.check("python", "-c", _FRAMED, whole, small_release / "frames")
    assert done.returncode == 0, done.stderr
    nodes = {node["id"]: node for node in json.loads(whole.read_text(encoding="utf-8"))["@graph"]}
    framed = dict(map(json.loads, done.stdout.splitlines()))
    for kind, objects in framed.items():
        of_kind = set(json.loads((small_release / "frames" / f"{kind}.jsonld").read_text())["type"].split())
        assert {one["id"] for one in objects} == {i for i, node in nodes.items() if of_kind & set(node.get("type", ()))}
        for one in objects:
            assert plain(one) == plain(nodes[one["id"]]), one["id"]
    (figure,) = (one for one in framed["observations"] if one["id"] == "observations:t1-r01-orr")
    assert figure["percent"] == nodes[figure["id"]]["percent"]
    assert figure["ofCohort"]["label"] == nodes[figure["ofCohort"]["id"]]["label"]


def plain(node: dict[str, Any]) -> set[str]:
    """The keys of an object; PyLD writes a value without the language that its term has under the whole name."""
    return {key.rpartition(":")[2] for key in node}
