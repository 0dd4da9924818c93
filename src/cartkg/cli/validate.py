"""`cartkg validate`: check the graph or a file against the shapes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .shared import current, data_option, graph_option, put, say, shown_report


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@data_option
@graph_option
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--referee", is_flag=True, help="Leave every constraint to pySHACL: slower, the same findings.")
def validate(file: Path | None, data: Path | None, directory: Path | None, style: str, referee: bool) -> None:
    """Check the graph, or your own Turtle FILE, against the SHACL shapes; exit 1 if something is wrong."""
    graph = current(data, directory)
    from ..validate import validate_file, validate_graph

    say("validating")
    if file is not None:
        report = validate_file(graph, file, referee=referee)
    else:
        report = validate_graph(graph, data or Path(graph.manifest.data), referee=referee)
    report = shown_report(report)
    if style == "json":
        import json

        put(json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n")
    else:
        put(f"{report}\n")
    sys.exit(0 if report.conforms else 1)
