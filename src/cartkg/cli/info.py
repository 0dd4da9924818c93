"""`cartkg info`: say what the graph holds and where it is."""

from __future__ import annotations

from pathlib import Path

import click

from .shared import current, data_option, graph_option, put, shown


@click.command()
@data_option
@graph_option
def info(data: Path | None, directory: Path | None) -> None:
    """Say what the graph holds and where it is."""
    graph = current(data, directory)
    from dataclasses import replace

    from ..info import describe

    found = describe(graph)
    put(str(replace(found, path=shown(found.path))))
