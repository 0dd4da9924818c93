"""Site: the pages as one folder that needs no server, from the same routes, which replaces only what was such a one."""

from __future__ import annotations

import asyncio
import contextlib
import html
import os
import re
import shutil
import tempfile
from collections import deque
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from starlette.applications import Starlette
from starlette.types import Message

from ..confined import Limits
from ..errors import StorageError, UsageError
from ..files import SUMS, summed, with_sums
from ..findings import Say
from ..rdf.store import Graph
from . import Checks
from .formats import GRAPHS, RECORDS, ROWS
from .here import Here
from .offline import ROUTES, script
from .run import routed
from .workers import Pool

_LINK = re.compile(r'(?<= )(href|src|action)="(/[^"]*)"')
_ENDINGS = {*GRAPHS.values(), *ROWS.values(), *RECORDS.values(), "rq", "svg", "css", "js", "atom", "html"}
_OF_TYPE = {"text/html": ".html", "text/turtle": ".ttl", "application/json": ".json"}
_PAGES = {"text/html", "application/atom+xml"}
_PLACES = "/static/places.js"
_BESIDE = ("ttl", "jsonld", "json", "md")


def pages_of(graph: Graph, checks: Checks, say: Say) -> dict[str, bytes]:
    """Every file of the folder by its path: pages, RDF and tables beside them, scripts, and the graph to ask."""
    here = Here(graph, checks, Pool(graph, Limits(0, 0, 0), 0), offline=True)
    app = routed(first=ROUTES)
    app.state.here = here
    found = asyncio.run(_crawled(app, _first(here), say))
    names = _names(found)
    files = {path: name for name, path in names.items()}
    files |= {path: files[page.leads] for path, page in found.items() if page.leads}
    renamed = {path: name for name, path in names.items() if name.endswith("_.html")}
    files[_PLACES] = _PLACES.strip("/")
    written = {name: _relative(found[path], path, files) for name, path in names.items()}
    return written | {
        files[_PLACES]: script("places", {"renamed": renamed, "bases": here.bases}),
        "w3id.htaccess": _redirects(renamed).encode(),
    }


def _redirects(renamed: dict[str, str]) -> str:
    """The rules by which the addresses of rows and terms lead to their files, for who keeps the redirects."""
    lines = ["# Put the address of the folder in place of https://example.org/cartkg/.", "RewriteEngine on"]
    places = {f"^{re.escape(path.strip('/'))}$": name.removesuffix(".html") for path, name in renamed.items()}
    for pattern, place in {**places, "^((id|ontology)/.+)$": "$1"}.items():
        for accepted, ending in {"text/turtle": "ttl", "application/ld\\+json": "jsonld", "": "html"}.items():
            lines += [f"RewriteCond %{{HTTP_ACCEPT}} {accepted}"] if accepted else []
            lines.append(f"RewriteRule {pattern} https://example.org/cartkg/{place}.{ending} [R=303,L]")
    return "\n".join(lines) + "\n"


