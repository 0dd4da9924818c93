"""What an endpoint sends is whole, what was asked, and never brings down who reads it."""

from __future__ import annotations

import json
import tempfile
from typing import TYPE_CHECKING

import pytest

from cartkg.errors import CartkgError, ExternalError
from cartkg.queries.policy import continued, projected
from cartkg.queries.stored import stored_queries
from cartkg.rdf.store import Graph
from cartkg.remote.endpoint import PartialError, connect
from cartkg.remote.results import count

from ..behaving import Behaviour, reply, rows, serving
from . import MANY, SEED, lots_of, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

SELECT = "SELECT ?n WHERE { ?s ?p ?n } ORDER BY ?n"
PIECES = (b"{", b"}", b"[", b'"', b"\\", b"\0", b"\xff", b",", b"bnode", b"triple", b"vars", b"")


@pytest.fixture
def server() -> Iterator[Behaviour]:
    with serving() as behaviour:
        yield behaviour


def test_an_answer_that_was_cut_without_a_word_is_found(server: Behaviour) -> None:
    server.answers = [reply(body=rows(100)), reply(body=rows(1))]
    with pytest.raises(PartialError, match="gives 100 rows and has more, so that it cuts answers without saying so"):
        connect(server.url).select(SELECT)


def test_an_answer_behind_which_nothing_comes_is_whole(server: Behaviour) -> None:
    server.answers = [reply(body=rows(100)), reply(body=rows(0))]
    endpoint = connect(server.url)
    assert len(list(endpoint.select(SELECT))) == 100
    assert endpoint.doubts == []


def test_an_answer_is_not_lost_where_its_end_can_not_be_proved(server: Behaviour) -> None:
    server.answers = [reply(body=rows(100)), reply(status=400)]
    endpoint = connect(server.url)
    assert len(list(endpoint.select(SELECT))) == 100
    assert "whether these 100 rows are all is not known" in endpoint.doubts[0]


def test_other_columns_than_asked_for_are_told(server: Behaviour) -> None:
    server.answers = [reply(body=rows(1))]
    with pytest.raises(ExternalError, match=r"answers with the columns \?n instead of \?a, \?b"):
        connect(server.url).select("SELECT ?a (COUNT(?n) AS ?b) WHERE { ?a ?p ?n } GROUP BY ?a")


@pytest.mark.no_cover
def test_the_columns_of_every_stored_query_are_known_from_its_text(world: Graph) -> None:
    for query in stored_queries().values():
        found = world.select(query.with_values({}))
        assert projected(query.with_values({})) in {None, frozenset(one.value for one in found.variables)}, query.name


@pytest.mark.parametrize(
    ("text", "whole_by_itself"),
    [("SELECT * { ?s ?p ?o } LIMIT 100", True), ("SELECT * { { SELECT * { } LIMIT 1 } } # end", False)],
)
def test_a_query_that_limits_itself_is_not_continued(text: str, whole_by_itself: bool) -> None:
    assert (continued(text, 100) == "") is whole_by_itself


def read(body: bytes) -> int:
    with tempfile.TemporaryFile() as file:
        file.write(body)
        file.seek(0)
        return count(file, "http://x", 20)


HEAD = b'{"head": {"vars": ["a"]}, "results": {"bindings": ['


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"head": {"vars": [' + b'"a",' * 1_000_000 + b'"b"]}, "results": {"bindings": []}}', "more than 1000 col"),
        (HEAD + b'{"a": ' + b'{"type": "triple", "value": {"subject": ' * 20_000, "nested more deeply"),
        (HEAD, "cut off or damaged"),
        (b"<html>", r"is not application/sparql-results\+json"),
        (b'{"head": {}, "boolean": true}', "answers a SELECT query with a truth value"),
        (HEAD + b" " * 2_000_000, "http://x: the answer is cut off"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(ExternalError, match=message):
        read(body)


def test_mutated_answers_are_read_or_refused() -> None:
    lots, outcomes = lots_of(SEED), {"read": 0, "refused": 0}
    cells = [{"type": "literal", "value": f"v{n}", "xml:lang": "en"} for n in range(5)]
    cells += [{"type": "uri", "value": "http://a/b"}, {"type": "bnode", "value": "b"}]
    sample = json.dumps({"head": {"vars": ["a"]}, "results": {"bindings": [{"a": cell} for cell in cells]}}).encode()
    for _ in range(300 * MANY):
        content = bytearray(sample)
        for _ in range(lots.randrange(1, 5)):
            place = lots.randrange(len(content))
            content[place : place + lots.randrange(4)] = lots.choice(PIECES)
        try:
            read(bytes(content))
            outcomes["read"] += 1
        except CartkgError:
            outcomes["refused"] += 1
    tell(f"{300 * MANY} mutated answers: {outcomes}")
