"""Real stores: what is pushed is there, stays the same, and answers every stored question as the graph here does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

import cartkg
from cartkg.api import KnowledgeGraph
from cartkg.diff import diff
from cartkg.errors import ExternalError, LimitError, UsageError
from cartkg.pull import pull
from cartkg.push import Target, checkpoint_file, places, push
from cartkg.queries.answers import Answer
from cartkg.queries.asking import ask
from cartkg.queries.binding import bind
from cartkg.queries.parameters import known_values
from cartkg.queries.stored import stored_queries
from cartkg.rdf.vocabulary import graph_name
from cartkg.remote.copies import by_value, count_there
from cartkg.remote.endpoint import connect

from . import servers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cartkg.rdf.store import Graph

    from .conftest import Run
    from .servers import Server

pytestmark = pytest.mark.no_cover  # test_push, test_pull and test_diff measure the same on a store of their own
DOCUMENT = (Path(__file__).parents[1] / "docs" / "endpoints.md").read_text(encoding="utf-8")

PLANTED = ox.Triple(
    ox.NamedNode("https://example.org/planted"),
    ox.NamedNode("https://example.org/by"),
    ox.Literal('a "test"\nwith 2 lines'),
)


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.virtuoso(tmp_path_factory.mktemp("virtuoso")) as server:
        yield server


@pytest.fixture(scope="module")
def filled(world: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An Oxigraph with the invented world, for tests that only ask."""
    with servers.oxigraph(tmp_path_factory.mktemp("filled"), "--union-default-graph") as server:
        push(world, Target(server.url))
        yield server


