"""`cartkg validate`: check the graph or a file against the shapes and the rules."""

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
@click.option("--reference-engine", is_flag=True, help="Ask the shapes with pySHACL: slower, the same findings.")
def validate(file: Path | None, data: Path | None, directory: Path | None, style: str, reference_engine: bool) -> None:
    """Check the graph, or your own Turtle FILE, against the SHACL shapes and the rules; exit 1 on violations."""
    graph = current(data, directory)
    from ..validate import validate_file, validate_graph

    say("validating")
    if file is not None:
        report = validate_file(graph, file, reference_engine=reference_engine)
    else:
        report = validate_graph(graph, data or Path(graph.manifest.data), reference_engine=reference_engine)
    report = shown_report(report)
    if style == "json":
        import json

        put(json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n")
    else:
        put(f"{report}\n")
    sys.exit(0 if report.conforms else 1)
