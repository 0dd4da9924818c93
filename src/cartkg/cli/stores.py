"""The commands on a copy of the graph in a SPARQL store: push, pull and compare."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from .shared import FILE, Options, Seconds, formats, on_graph, say, shown, tell

_TIMEOUT = click.option("--timeout", type=Seconds(0, 86_400, min_open=True), default=300.0, show_default=True,
                        help="Seconds that a request to a store may take.")  # fmt: skip


@partial(on_graph, out=False)
@click.argument("url")
@click.option("--protocol", type=click.Choice(["gsp", "update"]),
              help="Graph Store Protocol or SPARQL Update.  [default: the first that the store takes]")  # fmt: skip
@click.option("--graph-store-url", "store_url", default="", metavar="URL", help="Where the store takes named graphs.")
@click.option("--update-url", default="", metavar="URL", help="Where the store takes updates.")
@click.option("--chunk", type=click.IntRange(min=1), help="Triples per request.")
@_TIMEOUT
@click.option("--restart", is_flag=True, help="Begin anew instead of continuing an interrupted push.")
def push(
    options: Options, url: str, protocol: str | None, chunk: int | None, timeout: float, restart: bool, **addresses: str
) -> str:
    """Replace the named graphs of the store whose query address is URL by ours, and count them there.

    Credentials come from CARTKG_ENDPOINT_USER and CARTKG_ENDPOINT_PASSWORD, CARTKG_ENDPOINT_TOKEN, or ~/.netrc.
    An interrupted push continues where it was.
    """
    graph = options.graph
    from ..push import Target
    from ..push import push as run_push
    from ..remote.transport import Limits

    target = Target(url, protocol or "", chunk=chunk or 0, limits=Limits(seconds=timeout), **addresses)
    done = run_push(graph, target, say, restart=restart)
    if not done.in_default_graph:
        tell(
            "queries without GRAPH do not see them: let the store's default graph be the union of its named "
            "graphs (see docs/endpoints.md)"
        )
    lines = (f"{name}: {count} triples\n" for name, count in done.graphs.items())
    return f"{''.join(lines)}{sum(done.graphs.values())} triples in {done.url}, counted there\n"


@click.command()
@click.argument("url")
@click.option("--out", type=FILE, required=True, help="File of N-Quads to write.")
@_TIMEOUT
def pull(url: str, out: Path, timeout: float) -> None:
    """Write our named graphs in the store at URL as sorted N-Quads, complete or not at all."""
    from ..pull import pull as run_pull
    from ..remote.endpoint import connect

    counts = run_pull(connect(url, timeout), out, say)
    click.echo(f"{sum(counts.values())} triples of {len(counts)} named graphs in {shown(out)}")


@on_graph
@click.argument("old", metavar="URL|OLD")
@click.argument("new", required=False, metavar="[NEW]", type=FILE)
@formats("text", "json", "markdown")
@click.option(
    "--show", type=click.IntRange(min=0), default=10, show_default=True, help="Differences shown of each kind, in text."
)
@_TIMEOUT
def diff(options: Options, old: str, new: Path | None, style: str, show: int, timeout: float) -> tuple[Any, bool]:
    """Compare the graph with its copy in the store at URL, triple by triple; exit 1 when they differ.

    Or say what has changed from one release to another, in terms, facts and mappings: OLD and NEW are files
    (.nq, .trig, .nt or .ttl, also .gz); without NEW it is the graph as it is now.
    """
    if "://" in old:
        if new is not None:
            raise click.UsageError("a store is compared with the graph: give its URL alone")
        if style == "markdown":
            raise click.UsageError("--format markdown is for two releases")
        graph = options.graph
        from ..diff import diff as run_diff
        from ..remote.endpoint import connect

        copy = run_diff(graph, connect(old, timeout), say, shown=show)
        return copy.as_dict() if style == "json" else str(copy), copy.same
    from ..diff import diff_states
    from ..release.changes import to_dict, to_markdown, to_text

    found = diff_states(Path(old), new or options.graph)
    if style == "text":
        return to_text(found, show), found.same
    written = to_dict if style == "json" else to_markdown
    return written(found, shown(old), shown(new) if new else "the graph"), found.same
