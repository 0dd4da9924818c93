"""What OWLAPI reads it writes again: nothing is lost in RDF/XML and OWL functional syntax, and nothing is made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cartkg.resources import ontology_files

from .conftest import HERE, Result
from .graphs import Difference, difference, may_be_gained, read, read_owl
from .running import robot_ran

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Once
    from .running import Ran


def beyond_allowed(found: Difference) -> set[str]:
    return {text for text in found.gained if not may_be_gained(text)}


@pytest.mark.parametrize("what", ["ontology", "merged"])
@pytest.mark.parametrize("syntax", ["rdf-xml", "functional"])
def test_nothing_is_lost_and_nothing_made_up(
    opened: Result, merged: Result, functional: dict[str, Result], what: str, syntax: str
) -> None:
    if what == "ontology":
        before, after = read(*ontology_files()), opened.folder / "ontology.owl"
    else:
        before, after = read(merged.folder / "export.ttl"), merged.folder / "merged.owl"
    found = difference(before, read_owl(after if syntax == "rdf-xml" else functional[what].folder / "back.owl"))
    assert found.lost == frozenset()
    assert beyond_allowed(found) == set()


@pytest.fixture(scope="session")
def lossy(robot: tuple[str, ...], once: Once) -> tuple[Difference, Ran]:
    source = HERE / "broken" / "lossy.ttl"
    result = once("lossy", lambda to: robot_ran(robot, "convert", "--input", source, "--output", to / "lossy.owl"))
    return difference(read(source), read_owl(result.folder / "lossy.owl")), result.ran


def test_a_lost_triple_is_found(lossy: tuple[Difference, Ran]) -> None:
    assert any("#subject>" in text for text in lossy[0].lost)


def test_a_property_that_became_an_annotation_is_found(lossy: tuple[Difference, Ran]) -> None:
    assert any("undeclared> " in text and "#AnnotationProperty>" in text for text in beyond_allowed(lossy[0]))


def test_what_robot_did_not_understand_is_noticed_although_it_exits_with_0(lossy: tuple[Difference, Ran]) -> None:
    assert (lossy[1].code, lossy[1].understood) == (0, False)


def robot_diff(robot: tuple[str, ...], left: Path, right: Path, out: Path) -> str:
    """The text of ROBOT's diff; its exit code is 0 whatever it finds."""
    ran = robot_ran(robot, "diff", "--left", left, "--right", right, "--output", out)
    assert ran.code == 0, ran.printed
    return out.read_text(encoding="utf-8").strip()


def test_robots_diff_finds_the_two_syntaxes_equal(
    robot: tuple[str, ...], opened: Result, functional: dict[str, Result], tmp_path: Path
) -> None:
    left, right = opened.folder / "ontology.owl", functional["ontology"].folder / "back.owl"
    assert robot_diff(robot, left, right, tmp_path / "diff.txt") == "Ontologies are identical"


def test_robots_diff_shows_a_lost_axiom(robot: tuple[str, ...], tmp_path: Path) -> None:
    whole = (HERE / "broken" / "unsatisfiable.ttl").read_text(encoding="utf-8")
    (tmp_path / "left.ttl").write_text(whole, encoding="utf-8")
    (tmp_path / "right.ttl").write_text(whole.replace("ck:CAR, ", ""), encoding="utf-8")
    shown = robot_diff(robot, tmp_path / "left.ttl", tmp_path / "right.ttl", tmp_path / "diff.txt")
    assert "SubClassOf(<https://example.org/Impossible>" in shown
