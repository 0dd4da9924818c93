"""ROBOT's verify finds no violation of the rules in `queries/verify`, and would find one of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.export import export
from cartkg.rdf.vocabulary import PREFIXES

from .conftest import DECLARATIONS, RULES, Result
from .running import robot_ran
from .violations import violations

if TYPE_CHECKING:
    from pathlib import Path

    from cartkg.rdf.store import Graph

    from .conftest import Once
    from .running import Ran

VERDICT = re.compile(r"^(?:PASS|FAIL) Rule \S*/([a-z-]+)\.rq: (\d+) violation\(s\)$", re.MULTILINE)


def verdicts(ran: Ran) -> dict[str, int]:
    """The number of violations of each rule."""
    return {name: int(number) for name, number in VERDICT.findall(ran.printed)}


@pytest.fixture(scope="session")
def violated(robot: tuple[str, ...], world: Graph, once: Once) -> Result:
    """The invented world with a violation of each rule."""

    def run(folder: Path) -> Ran:
        text = export(world, "turtle") + b"\n" + (ox.serialize(violations(), format=ox.RdfFormat.N_TRIPLES) or b"")
        (folder / "violated.ttl").write_bytes(text)
        (folder / "verify").mkdir(exist_ok=True)
        return robot_ran(
            robot, "verify", "--input", folder / "violated.ttl", "--fail-on-violation", "false",
            "--output-dir", folder / "verify", "--queries", *RULES,
        )  # fmt: skip

    return once("violated", run)


def test_no_rule_finds_a_violation_in_the_merged_graph(merged: Result) -> None:
    assert verdicts(merged.ran) == {file.stem: 0 for file in RULES}


@pytest.mark.parametrize("rule", DECLARATIONS, ids=lambda file: file.stem)
def test_nothing_is_undeclared_in_the_triples_as_they_stand(jena: Result, rule: Path) -> None:
    assert jena.rows(f"{rule.stem}.csv") == []


def test_verify_finds_a_violation_of_each_rule_save_those_that_owlapi_mends(violated: Result) -> None:
    found = verdicts(violated.ran)
    assert found.keys() == {file.stem for file in RULES}
    assert {name for name, number in found.items() if not number} == {file.stem for file in DECLARATIONS}


def test_jena_finds_what_owlapi_mends(robot: tuple[str, ...], violated: Result, tmp_path: Path) -> None:
    asked = [text for file in DECLARATIONS for text in ("--query", file, tmp_path / f"{file.stem}.csv")]
    robot_ran(robot, "query", "--tdb", "true", "--input", violated.folder / "violated.ttl", *asked, cwd=tmp_path)
    for file in DECLARATIONS:
        assert len((tmp_path / f"{file.stem}.csv").read_text(encoding="utf-8").splitlines()) > 1, file.stem


def test_verify_fails_on_a_violation_when_it_is_not_told_otherwise(robot: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "verify").mkdir()
    source = tmp_path / "violated.ttl"
    source.write_text(f"<https://example.org/x> a <{PREFIXES['ck']}CAR> .", encoding="utf-8")
    query = RULES[0].with_name("construct-without-target.rq")
    ran = robot_ran(robot, "verify", "--input", source, "--queries", query, "--output-dir", tmp_path / "verify")
    assert (ran.code, verdicts(ran)) == (1, {"construct-without-target": 1})
