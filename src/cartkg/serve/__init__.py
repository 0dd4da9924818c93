"""Serve: the graph over HTTP, as a SPARQL endpoint, as stored questions, and as a page for each thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..confined import Limits
from ..errors import ExternalError
from ..rdf.store import Graph

DEFAULTS = Limits(10, 1024, 16)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where to listen, which other names and origins are served, and what one query of a visitor may use."""

    host: str = "127.0.0.1"
    port: int = 7878
    names: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    limits: Limits = DEFAULTS
    workers: int = 2


@dataclass(frozen=True, slots=True)
class Checks:
    """What other commands tell: everything about a figure, the claims recomputed, and what words lead to."""

    trace: Callable[[Graph, str], Any]
    claims: Callable[[Graph], Sequence[Any]]
    find: Callable[[Graph, str, int], Sequence[Any]]


def serve(
    graph: Graph, settings: Settings, checks: Checks, log: Callable[[str], None], ready: Callable[[str], None]
) -> None:
    """Answer HTTP requests until told to stop; ExternalError without the extra `serve`, or if the port is taken."""
    try:
        from .run import run
    except ImportError as error:
        raise ExternalError(f"{error.name} is missing: pip install 'cartkg[serve]'") from error
    run(graph, settings, checks, log, ready)
