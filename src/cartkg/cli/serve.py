"""`cartkg serve`, `cartkg site`, `cartkg mcp`: the graph as pages over HTTP or in a folder, and for assistants."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError, needing
from .questions import names as known_names
from .shared import FOLDER, Options, Seconds, on_graph, say, shown, tell

if TYPE_CHECKING:
    from ..confined import Limits
    from ..rdf.store import Graph
    from ..serve import Checks

_HOST, _ORIGIN = r"[\w-]+(\.[\w-]+)*|\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]?", r"\*|https?://[^\s/?#@*]+"
Given = str | tuple[str, ...] | None


def _written(pattern: str, example: str) -> Callable[[click.Context, click.Parameter, Given], Given]:
    """Refuse what is written otherwise, which no visitor could ever fit."""

    def check(_context: click.Context, _parameter: click.Parameter, given: Given) -> Given:
        for value in [given] if isinstance(given, str) else given or ():
            if not re.fullmatch(pattern, value):
                raise click.BadParameter(f"{value!r} is none; write {example}")
        return given

    return check


@partial(on_graph, out=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.",
              callback=_written(_HOST, "127.0.0.1, or 0.0.0.0 for all addresses of this machine"))  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, 65535), default=7878, show_default=True, help="Port; 0 takes a free one."
)
@click.option("--name", "names", multiple=True, metavar="HOST", help="Answer under this host name, too.",
              callback=_written(_HOST, "graph.example.org"))  # fmt: skip
@click.option("--cors", "origins", multiple=True, metavar="ORIGIN", help="Let pages of this origin ask; * means any.",
              callback=_written(_ORIGIN, "https://notebook.example.org, or *"))  # fmt: skip
@click.option("--timeout", type=Seconds(0.1, 600), default=10, show_default=True, metavar="SECONDS",
              help="Time for a visitor's own SPARQL.")  # fmt: skip
@click.option("--memory", type=click.IntRange(512, 1_048_576), default=1024, show_default=True, metavar="MB",
              help="Memory for each process that answers SPARQL.")  # fmt: skip
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="How many processes answer SPARQL."
)
@click.option("--endpoint", metavar="URL", callback=_written(r".+", "https://host/path"),
              help="Have visitors' SPARQL answered by this store, which holds what `cartkg push` wrote.")  # fmt: skip
def serve(
    options: Options, host: str, port: int, names: tuple[str, ...], origins: tuple[str, ...], timeout: float,
    memory: int, workers: int, endpoint: str | None,
) -> str:  # fmt: skip
    """Serve the graph over HTTP: SPARQL, the stored questions and a page for each thing, read-only.

    It listens on this machine only, unless --host says otherwise. Each request is a line of JSON on stderr.
    """
    graph = options.graph
    from ..serve import DEFAULTS, Settings
    from ..serve import serve as run_serve

    if host not in {"127.0.0.1", "localhost", "::1"}:
        tell(f"other machines can ask, by the names {', '.join((host, *names))}; there is no password")
    limits = replace(DEFAULTS, seconds=timeout, memory=memory)
    settings = Settings(host, port, names, origins, limits, workers, endpoint or "")
    checks = replace(_checks(), door=_door())
    run_serve(graph, settings, checks, partial(click.echo, err=True), lambda at: tell(f"serving {at}"))
    return ""


@partial(on_graph, out=False)
@click.argument("folder", metavar="DIR", type=FOLDER)
def site(options: Options, folder: Path) -> str:
    """Write the pages of `cartkg serve` into a folder that needs no server; it is replaced as a whole.

    It works from a disk or any web space, and is asked in the browser.
    """
    graph = options.graph
    from ..serve import write_site

    count = write_site(graph, folder, _checks(), say)
    tell(f"wrote {count} files into {shown(folder)}; open {shown(folder / 'index.html')}")
    return ""


@partial(on_graph, out=False)
@click.argument("questions", nargs=-1, metavar="[NAME]…", shell_complete=known_names)
def mcp(options: Options, questions: tuple[str, ...]) -> str:
    """Answer an assistant over the Model Context Protocol on stdin and stdout, read-only.

    Its tools are find, trace, claims, sparql and the stored questions, or those with these NAMES only.
    """
    if sys.stdin is None or sys.stdout is None:
        raise UsageError("stdin or stdout is closed; an assistant's program asks and is answered there")
    from ..serve import DEFAULTS

    with needing("mcp"):
        from ..mcp import run
    graph = options.graph
    tell("answering on stdin and stdout; an assistant's program starts this by itself")
    run(graph, DEFAULTS, questions)
    return ""


def _checks() -> Checks:
    from ..claims import check_claims
    from ..find import find
    from ..serve import Checks
    from ..trace import trace

    return Checks(trace, check_claims, find, _drawn)


def _drawn(graph: Graph, name: str, values: Mapping[str, Any]) -> bytes:
    """A picture as `cartkg plot` draws it."""
    from .. import plot

    return plot.render(getattr(plot, name)(graph, {}, **values), "svg")


def _door() -> Callable[[Graph, Limits, int], Any] | None:
    """What answers assistants; nothing without the extra `mcp`."""
    try:
        from ..mcp import over_http
    except ImportError:
        return None
    return over_http