class _Page:
    """What an address gives: its type, its bytes, or where it leads on to."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.body = status, body
        self.type = headers.get("content-type", "").partition(";")[0]
        self.leads = headers.get("location", "") if status in {302, 303, 307} else ""

    @property
    def links(self) -> Iterator[str]:
        """The addresses here that a page leads to, without what is asked of them."""
        if self.type in _PAGES:
            for found in _LINK.finditer(self.body.decode()):
                yield re.split("[?#]", html.unescape(found[2]))[0]
        elif self.leads:
            yield self.leads


def _first(here: Here) -> Iterator[str]:
    """Where to begin: the home page, and everything of ours that the graph says something of."""
    yield from ("/", "/changes", "/static/index.js", "/static/graph.js", "/static/engine.js",
                "/context.jsonld")  # fmt: skip
    subjects = {str(quad.subject.value) for quad in here.graph.quads() if hasattr(quad.subject, "value")}
    for address in sorted(filter(None, map(here.address, subjects))):
        if address.startswith("/") and not address.startswith("/query"):
            yield address
            yield from (f"{address}.{ending}" for ending in _BESIDE)


async def _crawled(app: Starlette, first: Iterator[str], say: Say) -> dict[str, _Page]:
    """What is at these addresses, and at all that they lead to."""
    found: dict[str, _Page] = {}
    gone = {_PLACES}  # which is written when all others have their names
    todo = deque(first)
    say(f"laying out {len(todo)} pages and what they lead to")
    while todo:
        path = todo.popleft()
        if path in found or path in gone:
            continue
        page = await _asked(app, path)
        if page.status >= HTTPStatus.BAD_REQUEST:
            say(f"{path} gives no page ({page.status}); what leads there leads nowhere")
            gone.add(path)
            continue
        found[path] = page
        todo += [link for link in page.links if link not in found]
    return found


async def _asked(app: Starlette, path: str) -> _Page:
    """What a server would answer."""
    said: dict[str, Any] = {"status": 500, "headers": []}
    body = bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        said.update(message)
        body.extend(message.get("body", b""))

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "https",
        "path": unquote(path), "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"host", b"w3id.org"), (b"accept", b"text/html, */*;q=0.1")],
    }  # fmt: skip
    await app(scope, receive, send)
    return _Page(said["status"], {key.decode(): value.decode() for key, value in said["headers"]}, bytes(body))


def _names(found: dict[str, _Page]) -> dict[str, str]:
    """The name of each file, and its address; names that differ in case only, which some disks take for one, do not."""
    names: dict[str, str] = {}
    known: set[str] = set()
    for path, page in sorted(found.items()):
        if page.leads:
            continue
        name = unquote(path).strip("/") or "index"
        if name.rpartition(".")[2] not in _ENDINGS:
            name += _OF_TYPE.get(page.type, "")
        stem, dot, ending = name.rpartition(".")
        while name.casefold() in known:
            stem += "_"
            name = stem + dot + ending
        if any(part in {"", ".", ".."} or "\\" in part for part in name.split("/")):
            raise StorageError(f"{path}: no file can be called so")
        known.add(name.casefold())
        names[name] = path
    return names


def _relative(page: _Page, path: str, files: dict[str, str]) -> bytes:
    """A page with its links as they lead from file to file."""
    if page.type not in _PAGES:
        return page.body
    up = "../" * files[path].count("/")

    def moved(found: re.Match[str]) -> str:
        place, rest = re.fullmatch(r"([^?#]*)(.*)", html.unescape(found[2]), re.DOTALL).groups()  # type: ignore[union-attr]
        return f'{found[1]}="{html.escape(up + quote(files[place]) + rest)}"' if place in files else ""

    return _LINK.sub(moved, page.body.decode()).encode()


def check_replaceable(folder: Path, room: int = 0) -> None:
    """UsageError where there is no folder, or one with what was not written here, which would be lost.

    StorageError where so many bytes do not fit.
    """
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is no folder; name a new or empty one")
    if os.path.ismount(folder):
        raise UsageError(f"{folder}: a disk begins there, so that it can not be replaced; name a folder in it")
    try:
        with tempfile.TemporaryDirectory(prefix=".new-", dir=next(filter(Path.exists, folder.parents), folder)) as new:
            free = shutil.disk_usage(new).free  # so that what can not be written is told before it is made
        if free < room:
            raise StorageError(f"{folder}: the pages need some {room >> 20} MB, and there is room for {free >> 20} MB")
        found = {
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()
        }
        listed = summed(folder)
    except OSError as error:
        raise StorageError(f"{folder}: {error.strerror or error}") from error
    if others := sorted(found - listed - {SUMS} if listed else found):
        raise UsageError(
            f"{folder}: holds {others[0]}, which is no part of a site, and would be lost; name a new or empty folder"
        )


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files with their checksums beside the folder, then put them in its place; or leave it as it was."""
    folder = folder.resolve()
    mark = os.urandom(4).hex()
    fresh, old = (folder.with_name(f".{folder.name}.{name}-{mark}") for name in ("new", "old"))
    try:
        for name, content in with_sums(files).items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if folder.exists():
            folder.rename(old)
        try:
            fresh.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    except OSError as error:
        raise StorageError(f"{error.filename or folder}: {error.strerror or error}") from error
    finally:
        for left in (fresh, *([old] if folder.exists() else [])):
            with contextlib.suppress(OSError):
                shutil.rmtree(left)
