"""An assistant gets the rows of the command, with places, papers, flags and the version of the graph."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError

from cartkg.mcp import server
from cartkg.mcp.door import DOCUMENTS, Door, opened
from cartkg.queries.receipts import COLUMNS
from cartkg.queries.stored import stored_queries
from cartkg.query import query
from cartkg.serve import DEFAULTS

from .conftest import ROOT
from .serving import serving
from .test_competency import QUESTIONS, _has

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from mcp.types import CallToolResult

    from cartkg.rdf.store import Graph

    from .conftest import Run


@pytest.fixture(scope="module")
def door(graph: Graph) -> Door:
    return opened(graph, DEFAULTS)


def filled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the command as an assistant gets them: without what is empty, and what the receipts of all rows share."""
    kept = [{name: value for name, value in row.items() if name not in COLUMNS[3:]} for row in rows]
    return [{name: value for name, value in row.items() if value not in (None, "", [])} for row in kept]


def asked(target: object, work: Callable[[Client], Awaitable[Any]], mode: str = "auto") -> Any:
    """What a client makes of a server."""

    async def main() -> Any:
        async with Client(target, mode=mode, read_timeout_seconds=120) as client:  # type: ignore[arg-type]
            return await work(client)

    return asyncio.run(main())


def test_the_tools_are_the_questions_of_readers_and_what_other_commands_tell(door: Door) -> None:
    readers = {name for name, one in stored_queries().items() if not (one.internal or one.check)}
    assert set(door.tools) == readers | {"find", "trace", "claims", "sparql"}
    for name in readers:
        assert {*stored_queries()[name].parameters} < {*door.tools[name].takes}


def test_a_parameter_says_what_may_be_given_for_it(door: Door) -> None:
    takes = door.tools["evidence"].takes
    assert takes["reference"]["items"] == {"type": "integer"}
    assert "BCMA" in takes["target"]["examples"]
    assert door.tools["studies-counted"].takes["may_overlap"]["enum"] == ["yes", "no"]


def test_a_question_has_the_rows_of_the_command_with_their_receipts(door: Door, run: Callable[..., Run]) -> None:
    told = door.answer("evidence", {"target": "BCMA", "outcome": ["CRR", "ORR"]})
    command = run("query", "evidence", "-p", "target=BCMA", "-p", "outcome=CRR", "-p", "outcome=ORR", "--receipt",
                  "--format", "json")  # fmt: skip
    rows = json.loads(command.out)
    assert told["rows"] == filled(rows)
    assert told["count"] == len(rows) > 0
    assert all(row["receipt_places"] for row in told["rows"])
    assert any("provable; see discrepancies/" in row.get("receipt_flags", "") for row in told["rows"])
    assert {told["receipt_query"]} == {row["receipt_query"] for row in rows}
    assert {told["receipt_graph"]} == {row["receipt_graph"] for row in rows}
    assert command.err == "".join(f"cartkg: {note}\n" for note in told["notes"])


def test_its_guide_shows_what_it_tells(door: Door) -> None:
    text = (ROOT / "docs" / "assistants.md").read_text(encoding="utf-8")
    values = json.loads(re.search(r"`evidence` with `(.*)` tells", text)[1])  # type: ignore[index]
    shown = json.loads(re.search(r"tells\n\n```json\n(.*?)```", text, re.DOTALL)[1])  # type: ignore[index]
    told = json.loads(json.dumps(door.answer("evidence", values)))
    for one in (shown, told):  # the hashes change with every edit of the question or of the data
        assert re.search(r"graph [0-9a-f]{12}$", one.pop("receipt_graph"))
        one["receipt_query"] = one["receipt_query"].partition(" (sha256 ")[0]
    assert shown == told


def test_a_question_takes_each_column_of_its_answer_and_keeps_the_rows_with_that_cell(door: Door) -> None:
    declared = door.tools["response-rates"].schema["additionalProperties"]
    assert declared["type"] == ["string", "array"]
    assert "such as study, percent, denominator:" in declared["description"]
    told = door.answer("response-rates", {"study": "Jacoby 2022"})
    assert {row["study"] for row in told["rows"]} == {"Jacoby et al. 2022 (ref. 50)"}


def test_receipts_stay_where_columns_are_chosen(door: Door) -> None:
    told = door.answer("evidence", {"columns": ["percent"], "outcome": "CRR"})
    assert told["columns"] == ("percent", *COLUMNS[:3])


