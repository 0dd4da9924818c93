"""What HermiT finds about the individuals of a file that is handed out stands in that file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.export import export
from cartkg.rdf.vocabulary import INDIVIDUALS, PREFIXES, type_

from .running import robot_ran

if TYPE_CHECKING:
    from pathlib import Path

    from cartkg.rdf.store import Graph

    from .conftest import Once, Result
    from .running import Ran


@pytest.fixture(scope="module", params=["world", "graph"])
def judged(request: pytest.FixtureRequest, robot: tuple[str, ...], once: Once) -> Result:
    """A file, and what HermiT makes of it; two minutes for the review."""
    graph: Graph = request.getfixturevalue(request.param)

    def run(folder: Path) -> Ran:
        (folder / "given.rdf").write_bytes(export(graph, "rdfxml"))
        return robot_ran(
            robot, "reason", "--reasoner", "HermiT", "--axiom-generators", "ClassAssertion",
            "--include-indirect", "true",
            "--input", folder / "given.rdf", "--output", folder / "entailed.owl",
        )  # fmt: skip

    return once(f"entailed-{request.param}", run)


def kinds(file: Path) -> set[tuple[str, str]]:
    """The individuals of a file, each with every named class that it has there."""
    read = ox.parse(path=file, format=ox.RdfFormat.RDF_XML)
    quads = (quad for quad in read if quad.predicate == type_)
    pairs = {(str(quad.subject.value), quad.object.value) for quad in quads if isinstance(quad.object, ox.NamedNode)}  # type: ignore[union-attr]
    return {(one, kind) for one, kind in pairs if INDIVIDUALS in one and not kind.startswith(PREFIXES["owl"])}


@pytest.mark.nightly  # test_reason holds in the gate that what is inferred is what HermiT finds
def test_the_types_handed_out_are_those_that_hermit_finds(judged: Result) -> None:
    assert judged.ran.code == 0, judged.ran.printed
    given, entailed = kinds(judged.folder / "given.rdf"), kinds(judged.folder / "entailed.owl")
    assert len(given) > 1000
    assert (given - entailed, entailed - given) == (set(), set())


def test_a_row_that_is_concluded_from_several_places_is_an_inferred_entity(world: Graph, tmp_path: Path) -> None:
    (tmp_path / "given.rdf").write_bytes(export(world, "rdfxml"))
    assert PREFIXES["ck"] + "InferredEntity" in {kind for _, kind in kinds(tmp_path / "given.rdf")}
