"""Serve: the graph as SPARQL endpoint, stored questions and a page for each thing, over HTTP or as a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..confined import Limits
from ..errors import needing
from ..findings import Say
from ..rdf.store import QUADS, Graph

_TIMES = 7  # as large as the quads of a graph are its pages at least
DEFAULTS = Limits(10, 1024, 16, "narrow the query, or add LIMIT")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where to listen, which other names and origins are served, and what one query of a visitor may use.

    With `endpoint` visitors' SPARQL is answered by the store there, so many queries at a time as there are `workers`.
    """

    host: str = "127.0.0.1"
    port: int = 7878
    names: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    limits: Limits = DEFAULTS
    workers: int = 2
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Checks:
    """What other commands tell: all about a figure, the claims recomputed, what words lead to, and pictures as SVG.

    Where its extra is installed, also the door for assistants, within limits and for bodies of so many bytes.
    """

    trace: Callable[[Graph, str], Any]
    claims: Callable[[Graph], Sequence[Any]]
    find: Callable[[Graph, str, int], Sequence[Any]]
    draw: Callable[[Graph, str, Mapping[str, Any]], bytes]
    door: Callable[[Graph, Limits, int], Any] | None = None


def serve(graph: Graph, settings: Settings, checks: Checks, log: Say, ready: Say) -> None:
    """Answer HTTP requests until told to stop; ExternalError without the extra `serve`, or if the port is taken."""
    with needing("serve"):
        from .run import run
    run(graph, settings, checks, log, ready)


def write_site(graph: Graph, folder: Path, checks: Checks, say: Say) -> int:
    """Write all pages into a folder, in place of what was written there before; how many files there are."""
    with needing("serve"):
        from .site import check_replaceable, pages_of, replace_folder

    check_replaceable(folder, _TIMES * (graph.path / QUADS).stat().st_size)
    files = pages_of(graph, checks, say)
    replace_folder(folder, files)
    return len(files)