@pytest.fixture(params=["oxigraph", pytest.param("virtuoso", marks=pytest.mark.nightly)])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Each of the stores, with the credentials it asks for in the environment."""
    server: Server = request.getfixturevalue(request.param)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return server


@pytest.fixture(params=["world", pytest.param("graph", marks=pytest.mark.nightly)])
def any_graph(request: pytest.FixtureRequest) -> Graph:
    graph: Graph = request.getfixturevalue(request.param)
    return graph


def test_the_whole_query_library_gives_the_same_rows_in_the_same_order(server: Server, any_graph: Graph) -> None:
    push(any_graph, Target(server.url))
    endpoint = connect(server.url, timeout=60)
    differing = {}
    for name in stored_queries():
        ours = texts(ask(any_graph, name))
        try:
            theirs = texts(ask(endpoint, name))
        except (ExternalError, LimitError) as error:
            differing[name] = str(error)[:200]
            continue
        if ours != theirs:
            same = "same rows in another order" if sorted(ours) == sorted(theirs) else first_difference(ours, theirs)
            differing[name] = f"{len(ours)} rows here, {len(theirs)} there; {same}"
    assert not differing, f"{len(differing)} differ:\n" + "\n".join(f"{name}: {why}" for name, why in differing.items())


@pytest.mark.nightly
def test_values_of_parameters_give_the_same_rows_too(server: Server, world: Graph) -> None:
    push(world, Target(server.url))
    endpoint = connect(server.url, timeout=60)
    differing = set()
    for name, query in stored_queries().items():
        for parameter in query.parameters.values():
            known = known_values(world, query, parameter)
            if known:
                text = bind(world, query, {parameter.name: known[-1]}).text
                try:
                    theirs = texts(Answer.read(endpoint.select(text)))
                except (ExternalError, LimitError) as error:
                    theirs = [[str(error)[:200]]]
                if theirs != texts(Answer.read(world.select(text))):
                    differing.add(f"{name} {parameter.name}={known[-1]}")
    assert differing == set()


def first_difference(ours: list[list[str]], theirs: list[list[str]]) -> str:
    only_ours = next((row for row in ours if row not in theirs), None)
    only_theirs = next((row for row in theirs if row not in ours), None)
    return f"only here {only_ours}, only there {only_theirs}"


def texts(answer: Answer) -> list[list[str]]:
    return [[text(term) for term in row] for row in answer.rows]


def text(term: object) -> str:
    """A term as text, numbers by value."""
    if term is None:
        return ""
    bare = term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)
    if isinstance(term, ox.Literal) and term.datatype.value.endswith("#boolean"):
        return {"1": "true", "0": "false"}.get(bare, bare)
    return re.sub(r"^(-?\d+)\.0*$", r"\1", re.sub(r"^(-?\d+\.\d*?)0+$", r"\1", bare))


@pytest.mark.parametrize("protocol", ["gsp", "update"])
def test_a_pushed_graph_is_counted_and_does_not_differ(server: Server, world: Graph, protocol: str) -> None:
    done = push(world, Target(server.url, protocol))
    assert done.graphs == world.manifest.graphs
    assert done.protocol == protocol
    assert done.in_default_graph
    found = diff(world, connect(server.url))
    assert found.same, str(found)
    assert not checkpoint_file(world, server.url).exists()


def test_a_push_replaces_what_was_there(server: Server, world: Graph) -> None:
    target = Target(server.url)
    push(world, target)
    plant(server)
    assert push(world, target).graphs == world.manifest.graphs


def test_an_interrupted_push_continues_where_it_was(server: Server, world: Graph) -> None:
    target = Target(server.url, chunk=400)
    said: list[str] = []

    def interrupt(message: str) -> None:
        said.append(message)
        if sum(" triples" in one for one in said) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        push(world, target, interrupt)
    assert checkpoint_file(world, server.url).exists()
    again: list[str] = []
    push(world, target, again.append)
    assert any("continuing" in one and "after 5 chunks" in one for one in again)
    assert not set(said[-4:]) & set(again)
    assert diff(world, connect(server.url)).same


def test_a_push_interrupted_among_blank_nodes_sends_none_twice(server: Server, world: Graph) -> None:
    target = Target(server.url, "update", chunk=400)

    def interrupt(message: str) -> None:
        if "ontology: " in message:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        push(world, target, interrupt)
    push(world, target)
    assert diff(world, connect(server.url)).same


def test_a_push_can_begin_anew(server: Server, world: Graph) -> None:
    target = Target(server.url, chunk=400)

    def interrupt(message: str) -> None:
        if "inferred: " in message:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        push(world, target, interrupt)
    said: list[str] = []
    push(world, target, said.append, restart=True)
    assert not any("continuing" in one for one in said)


def test_a_planted_triple_and_a_lost_one_are_found(server: Server, world: Graph) -> None:
    target = Target(server.url)
    push(world, target)
    plant(server)
    found = diff(world, connect(server.url))
    assert not found.same
    assert [graph.extra for graph in found.graphs] == [
        int(graph.graph == graph_name("asserted").value) for graph in found.graphs
    ]
    assert f"+ {PLANTED}" in str(found)
    place = places(Target(server.url, "update"))[0]
    lost, *kept = [quad.triple for quad in world.quads() if quad.graph_name == graph_name("mappings")]
    place.write(graph_name("mappings"), kept, fresh=True, again=True)
    assert f"- {lost}" in str(diff(world, connect(server.url)))


def plant(server: Server) -> None:
    places(Target(server.url, "update"))[0].write(graph_name("asserted"), [PLANTED], again=False)


def test_a_difference_in_number_is_seen_by_the_push_itself(server: Server, world: Graph) -> None:
    def meddle(message: str) -> None:
        if message == "counting":
            plant(server)

    with pytest.raises(ExternalError, match=rf"asserted: {world.manifest.graphs['asserted'] + 1} there"):
        push(world, Target(server.url), meddle)
    assert push(world, Target(server.url)).graphs == world.manifest.graphs


def test_a_pulled_graph_is_sorted_and_as_large_as_ours(server: Server, world: Graph, tmp_path: Path) -> None:
    push(world, Target(server.url))
    file = tmp_path / "copy.nq"
    counts = pull(connect(server.url), file)
    lines = file.read_bytes().splitlines()
    assert lines == sorted(lines)
    assert len(list(ox.parse(path=file, format=ox.RdfFormat.N_QUADS))) == world.manifest.quads
    assert counts == {graph_name(name).value: count for name, count in world.manifest.graphs.items()}


@pytest.mark.nightly
def test_two_stores_give_the_same_values(
    oxigraph: Server, virtuoso: Server, world: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for server in (oxigraph, virtuoso):
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        push(world, Target(server.url))
        pull(connect(server.url), tmp_path / server.name)
    pulled = [ox.parse(path=tmp_path / name, format=ox.RdfFormat.N_QUADS) for name in ("oxigraph", "virtuoso")]
    one, other = (sorted(f"{by_value(quad.triple)} {quad.graph_name}" for quad in quads) for quads in pulled)
    assert one == other


def test_small_pages_cover_a_graph_as_well(server: Server, world: Graph) -> None:
    push(world, Target(server.url))
    assert diff(world, connect(server.url), page=1500).same


def test_values_for_parameters_are_checked_against_the_endpoint(server: Server, world: Graph) -> None:
    push(world, Target(server.url))
    endpoint = connect(server.url)
    for name, values in {"evidence": {"outcome": ["ORR"]}, "inclusion-criteria": {"table": ["1"]}}.items():
        assert texts(ask(endpoint, name, values)) == texts(ask(world, name, values))


def test_the_command_asks_an_endpoint_as_it_asks_the_graph_here(
    filled: Server, run: Callable[..., Run], world: Graph
) -> None:
    question = ("query", "evidence", "-p", "outcome=orr", "--format", "csv")
    there = run(*question, "--endpoint", filled.url)
    assert (there.code, there.err) == (0, "")
    assert there.out == run(*question, "--graph", world.path.parent).out
    receipts = run(*question, "--receipt", "--endpoint", filled.url).out
    assert receipts.splitlines()[1].endswith(filled.url)


def test_own_sparql_is_asked_of_an_endpoint_when_it_selects(filled: Server, run: Callable[..., Run]) -> None:
    own = ("query", "--sparql", "-", "--format", "csv", "--endpoint", filled.url)
    assert run(*own, given="SELECT (1 AS ?x) {}").out == "x\n1\n"
    assert run(*own, given="ASK {}").err == "cartkg: stdin: of an endpoint only SELECT is asked\n"
    assert "SERVICE asks another" in run(*own, given="SELECT * { SERVICE <http://a.example/> {} }").err


def test_from_python_an_endpoint_is_asked_like_the_graph(filled: Server, world: Graph) -> None:
    known = cartkg.connect(filled.url)
    assert known.query("evidence").to_pandas().equals(KnowledgeGraph(world).query("evidence").to_pandas())
    with pytest.raises(UsageError, match="`cartkg pull` writes that of an endpoint to a file"):
        known.rdflib()


@pytest.mark.nightly
def test_a_store_that_cuts_answers_is_an_error(virtuoso: Server, world: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in virtuoso.environment.items():
        monkeypatch.setenv(name, value)
    push(world, Target(virtuoso.url))
    assert world.manifest.quads > 10_000
    with pytest.raises(ExternalError, match="gives a part of the answer only: it gives 10000 rows at most"):
        connect(virtuoso.url).select("SELECT * WHERE { ?s ?p ?o }")


@pytest.mark.nightly
def test_a_push_without_the_credentials_asked_for_says_where_to_put_them(virtuoso: Server, world: Graph) -> None:
    with pytest.raises(ExternalError, match=r"401.*CARTKG_ENDPOINT_USER"):
        push(world, Target(virtuoso.url))


def test_a_store_without_a_union_default_graph_is_told_apart(world: Graph, tmp_path: Path) -> None:
    with servers.oxigraph(tmp_path) as server:
        assert not push(world, Target(server.url)).in_default_graph
        named = tuple(graph_name(name).value for name in world.manifest.graphs)
        endpoint = connect(server.url, graphs=named)
        assert texts(ask(endpoint, "evidence")) == texts(ask(world, "evidence"))
        assert count_there(endpoint, named[0]) == 0


@pytest.mark.nightly
def test_the_commands_of_the_document_print_what_it_shows(server: Server, process: Callable[..., Run]) -> None:
    """It pushes the graph of the review and finds no difference."""
    block = re.findall(r"```console\n(.*?)```", DOCUMENT, re.DOTALL)[1 if server.environment else 0]
    address = re.search(r"http://localhost:\d+/\w+", block)
    assert address is not None
    printed = ""
    for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
        words = command.replace(address[0], server.url).split()
        environment = dict(word.split("=") for word in words if word.startswith("CARTKG_"))
        arguments = [word for word in words if word != "cartkg" and not word.startswith("CARTKG_")]
        printed += f"$ {command}\n" + process(*arguments, env=environment).out.replace(server.url, address[0])
    assert without_counts(printed) == without_counts(block)


def without_counts(text: str) -> str:
    """The text with every number but those of addresses as N: counts grow with the data."""
    return re.sub(r"(?<![\w:])\d+(?!\w)", "N", text)


def test_the_python_of_the_document_asks_an_endpoint(
    filled: Server, world: Graph, capsys: pytest.CaptureFixture[str]
) -> None:
    code = re.search(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    assert code is not None
    exec(code[1].replace("http://localhost:7878/query", filled.url), {})  # noqa: S102 the document's own example
    assert len(capsys.readouterr().out.splitlines()) == len(ask(world, "evidence"))
