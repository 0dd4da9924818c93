"""A door for assistants: questions and answers over the Model Context Protocol, on stdin and stdout or over HTTP."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from typing import NoReturn, TypeVar

import anyio
from anyio.to_thread import run_sync
from mcp import types
from mcp.server import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError

from ..confined import Limits
from ..errors import CartkgError
from ..rdf.store import Graph
from ..rdf.vocabulary import BASE
from ..version import __version__
from .door import DOCUMENTS, JSON, TEXT, Door, opened

_AT_A_TIME = 4
_INSTRUCTIONS = (
    "Figures are as printed in the source. Hand on none without its receipt_places, receipt_papers, receipt_flags, the "
    "people it counts, and receipt_graph. A column that a row lacks is empty there. `notes` say how words were taken "
    "and what stands beside; `left` says how many rows follow, which `skip` leads to. Begin with `find`. An IRI in an "
    "answer can be read as a resource. This is not medical advice."
)
_PAGES = (
    ("term", "ontology/{name}", "All that is said of a term, and what points to it."),
    ("row", "id/{table}/{id}", "All that is said of a row, and what points to it, with its receipt."),
)
_T = TypeVar("_T")


def server(door: Door) -> Server:
    """The tools and things to read as a server of the protocol."""

    async def told(work: Callable[..., _T], *given: object) -> _T:
        return await run_sync(work, *given, limiter=turns)

    async def tools(_: object, __: object) -> types.ListToolsResult:
        found = await told(lambda: door.tools)
        return types.ListToolsResult(tools=[
            types.Tool(name=name, description=f"{tool.summary} {tool.description}".strip(),
                       input_schema=tool.schema, annotations=types.ToolAnnotations(read_only_hint=True))
            for name, tool in found.items()
        ])  # fmt: skip

    async def call(_: object, asked: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            found = await told(door.answer, asked.name, asked.arguments or {})
        except CartkgError as error:
            return types.CallToolResult(content=[types.TextContent(text=str(error))], is_error=True)
        text = json.dumps(found, ensure_ascii=False)
        return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=found)

    async def resources(_: object, __: object) -> types.ListResourcesResult:
        return types.ListResourcesResult(resources=[
            types.Resource(name=uri.rpartition("/")[2], uri=uri, description=said, mime_type=TEXT)
            for uri, (_, said) in DOCUMENTS.items()
        ])  # fmt: skip

    async def templates(_: object, __: object) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(resource_templates=[
            types.ResourceTemplate(name=name, uri_template=f"{BASE}{rest}", description=said, mime_type=JSON)
            for name, rest, said in _PAGES
        ])  # fmt: skip

    async def read(_: object, asked: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        try:
            text, kind = await told(door.read, asked.uri)
        except CartkgError as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from error
        return types.ReadResourceResult(contents=[types.TextResourceContents(uri=asked.uri, mime_type=kind, text=text)])

    turns = anyio.CapacityLimiter(_AT_A_TIME)
    return Server("cartkg", version=__version__, instructions=_INSTRUCTIONS, on_list_tools=tools, on_call_tool=call,
                  on_list_resources=resources, on_list_resource_templates=templates, on_read_resource=read)  # fmt: skip


def over_http(graph: Graph, limits: Limits, largest: int) -> StreamableHTTPASGIApp:
    """The door as an ASGI application that keeps nothing between requests of at most so many bytes."""
    serving = server(opened(graph, limits))
    return StreamableHTTPASGIApp(
        StreamableHTTPSessionManager(serving, json_response=True, stateless=True, max_request_body_size=largest)
    )


def run(graph: Graph, limits: Limits, names: tuple[str, ...]) -> None:
    """Answer on stdin and stdout until stdin ends, or at once when told to end."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)  # a thread that waits for stdin can not be ended otherwise
    anyio.run(_over_stdio, server(opened(graph, limits, names)))


async def _over_stdio(serving: Server) -> None:
    async with stdio_server() as (reading, writing):
        await serving.run(reading, writing, serving.create_initialization_options())


def _leave(number: int, _: object) -> NoReturn:
    os._exit(128 + number)
