"""`cartkg diff`: compare the graph with its copy in a SPARQL store, or two releases of it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from .shared import current, data_option, graph_option, out_option, say, shown, write


@click.command()
@click.argument("old", metavar="URL|OLD")
@click.argument("new", required=False, metavar="[NEW]", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "style", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@click.option("--show", type=click.IntRange(min=0), default=10, show_default=True, help="Shown of each kind, in text.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=300.0, show_default=True,
              help="Seconds that a request to a store may take.")  # fmt: skip
@data_option
@graph_option
@out_option
@click.pass_context
def diff(
    context: click.Context, old: str, new: Path | None, style: str, show: int, timeout: float, data: Path | None,
    directory: Path | None, out: Path | None,
) -> None:  # fmt: skip
    """Compare the graph with its copy in the store at URL, triple by triple; exit 1 when they differ.

    Or say what has changed from one release to another, in terms, facts and mappings: OLD and NEW are files
    (.nq, .trig, .nt or .ttl, also .gz); without NEW it is the graph as it is now.
    """
    if "://" in old:
        if new is not None:
            raise click.UsageError("a store is compared with the graph: give its URL alone")
        if style == "markdown":
            raise click.UsageError("--format markdown is for two releases")
        _with_store(context, old, style, show, timeout, data, directory, out)
        return
    from ..diff import diff_states
    from ..release.changelog import to_json, to_markdown, to_text

    found = diff_states(Path(old), new or current(data, directory))
    names = shown(old), shown(new) if new else "the graph"
    text = {"json": to_json, "markdown": to_markdown}[style](found, *names) if style != "text" else to_text(found, show)
    write(text, out)
    context.exit(0 if found.same else 1)


def _with_store(
    context: click.Context, url: str, style: str, show: int, timeout: float, data: Path | None,
    directory: Path | None, out: Path | None,
) -> None:  # fmt: skip
    graph = current(data, directory)
    from ..diff import diff as run_diff
    from ..remote.endpoint import connect

    found = run_diff(graph, connect(url, timeout), say, shown=show)
    write(json.dumps(found.as_dict(), ensure_ascii=False, indent=1) + "\n" if style == "json" else str(found), out)
    context.exit(0 if found.same else 1)
