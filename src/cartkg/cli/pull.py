"""`cartkg pull`: fetch the graph from a SPARQL store."""

from __future__ import annotations

from pathlib import Path

import click

from .shared import say, shown


@click.command()
@click.argument("url")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File of N-Quads to write.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=300.0, show_default=True,
              help="Seconds that a request may take.")  # fmt: skip
def pull(url: str, out: Path, timeout: float) -> None:
    """Write our named graphs in the store at URL as sorted N-Quads, complete or not at all."""
    from ..pull import pull as run_pull
    from ..remote.endpoint import connect

    counts = run_pull(connect(url, timeout), out, say)
    click.echo(f"{sum(counts.values())} triples of {len(counts)} named graphs in {shown(out)}")
