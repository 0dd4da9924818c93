"""Ontology and individuals are within OWL 2 DL, and what is outside is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .conftest import HERE, Result
from .running import robot_ran

if TYPE_CHECKING:
    from pathlib import Path

CLEAN = "OWL 2 DL Profile Report: [Ontology and imports closure in profile]"


def test_the_ontology_with_its_imports_is_within_owl_2_dl(opened: Result) -> None:
    assert opened.text("profile.txt").strip() == CLEAN


def test_ontology_and_individuals_are_within_owl_2_dl(merged: Result) -> None:
    assert merged.text("profile.txt").strip() == CLEAN


def test_every_command_succeeded_and_understood_what_it_read(opened: Result, merged: Result) -> None:
    for ran in (opened.ran, merged.ran):
        assert (ran.code, ran.understood) == (0, True), ran.printed


def test_a_day_as_data_and_an_undeclared_property_are_found(
    robot: tuple[str, ...], opened: Result, tmp_path: Path
) -> None:
    found = tmp_path / "profile.txt"
    ran = robot_ran(
        robot, "merge", "--input", opened.folder / "ontology.owl", "--input", HERE / "broken" / "outside-dl.ttl",
        "validate-profile", "--profile", "DL", "--output", found,
    )  # fmt: skip
    assert ran.code == 1
    report = found.read_text(encoding="utf-8")
    assert "Use of undeclared annotation property" in report
    assert "xsd:date" in report
