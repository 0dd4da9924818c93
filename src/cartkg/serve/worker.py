"""The process that evaluates visitors' SPARQL: a line when ready; a request a line in, a line and bytes out."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn, cast

import pyoxigraph as ox

from ..confined import end_with_parent, give_up_rights
from ..errors import UsageError
from ..queries.policy import check
from ..rdf.store import asked, names_graphs
from ..rdf.vocabulary import PREFIXES

if TYPE_CHECKING:
    from typing_extensions import Buffer

_MEGABYTE = 1 << 20
_SHARE = 4  # as XML the rows of a table take up to so many times the room


class _Room(io.BytesIO):
    """Where results are written to, which has an end."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def write(self, part: Buffer, /) -> int:
        """Take a part, or refuse to."""
        if self.tell() + len(bytes(part)) > self.most:
            raise _FullError
        return super().write(part)


class _FullError(Exception):
    """The results do not fit."""


def main() -> NoReturn:
    """Open both stores, give up all rights, and answer; ends with the server, if that is killed, too."""
    union, named, memory, most, graphs, parent = sys.argv[1:]
    end_with_parent(int(parent))
    stores = ox.Store.read_only(union), ox.Store.read_only(named)
    known = set(json.loads(graphs))
    give_up_rights(int(memory))
    sys.stdout.buffer.write(b"\n")  # it is ready
    sys.stdout.buffer.flush()
    for line in sys.stdin.buffer:
        head, content = _answer(json.loads(line), stores, known, int(most) * _MEGABYTE)
        sys.stdout.buffer.write(json.dumps({**head, "length": len(content)}).encode() + b"\n" + content)
        sys.stdout.buffer.flush()
    os._exit(0)


def _answer(
    request: dict[str, Any], stores: tuple[ox.Store, ox.Store], known: set[str], most: int
) -> tuple[dict[str, Any], bytes]:
    """The results in the format asked for, or what is wrong with the query; memory that ends, ends the process."""
    try:
        check(request["query"], "query", known)
        return _results(request, stores, most)
    except UsageError as error:
        problem = str(error)
    except SyntaxError as error:
        problem = f"not valid SPARQL: {error}"
    except MemoryError:
        os._exit(1)
    except (ValueError, OSError, RuntimeError) as error:
        problem = f"can not be answered: {error}"
    return {"problem": problem}, b""


def _results(request: dict[str, Any], stores: tuple[ox.Store, ox.Store], most: int) -> tuple[dict[str, Any], bytes]:
    found = _found(request, stores)
    room = _Room(most)
    if isinstance(found, ox.QueryTriples):
        name = request["graphs"]
        cut: list[bool] = []
        triples = _while_there_is_room(found, room, cut)
        prefixes = {prefix: iri for prefix, iri in PREFIXES.items() if prefix != "cks"}
        ox.serialize(triples, room, format=ox.RdfFormat.from_extension(name), prefixes=prefixes)
        return {"format": name, "truncated": bool(cut)}, room.getvalue()
    name = request["results"]
    style = ox.QueryResultsFormat.from_extension(name)
    try:
        found.serialize(room, format=style)
        return {"format": name, "truncated": False}, room.getvalue()
    except _FullError:
        rows = _Room(most // _SHARE)
        with contextlib.suppress(_FullError):
            cast("ox.QuerySolutions", _found(request, stores)).serialize(rows, format=ox.QueryResultsFormat.TSV)
        lines = rows.getvalue()
        whole = ox.parse_query_results(lines[: lines.rindex(b"\n") + 1], format=ox.QueryResultsFormat.TSV)
        return {"format": name, "truncated": True}, bytes(whole.serialize(format=style) or b"")


def _found(
    request: dict[str, Any], stores: tuple[ox.Store, ox.Store]
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """What the engine finds; the graphs that the protocol names take the place of those in the query."""
    text, union, named = request["query"], *stores
    if not request["default"] and not request["named"]:
        return asked(named if names_graphs(text) else union, text)
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = list(map(ox.NamedNode, request["default"]))
    others: list[ox.NamedNode | ox.BlankNode] = list(map(ox.NamedNode, request["named"]))
    return named.query(text, default_graph=default, named_graphs=others)


def _while_there_is_room(triples: ox.QueryTriples, room: _Room, cut: list[bool]) -> Iterator[ox.Triple]:
    most = room.most
    room.most *= 2  # what the last triple takes, and what closes the document
    for triple in triples:
        if room.tell() > most:
            cut.append(True)
            return
        yield triple
