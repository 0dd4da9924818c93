"""`cartkg reason`: run HermiT, or explain what the rules infer."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .shared import current, data_option, graph_option, out_option, say, write


@click.command()
@click.argument("names", nargs=-1)
@click.option("--explain", is_flag=True, help="Explain why a statement holds; needs no Java.")
@data_option
@graph_option
@out_option
def reason(
    names: tuple[str, ...], data: Path | None, directory: Path | None, out: Path | None, *, explain: bool
) -> None:
    """Run HermiT and print what follows as N-Triples; needs Java.

    With --explain: why does a statement hold? NAMES are SUBJECT CLASS, or SUBJECT PROPERTY VALUE, each by label, id,
    CURIE or IRI. Without NAMES: does the graph contradict itself, and why?

    \b
    cartkg reason --explain tisagenlecleucel SecondGenerationCAR
    cartkg reason --explain "diffuse large B cell lymphoma" "broader disease" "B cell malignancies"
    """  # noqa: D301
    if explain:
        _explain(names, data, directory, out)
        return
    if names:
        raise click.UsageError("names go with --explain")
    graph = current(data, directory)
    from ..reason import reason as run_reason

    say("reasoning with HermiT")
    found = run_reason(graph)
    for iri in found.unsatisfiable:
        click.echo(f"{iri}: no individual can have this class [unsatisfiable]", err=True)
    if not found.sound:
        click.echo("cartkg: the ontology and the individuals contradict each other", err=True)
        click.echo("cartkg: `cartkg reason --explain` shows why, where rules can see it", err=True)
        sys.exit(1)
    write(found.to_ntriples(), out)
    click.echo(
        f"cartkg: consistent, no unsatisfiable class; {len(found.triples)} new statements "
        f"about {found.individuals} individuals", err=True,
    )  # fmt: skip


def _explain(names: tuple[str, ...], data: Path | None, directory: Path | None, out: Path | None) -> None:
    from ..reasoning.explanation import explain as run_explain

    found = run_explain(current(data, directory), names)
    write(str(found), out)
    if not found.sound:
        sys.exit(1)