@pytest.mark.parametrize(
    ("name", "values", "command"),
    [
        ("evidence", {"target": "CD91"}, ["query", "evidence", "-p", "target=CD91"]),
        ("evidence", {"tarket": "CD19"}, ["query", "evidence", "-p", "tarket=CD19"]),
        ("trace", {"observation": "t1-r01-orz"}, ["trace", "t1-r01-orz"]),
        ("claims", {"claim": "claim-nine"}, ["claims", "claim-nine"]),
    ],
)
def test_an_error_is_that_of_the_command(
    door: Door, run: Callable[..., Run], name: str, values: dict[str, Any], command: list[str]
) -> None:
    told: CallToolResult = asked(server(door), lambda client: client.call_tool(name, values))
    assert told.is_error
    said = run(*command).err.splitlines()
    assert told.content[0].text == said[-1].removeprefix("cartkg: ")  # type: ignore[union-attr]


def test_an_empty_answer_says_why(door: Door) -> None:
    told = door.answer("evidence", {"target": "CD22", "outcome": "DOR"})
    assert (told["count"], told["rows"]) == (0, [])
    assert told["notes"][-1].startswith("nothing is found; ")
    assert told["receipt_query"].startswith("evidence target=CD22 outcome=DOR (sha256 ")
    assert told["receipt_graph"] == str(door.graph)


def test_a_long_answer_comes_in_parts_that_fit(door: Door, graph: Graph) -> None:
    rows: list[dict[str, Any]] = []
    left = 1
    while left:
        told = door.answer("class-tree", {"skip": len(rows)})
        assert len(json.dumps(told, ensure_ascii=False).encode()) < 65_000
        rows += told["rows"]
        left = told["left"]
    assert rows == filled(list(query(graph, "class-tree").receipts()))


def test_figures_claims_and_what_words_lead_to_have_their_receipts_too(world: Graph) -> None:
    door = opened(world, DEFAULTS)
    found = door.answer("find", {"words": "t4-r01-b-cell"})["rows"]
    figure = next(row for row in found if row["kind"] == "observations")
    assert figure["receipt_places"] == "Table 4, row 1, column 4"
    assert "see discrepancies/b-cell-percent" in figure["receipt_flags"]
    steps = door.answer("trace", {"observation": figure["name"]})["rows"]
    assert {"figure as printed", "primary paper", "discrepancy"} <= {step["aspect"] for step in steps}
    assert steps[0]["receipt_papers"] == figure["receipt_papers"]
    contradicted = door.answer("claims", {"verdict": "contradicted"})["rows"]
    assert {claim["verdict"] for claim in contradicted} == {"contradicted"}
    assert all(claim["receipt_places"] for claim in contradicted)


def test_own_sparql_has_receipts_and_an_end(door: Door) -> None:
    figures = "SELECT ?figure { ?figure a <https://w3id.org/cartkg/ontology/Observation> } LIMIT 3"
    assert all(row["receipt_places"] for row in door.answer("sparql", {"query": figures})["rows"])
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    small = opened(door.graph, type(DEFAULTS)(0.5, 4096, 1, "narrow it"), ["evidence"])
    told: CallToolResult = asked(server(small), lambda client: client.call_tool("sparql", {"query": endless}))
    assert told.is_error
    assert "no answer within 0.5 seconds; narrow it" in told.content[0].text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("evidenze", {}, "no tool is called 'evidenze'; did you mean evidence?"),
        ("find", {}, "find needs 'words'"),
        ("claims", {"claims": "claim-072"}, "claims has no parameter 'claims'; it has: claim, verdict"),
        ("claims", {"verdict": "true"}, "verdict: there is no 'true'; it is one of: reproduced, partly"),
        ("evidence", {"columns": "percent"}, "columns: 'percent' is not a list of names"),
        ("evidence", {"source_only": "yes"}, "source_only: 'yes' is neither true nor false"),
        ("evidence", {"skip": -1}, "skip: -1 is not a number of rows"),
        ("evidence", {"columns": ["percnt"]}, "there is no column 'percnt'; did you mean percent"),
        ("sparql", {"query": "INSERT DATA { <a:b> <a:b> <a:b> }"}, "query: "),
    ],
)
def test_what_can_not_be_asked_is_said(door: Door, name: str, values: Mapping[str, Any], why: str) -> None:
    told: CallToolResult = asked(server(door), lambda client: client.call_tool(name, dict(values)))
    assert told.is_error
    assert told.content[0].text.startswith(why)  # type: ignore[union-attr]


