"""From Python: open the graph, ask it, take the answer along."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import rdflib

import cartkg
from cartkg.api import KnowledgeGraph
from cartkg.errors import LimitError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from cartkg.rdf.store import Graph

CK = rdflib.Namespace("https://w3id.org/cartkg/ontology/")


@pytest.fixture(scope="module")
def known(graph_directory: Path, graph: Graph) -> KnowledgeGraph:
    del graph
    patch = pytest.MonkeyPatch()
    patch.setenv("CARTKG_GRAPH", str(graph_directory))
    found = cartkg.load()
    patch.undo()
    return found


def test_a_stored_question_gives_typed_rows(known: KnowledgeGraph) -> None:
    result = known.query("evidence", outcome="CRR")
    assert len(result) > 10
    assert result.columns[0] == "observation"
    assert {row["outcome"] for row in result} == {"CRR"}
    assert all(isinstance(row["reference"], int) for row in result)


def test_a_list_asks_for_several(known: KnowledgeGraph) -> None:
    rows = known.query("evidence", outcome=["CRR", "ORR"])
    assert {row["outcome"] for row in rows} == {"CRR", "ORR"}


def test_a_result_shows_itself_as_a_table_and_in_a_notebook(known: KnowledgeGraph) -> None:
    result = known.query("approved-products")
    assert repr(result).splitlines()[1].startswith("─")
    assert result._repr_html_().startswith("<table>")
    assert result.to_csv().splitlines()[0] == ",".join(result.columns)


def test_a_result_becomes_a_frame_with_the_same_types_however_narrow(known: KnowledgeGraph) -> None:
    everything = known.query("evidence").to_pandas()
    narrow = known.query("evidence", outcome="CRR").to_pandas()
    assert everything.dtypes.astype(str).to_dict() == narrow.dtypes.astype(str).to_dict()
    assert str(everything["status"].dtype) == "category"
    assert known.query("evidence", outcome="CRR").to_polars().shape == narrow.shape


def test_a_result_knows_its_sparql_and_its_receipts(known: KnowledgeGraph) -> None:
    result = known.query("evidence", outcome="CRR")
    assert '{ "CRR" }' in result.sparql
    assert result.receipts().columns[-1] == "receipt_graph"


def test_own_sparql_is_answered_within_limits(known: KnowledgeGraph) -> None:
    assert len(known.sparql("SELECT * { ?s a ?o } LIMIT 3")) == 3
    with pytest.raises(LimitError):
        known.sparql("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", seconds=1)


def test_the_stored_questions_can_be_listed(known: KnowledgeGraph) -> None:
    assert known.queries()["evidence"].summary.endswith("?")


def test_the_graph_finds_traces_judges_and_draws_as_the_commands_do(world: Graph) -> None:
    known = KnowledgeGraph(world)
    assert repr(known).startswith(f"KnowledgeGraph of world: {world.manifest.quads} triples, ")
    assert "find_studies" in dir(known.ask)
    assert len(known.ask.find_studies(phase="I/II")) == len(known.query("find-studies", phase="I/II")) > 0
    assert repr(known.ask.find_studies).startswith("find-studies(")
    assert known.find("Alphacel")[0].label == "Alphacel"
    assert known.trace("t1-r01-crr").steps[0].text.startswith("54%")
    assert [one.claim for one in known.claims("longest")] == ["longest"]
    assert "forest" in dir(known.plot)
    assert "Alpha" in known.plot.forest(outcomes=("CRR",), product="Alphacel")._repr_svg_()
    with pytest.raises(AttributeError, match="there is no picture 'pie'"):
        _ = known.plot.pie


@pytest.mark.nightly
def test_rdflib_gets_the_same_graph_as_written(known: KnowledgeGraph, graph: Graph) -> None:
    dataset = known.rdflib()
    assert len(dataset) == len({quad.triple for quad in graph.quads()})
    assert len(list(dataset.subjects(rdflib.RDF.type, CK.Observation))) == len(known.query("evidence"))
    assert rdflib.NORMALIZE_LITERALS is True


def test_a_name_that_the_package_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        _ = cartkg.lod  # type: ignore[attr-defined]


def test_a_wrong_call_says_what_to_write(known: KnowledgeGraph) -> None:
    with pytest.raises(UsageError, match="did you mean evidence"):
        known.query("evidense")


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, cartkg; print(*(name for name in sys.modules if name.startswith(('cartkg.', 'pyoxigraph'))))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "cartkg.version"
