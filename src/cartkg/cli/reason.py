"""`cartkg reason`: run HermiT."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .shared import current, data_option, graph_option, out_option, say, write


@click.command()
@data_option
@graph_option
@out_option
def reason(data: Path | None, directory: Path | None, out: Path | None) -> None:
    """Run HermiT and print what follows as N-Triples; needs Java."""
    graph = current(data, directory)
    from ..reason import reason as run_reason

    say("reasoning with HermiT")
    found = run_reason(graph)
    for iri in found.unsatisfiable:
        click.echo(f"{iri}: no individual can have this class [unsatisfiable]", err=True)
    if not found.sound:
        click.echo("cartkg: the ontology and the individuals contradict each other", err=True)
        sys.exit(1)
    write(found.to_ntriples(), out)
    click.echo(
        f"cartkg: consistent, no unsatisfiable class; {len(found.triples)} new statements "
        f"about {found.individuals} individuals", err=True,
    )  # fmt: skip
