"""`cartkg build`: make the graph from the tables."""

from __future__ import annotations

from pathlib import Path

import click

from .shared import FOLDER, data_option, say, shown


@click.command()
@data_option
@click.option("--out", type=FOLDER, default=None, help="Folder for the built graph.")
@click.option("--force", is_flag=True, help="Build even if nothing has changed.")
def build(data: Path | None, out: Path | None, force: bool) -> None:
    """Build the graph from the tables; exit 1 with every mistake located when they are wrong."""
    from ..build import build as run_build

    graph = run_build(data, out, say, force=force)
    click.echo(f"{graph.manifest.quads} triples in {shown(graph.path.parent)}")
