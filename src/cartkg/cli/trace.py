"""`cartkg trace`: everything about one figure."""

from __future__ import annotations

from pathlib import Path

import click

from .shared import current, data_option, graph_option, out_option, write


@click.command()
@click.argument("observation")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@data_option
@graph_option
@out_option
def trace(observation: str, style: str, data: Path | None, directory: Path | None, out: Path | None) -> None:
    """Show everything about the figure OBSERVATION, whose id stands in the evidence table."""
    from json import dumps

    from ..trace import trace as run_trace

    found = run_trace(current(data, directory), observation)
    write(dumps(found.to_dict(), ensure_ascii=False, indent=1) + "\n" if style == "json" else str(found), out)
