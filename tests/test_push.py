"""Pushing: where stores take what is written, in which pieces, what is remembered, and what the command says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from cartkg.cli import main
from cartkg.errors import ExternalError, UsageError
from cartkg.push import Place, Target, _blank_chunks, _ground_chunks, checkpoint_file, places, push
from cartkg.rdf.blank_nodes import has_blank
from cartkg.rdf.vocabulary import graph_name
from cartkg.remote.credentials import PASSWORD, TOKEN, USER
from cartkg.remote.transport import Limits

from .behaving import Behaviour, reply, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cartkg.rdf.store import Graph

    from .conftest import Run
    from .servers import Server

LIMITS = Limits(seconds=10)


@pytest.fixture
def fake() -> Iterator[Behaviour]:
    with serving() as behaviour:
        yield behaviour


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a/query", "gsp http://a/store"),
        ("http://a/ds/query", "gsp http://a/ds/data"),
        ("http://a/query", "update http://a/update"),
        ("http://a/sparql", "gsp http://a/sparql-graph-crud-auth"),
        ("http://a/sparql", "update http://a/sparql-auth"),
        ("https://a:8182/sparql", "gsp https://a:8182/sparql/gsp/"),
        ("https://a:8182/sparql", "update https://a:8182/sparql"),
        ("http://a/repositories/r", "gsp http://a/repositories/r/rdf-graphs/service"),
        ("http://a/repositories/r", "update http://a/repositories/r/statements"),
        ("http://a:7001/", "update http://a:7001"),
        ("http://a/api/x?key=1", "update http://a/api/x"),
    ],
)
def test_the_address_of_a_query_tells_where_a_store_takes_what_is_written(url: str, expected: str) -> None:
    assert expected in [f"{place.protocol} {place.url}" for place in places(Target(url))]


def test_addresses_that_are_given_are_the_only_ones_tried() -> None:
    found = places(Target("http://a/query", "", "http://b/gsp", "http://c/u"))
    assert [(place.protocol, place.url) for place in found] == [("gsp", "http://b/gsp"), ("update", "http://c/u")]
    assert [place.protocol for place in places(Target("http://a/query", "update", "http://b/gsp", "http://c/u"))] == [
        "update"
    ]


def test_a_protocol_without_an_address_is_a_usage_error(world: Graph) -> None:
    with pytest.raises(UsageError, match="--graph-store-url"):
        push(world, Target("http://localhost/api", "gsp"))
    for wrong in ("--protocol", "ftp"), ("--chunk", "0"):
        refused = CliRunner().invoke(main, ["push", "http://localhost/api", *wrong])
        assert (refused.exit_code, f"Invalid value for '{wrong[0]}'" in refused.output) == (2, True)


def test_no_blank_node_is_in_two_chunks_and_no_triple_is_lost(world: Graph) -> None:
    home = graph_name("ontology")
    chunks = _blank_chunks(world, home, 50)
    nodes = [{term for t in chunk for term in (str(t.subject), str(t.object)) if term[:2] == "_:"} for chunk in chunks]
    assert sum(map(len, nodes)) == len(set().union(*nodes))
    assert len(chunks) > 1
    ground = list(_ground_chunks(world, home, 700))
    assert {len(chunk) for chunk in ground[:-1]} == {700}
    assert not any(has_blank(triple) for chunk in ground for triple in chunk)
    assert sum(map(len, [*chunks, *ground])) == world.manifest.graphs["ontology"]


def test_a_store_without_one_protocol_is_sent_the_other_and_it_is_said(fake: Behaviour, world: Graph) -> None:
    fake.answers = [reply(404), reply(501), reply(405), reply(204), reply(500)]
    said: list[str] = []
    with pytest.raises(ExternalError, match="answers 500"):
        push(world, Target(fake.url), said.append)
    assert [(seen.method, seen.path.partition("?")[0]) for seen in fake.seen][:4] == [
        ("PUT", "/sparql-graph-crud-auth"),
        ("PUT", "/sparql/gsp/"),
        ("PUT", "/data"),
        ("POST", "/sparql-auth"),
    ]
    assert sum("does not take gsp" in one for one in said) == 3
    checkpoint_file(world, fake.url).unlink()


def test_a_store_that_refuses_the_credentials_is_not_tried_elsewhere(fake: Behaviour, world: Graph) -> None:
    fake.answers = [reply(403)]
    with pytest.raises(ExternalError, match="answers 403"):
        push(world, Target(fake.url))
    assert len(fake.seen) == 1


def test_a_store_is_asked_which_credentials_it_wants_before_anything_large_is_sent(
    fake: Behaviour, world: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(USER, "me")
    monkeypatch.setenv(PASSWORD, "secret")
    fake.answers = [reply(401, WWW_Authenticate='Basic realm="a"'), reply(200), reply(403)]
    with pytest.raises(ExternalError, match="answers 403"):
        push(world, Target(fake.url, "gsp"))
    assert [seen.method for seen in fake.seen] == ["GET", "GET", "PUT"]
    assert "Authorization" in fake.seen[2].headers


def test_what_may_have_arrived_is_not_sent_again_where_that_does_harm(fake: Behaviour) -> None:
    fake.answers = [reply(503, Retry_After="0")]
    with pytest.raises(ExternalError, match="answers 503"):
        Place("update", fake.url, LIMITS).write(graph_name("ontology"), [], again=False)
    assert len(fake.seen) == 1


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "change", [{"sha256": "0"}, {"chunk": 7}, {"url": "http://b/"}, {"protocol": "gsp"}, {"more": 1}]
)
def test_a_checkpoint_of_another_push_is_not_continued(
    oxigraph: Server, world: Graph, change: dict[str, object]
) -> None:
    point = {
        "url": oxigraph.url,
        "sha256": world.manifest.sha256,
        "protocol": "update",
        "write_url": oxigraph.url.replace("/query", "/update"),
        "chunk": 0,
        "done": {"asserted": 1},
    }
    checkpoint_file(world, oxigraph.url).write_text(json.dumps(point | change), encoding="utf-8")
    said: list[str] = []
    assert push(world, Target(oxigraph.url, "update"), said.append).graphs == world.manifest.graphs
    assert not any("continuing" in one for one in said)


def test_the_command_says_what_is_there_now(run: Callable[..., Run], oxigraph: Server, world: Graph) -> None:
    done = run("push", oxigraph.url, "--chunk", "500", "--graph", world.path.parent)
    assert done.code == 0, done.err
    assert done.out.splitlines()[-1] == f"{world.manifest.quads} triples in {oxigraph.url}, counted there"
    assert "asserted: 500 of" in done.err
    assert "default graph" not in done.err


def test_the_command_ends_with_4_when_nobody_listens_and_2_for_what_is_no_address(run: Callable[..., Run]) -> None:
    assert run("push", "store").code == 2
    done = run("push", "http://127.0.0.1:9/query", "--timeout", "1")
    assert done.code == 4
    assert "Traceback" not in done.err


def test_a_token_is_shown_to_a_store_that_is_written_to(fake: Behaviour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "abc")
    fake.answers = [reply(204)]
    Place("update", fake.url, LIMITS).write(graph_name("asserted"), [], fresh=True, again=True)
    assert fake.seen[0].headers["Authorization"] == "Bearer abc"


def test_an_update_can_be_repeated_where_that_does_no_harm(fake: Behaviour) -> None:
    fake.answers = [reply(503, Retry_After="0"), reply(204)]
    Place("update", fake.url, replace(LIMITS, tries=2)).write(graph_name("asserted"), [], again=True)
    assert len(fake.seen) == 2


def test_no_password_stands_in_a_checkpoint(
    oxigraph: Server, world: Graph, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(USER, "me")
    monkeypatch.setenv(PASSWORD, "top-secret")
    del tmp_path

    def interrupt(message: str) -> None:
        if " triples" in message:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        push(world, Target(oxigraph.url), interrupt)
    assert "top-secret" not in checkpoint_file(world, oxigraph.url).read_text(encoding="utf-8")
    checkpoint_file(world, oxigraph.url).unlink()
