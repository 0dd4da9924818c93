"""The commands on the graph and its tables: make, check, reason, trace, write."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .shared import FILE, FOLDER, Options, Seconds, formats, on_graph, on_tables, say, shown, shown_report, tell, write

if TYPE_CHECKING:
    from ..audit import Audit
    from ..findings import Report

_TIMEOUT = click.option("--timeout", type=Seconds(0, 86_400, min_open=True), default=600.0, show_default=True,
                        help="Seconds that it may take.")  # fmt: skip


@on_tables
@click.option("--out", type=FOLDER, help="Folder for the built graph.")
@click.option("--force", is_flag=True, help="Build even if nothing has changed.")
def build(data: Path, overlays: tuple[Path, ...], out: Path | None, force: bool) -> None:
    """Build the graph from the tables; exit 1, naming file, line and column of each mistake, if they hold any."""
    from ..build import build as run_build

    graph = run_build(data, out, say, force=force, overlays=overlays)
    click.echo(f"{graph.manifest.quads} triples in {shown(graph.path.parent)}")


@click.command("new-source")
@click.argument("folder", type=FOLDER)
@click.option("--title", required=True, help="Title as printed.")
@click.option("--authors", required=True, help="Authors as printed, or who issues it.")
@click.option("--year", required=True, type=click.IntRange(1950, 2100), help="Year of publication.")
@click.option(
    "--kind", default="paper", show_default=True, help="What sort of document it is, such as registry-record."
)
@click.option("--base", default="", metavar="IRI", help="What the IRIs of its rows begin with; ends in /id/.")
def new_source(folder: Path, title: str, authors: str, year: int, kind: str, base: str) -> None:
    """Begin a source of your own in FOLDER, whose name begins the ids of its rows; lay it over the rest with --with."""
    from ..new_source import new_source as begin

    for path in begin(folder, title, authors, year, kind, base):
        click.echo(shown(path))
    if not base:
        tell(f"the IRIs of its rows begin with example.org: write your own in {shown(folder / 'overlay.toml')}")


@on_tables
@click.argument("name")
@click.option("--out", type=FILE, help="File to write instead of stdout: .xlsx for a spreadsheet, .tsv for text.")
def table(data: Path, overlays: tuple[Path, ...], name: str, out: Path | None) -> None:
    """Show the rows of the tables that concern NAME: a study, trial, product, source or cohort, by id or label.

    It shows that row, all rows that point to it, those that point to these, and so on. `cartkg import tables` takes
    the edited spreadsheet in.
    """
    from ..rdf.folders import read_folders
    from ..spreadsheet import open_rows

    kind = out.suffix.lower() if out else ".tsv"
    if kind not in {".xlsx", ".tsv"}:
        raise UsageError(f"{out}: its name ends in neither .xlsx nor .tsv")
    opened = open_rows(name, read_folders(data, overlays))
    write(opened.workbook() if kind == ".xlsx" else opened.text(shown), out)


@partial(on_graph, out=False)
@click.option("--verify", is_flag=True, help="First hash every file of the graph; exit 5 if one is not what was built.")
def info(options: Options, verify: bool) -> str:
    """Say what the graph holds and where it is."""
    from ..info import describe

    return describe(options.graph, shown(options.graph.path), verify=verify)


@partial(on_graph, out=False)
@click.argument("file", type=FILE, required=False)
@formats("text", "json")
@click.option("--reference-engine", is_flag=True, help="Check with pySHACL: slower, the same findings.")
@_TIMEOUT
def validate(
    options: Options, file: Path | None, style: str, reference_engine: bool, timeout: float
) -> tuple[object, bool]:
    """Check the graph, or your own Turtle FILE, against the SHACL shapes and the rules; exit 1 on violations."""
    graph = options.graph
    from ..confined import within
    from ..validate import validate_file, validate_graph

    say("validating")
    with within(timeout, str(file or "validate")):
        if file is not None:
            report = validate_file(graph, file, reference_engine=reference_engine)
        else:
            report = validate_graph(graph, Path(graph.manifest.data), reference_engine=reference_engine)
    report = shown_report(report)
    return report.to_dict() if style == "json" else f"{report}\n", report.conforms


@on_graph
@click.argument("names", nargs=-1)
@click.option("--explain", is_flag=True, help="Explain why a statement holds; needs no Java.")
@_TIMEOUT
def reason(options: Options, names: tuple[str, ...], explain: bool, timeout: float) -> str | tuple[str, bool]:
    """Run HermiT and print what follows as N-Triples; needs Java.

    With --explain: why does a statement hold? NAMES are SUBJECT CLASS, or SUBJECT PROPERTY VALUE, each by label, id,
    CURIE or IRI. Without NAMES: does the graph contradict itself, and why?

    \b
    cartkg reason --explain tisagenlecleucel SecondGenerationCAR
    cartkg reason --explain "diffuse large B cell lymphoma" "broader disease" "B cell malignancies"
    """  # noqa: D301
    if explain:
        from ..reasoning.explanation import explain as run_explain

        explained = run_explain(options.graph, names)
        return str(explained), explained.sound
    if names:
        raise click.UsageError("names go with --explain")
    graph = options.graph
    from ..confined import within
    from ..reason import reason as run_reason

    say("reasoning with HermiT")
    with within(timeout, "reason"):
        found = run_reason(graph)
    for iri in found.unsatisfiable:
        click.echo(f"{iri}: no individual can have this class [unsatisfiable]", err=True)
    if not found.sound:
        tell("the ontology and the individuals contradict each other")
        tell("`cartkg reason --explain` shows why, where rules can see it")
        sys.exit(1)
    tell(
        f"consistent, no unsatisfiable class; {len(found.triples)} new statements about {found.individuals} individuals"
    )
    return "".join(sorted(f"{triple} .\n" for triple in found.triples))


@on_graph
@click.argument("observation")
@formats("text", "json")
def trace(options: Options, observation: str, style: str) -> object:
    """Show everything about the figure OBSERVATION, whose id stands in the evidence table."""
    from ..trace import trace as run_trace

    found = run_trace(options.graph, observation)
    return found.to_dict() if style == "json" else str(found)


@on_graph
@click.argument("review", type=FILE, required=False)
@click.option("--completeness", is_flag=True, help="Show per part what is carried, what is left out, and why.")
@click.option("--source", default=None, metavar="ID", help="Source that the copy is of, where the tables hold several.")
@formats("text", "json", "csv", "markdown")
@_TIMEOUT
def audit(
    options: Options, review: Path | None, completeness: bool, source: str | None, style: str, timeout: float
) -> tuple[object, bool]:
    """Check the tables against REVIEW, a text copy of the source, and against each other; exit 1 if a figure fails.

    Faithful: every figure of a row is printed where the row says. Complete: every printed figure is in a row, or
    left out with a reason. Consistent: figures that do not add up are flagged as a discrepancy. Without REVIEW
    only the last is checked.
    """
    from ..audit import audit as run_audit
    from ..audit import consistency
    from ..confined import within

    if review is not None and not review.is_file():
        raise UsageError(f"{review}: no such file")
    graph = options.graph
    found = None
    if review is not None:
        say("reading the copy")
        tables, overlays = options.tables
        with within(timeout, str(review)):
            found = run_audit(review, tables, source, overlays)
        found = replace(found, report=shown_report(found.report))
    consistent = shown_report(consistency(graph))
    well = consistent.conforms and (found is None or found.report.conforms)
    return _audited(found, consistent, style, completeness=completeness), well


def _audited(found: Audit | None, consistent: Report, style: str, *, completeness: bool) -> str | dict[str, Any]:
    if style == "json":
        return (found.to_dict() if found else {}) | {"consistent": consistent.to_dict()}
    from ..queries.formats import comma_separated

    findings = [*(found.report.findings if found else ()), *consistent.findings]
    if style == "csv":
        header = ("rule", "path", "line", "column", "message", "remedy")
        rows = ((one.rule, one.path or one.node, one.line, one.column, one.message, one.remedy) for one in findings)
        return comma_separated(header, rows)
    flagged = f"{len(consistent.findings)} not flagged" if consistent.findings else "all flagged as discrepancies"
    summary = f"consistent: {consistent.checked}, {flagged}\n"
    if style == "markdown":
        listed = "".join(f"- {finding}\n" for finding in consistent.findings)
        return f"{found.to_markdown() if found else ''}\n## Consistency\n\n{summary}\n{listed}".lstrip()
    counted = f"{found.completeness() if completeness else ''}{found}" if found else ""
    return "".join(f"{finding}\n" for finding in findings) + counted + summary


@on_graph
@click.argument("claim", required=False, default="")
@click.option("--verdict", type=click.Choice(["reproduced", "partly", "contradicted", "not-computable"]),
              help="Only claims with this verdict.")  # fmt: skip
@formats("text", "json", "csv", "markdown")
def claims(options: Options, claim: str, verdict: str | None, style: str) -> object:
    """Recompute each quantitative statement of the prose from the tables; name a CLAIM to see the figures used."""
    graph = options.graph
    from ..claims import check_claims, summary, to_csv, to_markdown

    say("recomputing the claims")
    checked = check_claims(graph, claim)
    chosen = [found for found in checked if verdict in {None, found.judgement.verdict}]
    match style:
        case "json":
            return [found.to_dict() for found in chosen]
        case "csv":
            return to_csv(chosen)
        case "markdown":
            return to_markdown(chosen)
    details = "".join(f"{'':15}- {found}\n" for checked_claim in chosen if claim for found in checked_claim.evidence)
    return "".join(f"{found}" for found in chosen) + details + f"{summary(checked)}\n"


@on_graph
@formats("turtle", "ntriples", "nquads", "trig", "rdfxml", "jsonld")
@click.option("--only", metavar="GRAPH",
              help="One named graph, such as asserted or derived; `cartkg info` lists them.")  # fmt: skip
@click.option("--with-mappings", "mappings", is_flag=True,
              help="Write identifiers in other vocabularies into formats without named graphs, too.")  # fmt: skip
@click.option("--all", "folder", type=FOLDER,
              help="Write a release into this folder: every format and all that describes it.")  # fmt: skip
@click.option("--since", type=FILE, metavar="FILE",
              help="With --all: what an earlier release said, as N-Quads.  [default: the last release]")  # fmt: skip
def export(
    options: Options, style: str, only: str | None, mappings: bool, folder: Path | None, since: Path | None
) -> str | bytes:
    """Write the graph as RDF; the same inputs give the same bytes."""
    if folder is not None and (only or options.out):
        raise click.UsageError("--all writes everything: leave out --only and --out")
    if since and folder is None:
        raise click.UsageError("--since goes with --all")
    graph = options.graph
    from ..export import export as run_export
    from ..export import export_all

    if folder is None:
        return run_export(graph, style, only, mappings=mappings)
    return "".join(f"{shown(path)}\n" for path in export_all(graph, folder, since, tell, mappings=mappings))
