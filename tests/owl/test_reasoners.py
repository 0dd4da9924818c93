"""HermiT and ELK find ontology and individuals consistent and every class satisfiable, and notice when they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import HERE, Result
from .running import hermit_ran, robot_ran

if TYPE_CHECKING:
    from .conftest import Once

SATISFIABLE = "http://www.w3.org/2002/07/owl#Thing is satisfiable."


@pytest.mark.parametrize("reasoner", ["elk", "hermit"])
def test_the_ontology_is_consistent_without_an_unsatisfiable_class(opened: Result, reasoner: str) -> None:
    assert "owl:Ontology" in opened.text(f"{reasoner}.owl"), "ROBOT writes it only if so"


def test_elk_finds_ontology_and_individuals_consistent(merged: Result) -> None:
    assert "owl:Ontology" in merged.text("elk.owl")


def test_hermit_finds_ontology_and_individuals_consistent(hermit: Result) -> None:
    assert (hermit.ran.code, hermit.ran.printed.strip()) == (0, SATISFIABLE)


@pytest.fixture(scope="session")
def contradicting(robot: tuple[str, ...], opened: Result, once: Once) -> Result:
    """The ontology with a contradicting individual, and what ELK says of it."""
    return once(
        "contradicting",
        lambda folder: robot_ran(
            robot, "merge", "--input", opened.folder / "ontology.owl", "--input", HERE / "broken" / "inconsistent.ttl",
            "convert", "--output", folder / "inconsistent.owl", "reason", "--reasoner", "ELK",
        ),
    )  # fmt: skip


def test_elk_finds_a_receptor_that_is_a_product_of_cells(contradicting: Result) -> None:
    assert contradicting.ran.code == 1
    assert "inconsistent" in contradicting.ran.printed


def test_hermit_finds_it_in_robot(robot: tuple[str, ...], contradicting: Result) -> None:
    ran = robot_ran(robot, "reason", "--reasoner", "HermiT", "--input", contradicting.folder / "inconsistent.owl")
    assert ran.code == 1
    assert "inconsistent" in ran.printed


def test_hermit_finds_it_by_itself(robot: tuple[str, ...], contradicting: Result) -> None:
    ran = hermit_ran(robot, "--consistency", f"file://{contradicting.folder / 'inconsistent.owl'}")
    assert ran.code == 1
    assert "Inconsistent ontology" in ran.printed


@pytest.mark.parametrize("reasoner", ["ELK", "HermiT"])
def test_a_class_that_can_have_no_member_is_found(robot: tuple[str, ...], opened: Result, reasoner: str) -> None:
    broken = HERE / "broken" / "unsatisfiable.ttl"
    ran = robot_ran(
        robot, "merge", "--input", opened.folder / "ontology.owl", "--input", broken, "reason", "--reasoner", reasoner
    )
    assert ran.code == 1
    assert "https://example.org/Impossible" in ran.printed
