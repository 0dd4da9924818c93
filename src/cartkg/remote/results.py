"""The results that an endpoint sends, read strictly: small and flat ones here, any other where a crash harms nobody."""

from __future__ import annotations

import re
from typing import IO

import pyoxigraph as ox

from ..confined import Limits, Work, confined
from ..errors import ExternalError
from ..rdf.foreign import is_deep

_SMALL = 1 << 20
_DEEPEST = 12
_MOST_COLUMNS = 1000
_VARIABLES = re.compile(rb'"vars"\s*:\s*\[([^\]]*)\]')


def count(body: IO[bytes], size: int, url: str, seconds: float) -> int:
    """How many rows a body of JSON results has; ExternalError unless it is whole and well-formed."""
    if size > _SMALL:
        limits = Limits(seconds, memory=4096, remedy="ask for less")
        return int(confined(f"{__name__}:reading", body, url, limits))
    try:
        return int(_read(body.read()))
    except ExternalError as error:
        raise ExternalError(f"{url}: {error}") from error


def reading() -> Work:
    """The work is to read results: what the child does."""
    return _read


def _read(content: bytes) -> bytes:
    if any(found[1].count(b",") >= _MOST_COLUMNS for found in _VARIABLES.finditer(content)):
        raise ExternalError(f"the answer has more than {_MOST_COLUMNS} columns")
    if is_deep(content, _DEEPEST):
        raise ExternalError("the answer is nested more deeply than results are")
    try:
        found = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    except (SyntaxError, ValueError) as error:
        raise ExternalError(f"the answer is not application/sparql-results+json: {error}") from error
    if not isinstance(found, ox.QuerySolutions):
        raise ExternalError("answers a SELECT query with a truth value")
    try:
        rows = sum(1 for _ in found)
    except (SyntaxError, ValueError) as error:
        raise ExternalError(f"the answer is cut off or damaged: {error}") from error
    return str(rows).encode()
