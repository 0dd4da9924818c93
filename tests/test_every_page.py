"""What stands on the pages of the review, row by row, is what the commands say of it."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import httpx
import pytest

from cartkg.claims import check_claims
from cartkg.queries.answers import plain
from cartkg.queries.asking import ask
from cartkg.queries.stored import stored_queries
from cartkg.query import query
from cartkg.rdf.vocabulary import row_name
from cartkg.trace import trace

from .serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cartkg.rdf.store import Graph

pytestmark = pytest.mark.nightly
READERS = [name for name, query in stored_queries().items() if query.for_readers]
PEOPLE = {"Accept": "text/html"}
_LABELS = """
SELECT ?node ?label {
  ?node <http://www.w3.org/2000/01/rdf-schema#label> ?label FILTER(CONTAINS(STR(?node), "/id/"))
} ORDER BY ?node
"""
_MARKS = re.compile(r"<[^>]*>")
_MOST_BYTES = 200_000
_PLACE = re.compile(r"table-(\w+)/row-(\d+)/column-(\d+)")


@pytest.fixture(scope="module")
def client(graph: Graph) -> Iterator[httpx.Client]:
    with serving("--graph", graph.path.parent) as served, httpx.Client(base_url=served.url, timeout=60) as one:
        yield one


def page(client: httpx.Client, path: str) -> str:
    answer = client.get(path, headers=PEOPLE)
    assert answer.status_code == 200, path
    return answer.text


def said(markup: str) -> str:
    """What a reader sees of a piece of a page."""
    return html.unescape(_MARKS.sub("", markup)).strip()


def rows(text: str) -> Iterator[list[str]]:
    """The cells of the one table of a page, row by row."""
    for row in text.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")[:-1]:
        yield [said(cell) for cell in row.split("</td>")[:-1]]


def shown(value: object) -> str:
    """How a value of an answer stands in a cell: whole numbers without a point, a printed cell as people say it."""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return _PLACE.sub(r"Table \1, row \2, column \3", text)


def test_every_row_has_a_page_that_calls_it_what_the_graph_does(client: httpx.Client, graph: Graph) -> None:
    found = graph.rows(_LABELS)
    names: dict[str, set[str]] = {}
    for row in found:
        names.setdefault(row_name(row["node"]), set()).add(row["label"])
    assert len(names) > 1000
    wrong = {}
    for name, labels in names.items():
        title = said(page(client, f"/id/{name}").partition("<h1>")[2].partition("</h1>")[0])
        if title not in labels:
            wrong[name] = title
    assert wrong == {}


def test_every_figure_has_the_receipt_of_the_command(client: httpx.Client, graph: Graph) -> None:
    wrong = []
    for row in query(graph, "evidence"):
        text = said(page(client, f"/id/observations/{row['observation']}"))
        steps = trace(graph, str(row["observation"])).steps
        wrong += [(row["observation"], step.text) for step in steps if step.text not in text or step.place not in text]
    assert wrong == []


def test_every_claim_has_the_verdict_of_the_command(client: httpx.Client, graph: Graph) -> None:
    for claim in check_claims(graph):
        text = said(page(client, f"/id/claims/{claim.claim}"))
        judged = claim.judgement
        for part in (claim.statement, judged.reason, judged.recomputed, judged.verdict.replace("-", " ")):
            assert part in text, claim.claim
        assert all(str(one) in text for one in claim.evidence), claim.claim


def test_a_page_of_an_answer_loads_no_more_than_people_wait_for(client: httpx.Client) -> None:
    style = len(client.get("/static/style.css").content)
    sizes = {name: style + len(page(client, f"/queries/{name}").encode()) for name in READERS}
    assert {name: size for name, size in sizes.items() if size > _MOST_BYTES} == {}


@pytest.mark.parametrize("name", READERS)
def test_every_answer_is_that_of_the_command(client: httpx.Client, graph: Graph, name: str) -> None:
    answer = ask(graph, name)
    text = page(client, f"/queries/{name}")
    begins = sorted({1, *map(int, re.findall(rf"/queries/{name}\?(?:[^\"]*&amp;)?from=(\d+)", text))})
    found = [row for begin in begins for row in rows(page(client, f"/queries/{name}?from={begin}"))]
    assert len(found) == len(answer)
    headers = [said(one) for one in re.findall(r'<th scope="col">(.*?)</th>', text)]
    columns = sorted(answer.variables, key=lambda one: not one.endswith("_iri"))  # a name stands before its address
    places = {one.removesuffix("_iri").replace("_", " "): one for one in columns}
    for cells, row, terms in zip(found, answer, answer.rows, strict=True):
        given = dict(zip(answer.variables, terms, strict=True))
        for header, cell in zip(headers, cells, strict=True):
            column = places[header]
            if column.endswith("_iri") or plain(given[column]).startswith("http"):
                assert (cell == "") == (row[column] is None)
            else:
                assert cell == ("" if row[column] is None else shown(row[column]).strip())
