"""ROBOT's report with the project's own profile finds nothing, and each of its rules finds its defect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartkg.export import export

from .conftest import HERE, PROFILE, Result
from .running import robot_ran

if TYPE_CHECKING:
    from pathlib import Path

    from cartkg.rdf.store import Graph

    from .conftest import Once
    from .running import Ran

ERRORS = dict(reversed(line.split("\t")) for line in PROFILE.read_text(encoding="utf-8").splitlines())


def rule(name: str) -> str:
    """A rule as the report calls it: one of our own by its file's stem."""
    return name.removeprefix("file:./").removesuffix(".rq")


def test_every_rule_is_an_error_and_every_query_is_a_rule() -> None:
    assert set(ERRORS.values()) == {"ERROR"}
    own = {rule(name) for name in ERRORS if name.startswith("file:")}
    assert own == {file.stem for file in PROFILE.parent.glob("*.rq")}


def test_the_report_finds_no_error_in_the_ontology(opened: Result) -> None:
    assert opened.rows("report.tsv", "\t") == []


def test_robots_own_report_finds_no_error_in_ontology_and_individuals(
    robot: tuple[str, ...], graph: Graph, once: Once
) -> None:
    def run(folder: Path) -> Ran:
        (folder / "export.rdf").write_bytes(export(graph, "rdfxml"))
        report = folder / "report.tsv"
        return robot_ran(robot, "report", "--input", folder / "export.rdf", "--fail-on", "none", "--output", report)

    found = once("reported", run).rows("report.tsv", "\t")
    assert found
    assert [row for row in found if row[0] == "ERROR"] == []


def test_each_rule_finds_its_defect(robot: tuple[str, ...], tmp_path: Path) -> None:
    ran = robot_ran(
        robot, "report", "--input", HERE / "broken" / "defects.ttl", "--profile", PROFILE.name,
        "--fail-on", "ERROR", "--output", tmp_path / "report.tsv", cwd=PROFILE.parent,
    )  # fmt: skip
    assert ran.code == 1
    lines = (tmp_path / "report.tsv").read_text(encoding="utf-8").splitlines()
    found = {line.split("\t")[1] for line in lines if line.startswith("ERROR\t")}
    assert {rule(name) for name in ERRORS} - {rule(name) for name in found} == set()
