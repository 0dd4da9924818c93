"""`cartkg diff`: compare the graph with its copy in a SPARQL store."""

from __future__ import annotations

import json
from pathlib import Path

import click

from .shared import current, data_option, graph_option, out_option, say, write


@click.command()
@click.argument("url")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--show", type=click.IntRange(min=0), default=10, show_default=True, help="Triples shown of each kind.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=300.0, show_default=True,
              help="Seconds that a request may take.")  # fmt: skip
@data_option
@graph_option
@out_option
@click.pass_context
def diff(
    context: click.Context, url: str, style: str, show: int, timeout: float, data: Path | None, directory: Path | None,
    out: Path | None,
) -> None:  # fmt: skip
    """Compare the graph with its copy in the store at URL; exit 1 when they differ."""
    graph = current(data, directory)
    from ..diff import diff as run_diff
    from ..remote.endpoint import connect

    found = run_diff(graph, connect(url, timeout), say, shown=show)
    write(json.dumps(found.as_dict(), ensure_ascii=False, indent=1) + "\n" if style == "json" else str(found), out)
    context.exit(0 if found.same else 1)