def test_documents_rows_and_terms_can_be_read(door: Door) -> None:
    async def read(client: Client) -> dict[str, str]:
        uris = [
            *DOCUMENTS,
            "https://w3id.org/cartkg/ontology/CAR",
            "https://w3id.org/cartkg/id/observations/t3-r01-crr",
        ]
        with pytest.raises(MCPError, match="nothing here is called"):
            await client.read_resource("https://w3id.org/cartkg/ontology/Cra")
        with pytest.raises(MCPError, match="is no IRI"):
            await client.read_resource("CAR T")
        return {uri: (await client.read_resource(uri)).contents[0].text for uri in uris}  # type: ignore[union-attr]

    dictionary, glossary, term, figure = asked(server(door), read).values()
    assert "## observations" in dictionary
    assert "| receipt |" in glossary
    assert any(row["value"] == "chimeric antigen receptor" for row in json.loads(term)["rows"])
    assert json.loads(figure)["receipt_places"] == "Table 3, row 1, column 4"
    assert json.loads(figure)["receipt_graph"] == str(door.graph)


def over_stdio(command_environment: dict[str, str], *names: str) -> StdioServerParameters:
    environment = {**os.environ, **command_environment}
    return StdioServerParameters(command=sys.executable, args=["-m", "cartkg", "mcp", *names], env=environment)


def test_a_process_answers_on_stdin_and_stdout(door: Door, command_environment: dict[str, str]) -> None:
    async def work(client: Client) -> None:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == ["find", "trace", "claims", "sparql", "indications"]
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)
        told = await client.call_tool("indications", {"disease": "DLBCL"})
        expected = json.loads(json.dumps(door.answer("indications", {"disease": "DLBCL"})))
        assert told.structured_content == json.loads(told.content[0].text) == expected  # type: ignore[union-attr]
        assert {one.name for one in (await client.list_resources()).resources} == {"data-dictionary", "glossary"}
        assert len((await client.list_resource_templates()).resource_templates) == 2

    asked(over_stdio(command_environment, "indications"), work)


@pytest.mark.nightly
def test_it_ends_when_told_to(command_environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "cartkg", "mcp"]
    environment = {**os.environ, **command_environment}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment) as process:  # fmt: skip
        assert process.stderr
        assert b"answering on stdin and stdout" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 128 + signal.SIGTERM


@pytest.mark.nightly
def test_it_answers_over_http_behind_the_guard_of_the_server(world: Graph) -> None:
    async def work(client: Client) -> None:
        told = await client.call_tool("evidence", {"outcome": "CRR"})
        assert told.structured_content["rows"] == filled(list(query(world, "evidence", {"outcome": "CRR"}).receipts()))

    with serving("--graph", world.path.parent) as served:
        for mode in ("auto", "legacy"):
            asked(f"{served.url}/mcp", work, mode)
        page = httpx.get(f"{served.url}/mcp")
        assert (page.status_code, page.json()["detail"]) == (405, "an assistant's program asks here, by POST")
        foreign = {"Origin": "http://other.example", "Content-Type": "application/json"}
        assert httpx.post(f"{served.url}/mcp", content="{}", headers=foreign).status_code == 403
        assert httpx.post(f"{served.url}/mcp", content=b" " * 300_000).status_code == 413


@pytest.mark.nightly
def test_what_is_asked_of_the_review_has_the_answer_of_the_command(
    graph: Graph, command_environment: dict[str, str]
) -> None:
    async def work(client: Client) -> None:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        entries = [entry for entry in QUESTIONS if entry["query"] in tools]
        assert len(entries) >= 30
        for entry in entries:
            values, rows, left = entry.get("values") or {}, list[dict[str, Any]](), 1
            while left:
                told = await client.call_tool(entry["query"], {**values, "skip": len(rows)})
                assert not told.is_error, (entry["question"], told.content)
                rows += told.structured_content["rows"]
                left = told.structured_content["left"]
            command = json.loads(json.dumps(list(query(graph, entry["query"], values).receipts())))
            assert rows == filled(command), entry["question"]
            for expected in entry.get("contains", []):
                columns = dict.fromkeys(told.structured_content["columns"])
                wanted = {name: None if value == "" else value for name, value in expected.items()}
                assert any(_has({**columns, **row}, wanted) for row in rows), (entry["question"], expected)

    asked(over_stdio(command_environment), work)
