"""What the tests of this folder read, each made once in a run however many processes share it: Java starts slowly."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cartkg.export import export
from cartkg.resources import ONTOLOGY_DIRECTORY, QUERIES_DIRECTORY

from .running import Ran, hermit_ran, robot_ran

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartkg.rdf.store import Graph

    from ..conftest import Shared

    Once = Callable[[str, Callable[[Path], Ran]], "Result"]

HERE = Path(__file__).parent
RAN = "ran.json"
ROOT = ONTOLOGY_DIRECTORY / "cartkg.ttl"
PROFILE = ONTOLOGY_DIRECTORY / "report" / "profile.txt"
RULES = sorted((QUERIES_DIRECTORY / "verify").glob("*.rq"))
# OWLAPI gives a type to whatever it reads, so ROBOT can not verify this on what it has loaded: Jena asks it of the
# triples as they stand.
_DECLARATIONS = {"dangling-links"}
DECLARATIONS = [file for file in RULES if file.stem in _DECLARATIONS]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Coverage does not look at these tests: they are about what others make of our files."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.no_cover)


@dataclass(frozen=True)
class Result:
    """A finished command and the folder that it wrote to."""

    folder: Path
    ran: Ran

    def text(self, name: str) -> str:
        """A file that the command wrote; when there is none, what it printed is the message."""
        file = self.folder / name
        assert file.exists(), self.ran.printed
        return file.read_text(encoding="utf-8")

    def rows(self, name: str, separator: str = ",") -> list[list[str]]:
        """The rows of a table that the command wrote, without its header."""
        return [line.split(separator) for line in self.text(name).splitlines()[1:]]


@pytest.fixture(scope="session")
def once(cached: Shared) -> Once:
    """Run something under a name of its own, or give what came of it before."""

    def call(name: str, run: Callable[[Path], Ran]) -> Result:
        folder = cached(name, lambda folder: (folder / RAN).write_text(json.dumps(asdict(run(folder)))))
        return Result(folder, Ran(**json.loads((folder / RAN).read_text())))

    return call


@pytest.fixture(scope="session")
def opened(robot: tuple[str, ...], once: Once) -> Result:
    """The ontology, opened where it lies: checked, written in two syntaxes, reported on, classified."""

    def run(folder: Path) -> Ran:
        return robot_ran(
            robot,
            *("validate-profile", "--input", ROOT, "--profile", "DL", "--output", folder / "profile.txt"),
            *("query", "--use-graphs", "true", "--query", HERE / "modules.rq", folder / "modules.csv"),
            "merge",
            *("convert", "--output", folder / "ontology.owl"),
            *("convert", "--output", folder / "ontology.ofn"),
            *("report", "--profile", PROFILE.name, "--fail-on", "none", "--output", folder / "report.tsv"),
            *("reason", "--reasoner", "ELK", "--output", folder / "elk.owl"),
            *("reason", "--reasoner", "HermiT", "--output", folder / "hermit.owl"),
            cwd=PROFILE.parent,
        )

    return once("opened", run)


@pytest.fixture(scope="session")
def merged(robot: tuple[str, ...], graph: Graph, once: Once) -> Result:
    """The export of ontology and individuals in one file: checked, verified, written in two syntaxes, classified."""

    def run(folder: Path) -> Ran:
        (folder / "export.ttl").write_bytes(export(graph, "turtle", mappings=True))
        (folder / "export.rdf").write_bytes(export(graph, "rdfxml", mappings=True))
        (folder / "verify").mkdir(exist_ok=True)
        return robot_ran(
            robot,
            *("validate-profile", "--input", folder / "export.ttl", "--profile", "DL"),
            *("--output", folder / "profile.txt"),
            *("verify", "--queries", *RULES, "--fail-on-violation", "false", "--output-dir", folder / "verify"),
            *("convert", "--output", folder / "merged.owl"),
            *("convert", "--output", folder / "merged.ofn"),
            *("reason", "--reasoner", "ELK", "--output", folder / "elk.owl"),
        )

    return once("merged", run)


@pytest.fixture(scope="session")
def functional(robot: tuple[str, ...], opened: Result, merged: Result, once: Once) -> dict[str, Result]:
    """Both, read from OWL functional syntax and written as RDF/XML again."""

    def back(source: Path) -> Callable[[Path], Ran]:
        return lambda folder: robot_ran(robot, "convert", "--input", source, "--output", folder / "back.owl")

    return {
        "ontology": once("ontology-back", back(opened.folder / "ontology.ofn")),
        "merged": once("merged-back", back(merged.folder / "merged.ofn")),
    }


@pytest.fixture(scope="session")
def hermit(robot: tuple[str, ...], merged: Result, once: Once) -> Result:
    """HermiT's own word on whether ontology and individuals are consistent."""
    return once("hermit", lambda _: hermit_ran(robot, "--consistency", f"file://{merged.folder / 'merged.owl'}"))


@pytest.fixture(scope="session")
def jena(robot: tuple[str, ...], merged: Result, once: Once) -> Result:
    """The merged Turtle loaded by Jena itself: its number of triples, and the rules that need them as they stand."""

    def run(folder: Path) -> Ran:
        queries = [HERE / "count.rq", *DECLARATIONS]
        asked = [text for file in queries for text in ("--query", file, folder / f"{file.stem}.csv")]
        return robot_ran(robot, "query", "--tdb", "true", "--input", merged.folder / "export.ttl", *asked, cwd=folder)

    return once("jena", run)
