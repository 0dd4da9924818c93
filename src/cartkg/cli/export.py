"""`cartkg export`: write the graph as RDF."""

from __future__ import annotations

from pathlib import Path

import click

from .shared import FOLDER, current, data_option, graph_option, out_option, put, shown, write


@click.command()
@click.option("--format", "style", default="turtle", show_default=True,
              type=click.Choice(["turtle", "ntriples", "nquads", "trig", "rdfxml", "jsonld"]))  # fmt: skip
@click.option("--only", default=None, metavar="GRAPH",
              help="One named graph: ontology, asserted, provenance, mappings, inferred, queries.")  # fmt: skip
@click.option("--with-mappings", "mappings", is_flag=True,
              help="Put identifiers elsewhere into formats without named graphs, too.")  # fmt: skip
@click.option(
    "--all",
    "directory_out",
    type=FOLDER,
    default=None,
    help="Write a release into this folder: every format and all that describes it.",
)
@click.option("--since", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE",
              help="With --all: what an earlier release said, as N-Quads.  [default: the last release]")  # fmt: skip
@out_option
@data_option
@graph_option
def export(
    style: str, only: str | None, mappings: bool, directory_out: Path | None, since: Path | None, out: Path | None,
    data: Path | None, directory: Path | None,
) -> None:  # fmt: skip
    """Write the graph as RDF; the same inputs give the same bytes."""
    if directory_out is not None and (only or out):
        raise click.UsageError("--all writes everything: leave out --only and --out")
    if since and directory_out is None:
        raise click.UsageError("--since goes with --all")
    graph = current(data, directory)
    from ..export import export as run_export
    from ..export import export_all

    if directory_out is not None:
        written = export_all(
            graph, directory_out, since, lambda message: click.echo(f"cartkg: {message}", err=True), mappings=mappings
        )
        put("".join(f"{shown(path)}\n" for path in written))
        return
    write(run_export(graph, style, only, mappings=mappings).decode(), out)
