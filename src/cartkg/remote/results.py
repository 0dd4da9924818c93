"""The results that an endpoint sends, read strictly: small and flat ones here, any other where a crash harms nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import IO

import pyoxigraph as ox

from ..confined import Limits, Work, confined
from ..errors import ExternalError, UsageError
from ..rdf.foreign import is_deep

_SMALL = 1 << 20
_DEEPEST = 12
_MOST_COLUMNS = 1000
_VARIABLES = re.compile(rb'"vars"\s*:\s*\[([^\]]*)\]')


def count(body: IO[bytes], url: str, seconds: float) -> int:
    """How many rows a body of JSON results has; ExternalError unless it is whole and well-formed."""
    return int(rewritten(body, url, seconds, ""))


def triples(body: IO[bytes], url: str, seconds: float) -> Iterable[ox.Triple]:
    """The triples of a body of N-Triples; ExternalError unless they are whole and well-formed."""
    try:
        found = confined("cartkg.rdf.foreign:parsing", body, url, Limits(seconds, remedy="ask for less"), "nt")
    except UsageError as error:
        raise ExternalError(str(error)) from error
    return (quad.triple for quad in ox.parse(found, format=ox.RdfFormat.N_QUADS))


def rewritten(body: IO[bytes], url: str, seconds: float, style: str) -> bytes:
    """JSON results in the format with this ending, or how many they are; ExternalError unless they are well-formed."""
    size = body.seek(0, 2)
    body.seek(0)
    if size > _SMALL:
        limits = Limits(seconds, memory=4096, remedy="ask for less")
        return confined(f"{__name__}:reading", body, url, limits, style)
    try:
        return reading(style)(body.read())
    except ExternalError as error:
        raise ExternalError(f"{url}: {error}") from error


def reading(style: str) -> Work:
    """The work is to write results in a format, or to count their rows: what the child does."""

    def read(content: bytes) -> bytes:
        found = _parsed(content)
        try:
            if style:
                return bytes(found.serialize(format=ox.QueryResultsFormat.from_extension(style)) or b"")
            if not isinstance(found, ox.QuerySolutions):
                raise ExternalError("answers a SELECT query with a truth value")
            return str(sum(1 for _ in found)).encode()
        except (SyntaxError, ValueError, OSError) as error:
            raise ExternalError(f"the answer is cut off or damaged: {error}") from error
        finally:
            del found  # in this thread: what is raised would carry it into another, where it must not end

    return read


def _parsed(content: bytes) -> ox.QuerySolutions | ox.QueryBoolean:
    if any(found[1].count(b",") >= _MOST_COLUMNS for found in _VARIABLES.finditer(content)):
        raise ExternalError(f"the answer has more than {_MOST_COLUMNS} columns")
    if is_deep(content, _DEEPEST):
        raise ExternalError("the answer is nested more deeply than results are")
    try:
        return ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    except (SyntaxError, ValueError) as error:
        raise ExternalError(f"the answer is not application/sparql-results+json: {error}") from error
