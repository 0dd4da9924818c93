"""Pulling: a file that is complete, sorted and the same each time, or no file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.errors import ExternalError
from cartkg.export import export
from cartkg.pull import pull
from cartkg.push import Target, push
from cartkg.remote.endpoint import connect

from . import servers
from .behaving import reply, rows, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cartkg.rdf.store import Graph

    from .conftest import Run
    from .servers import Server


def test_the_command_writes_what_was_pushed(
    run: Callable[..., Run], oxigraph: Server, world: Graph, tmp_path: Path
) -> None:
    push(world, Target(oxigraph.url))
    done = run("pull", oxigraph.url, "--out", "copy.nq")
    assert (done.code, done.out) == (
        0,
        f"{world.manifest.quads} triples of {len(world.manifest.graphs)} named graphs in copy.nq\n",
    )
    blank = {quad.predicate for quad in world.quads() if isinstance(quad.object, ox.BlankNode)}
    copy = list(ox.parse(path=tmp_path / "copy.nq", format=ox.RdfFormat.N_QUADS))
    assert {quad.predicate for quad in copy if isinstance(quad.object, ox.BlankNode)} == blank


@pytest.mark.no_cover
def test_a_pulled_file_is_the_same_each_time(oxigraph: Server, world: Graph, tmp_path: Path) -> None:
    for name, chunk in (("a", 0), ("b", 300)):
        push(world, Target(oxigraph.url, chunk=chunk))
        pull(connect(oxigraph.url), tmp_path / name, page=1000)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.no_cover
def test_a_pulled_copy_says_what_an_export_says(oxigraph: Server, world: Graph, tmp_path: Path) -> None:
    push(world, Target(oxigraph.url))
    pull(connect(oxigraph.url), tmp_path / "copy.nq")
    sets = []
    for content in ((tmp_path / "copy.nq").read_bytes(), export(world, "nquads")):
        quads = ox.parse(content, format=ox.RdfFormat.N_QUADS)
        numbers = (q for q in quads if not str(q.object).endswith("XMLSchema#decimal>"))
        dataset = ox.Dataset(numbers)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        sets.append(dataset)
    assert sets[0] == sets[1]


def test_a_store_without_our_graphs_is_an_error_and_the_old_file_stays(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "copy.nq").write_text("old", encoding="utf-8")
    with servers.oxigraph(tmp_path / "store") as empty:
        done = run("pull", empty.url, "--out", "copy.nq")
    assert done.code == 4
    assert "cartkg push" in done.err
    assert (tmp_path / "copy.nq").read_text(encoding="utf-8") == "old"


def test_a_store_that_gives_less_than_it_counts_is_an_error(tmp_path: Path) -> None:
    name = b'{"head":{"vars":["g"]},"results":{"bindings":[{"g":{"type":"uri","value":"https://w3id.org/cartkg/graph/x"}}]}}'
    count = rows(6).replace(b'"value": "0"', b'"value": "7"')
    nothing = rows(0, "SELECT ?s ?p ?o {}")
    with serving() as server:
        server.answers = [reply(body=name), reply(body=count), reply(body=nothing)]
        server.answers += [reply(body=count), reply(body=nothing), reply(body=count)]
        with pytest.raises(ExternalError, match=r"counts 7 triples .* but gives 0"):
            pull(connect(server.url), tmp_path / "copy.nq")
    assert not (tmp_path / "copy.nq").exists()
