"""The command line: the only module that prints and exits."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import __version__
from .errors import CartkgError, DataError, StorageError, UsageError

if TYPE_CHECKING:
    from .findings import Report
    from .store import Graph

_FOLDER = click.Path(path_type=Path, file_okay=False)
data_option = click.option(
    "--data", type=_FOLDER, default=None, help="Folder of curated tables.  [default: the review's own]"
)
graph_option = click.option(
    "--graph", "directory", type=_FOLDER, default=None, help="Folder of the built graph.  [default: see `cartkg info`]"
)


class Commands(click.Group):
    """A group that turns every cartkg error into a message and its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; errors a user can cause end without a traceback."""
        try:
            return super().invoke(ctx)
        except DataError as error:
            click.echo(str(_shown_report(error.report)), err=True)
            ctx.exit(error.exit_code)
        except CartkgError as error:
            click.echo(f"cartkg: {error}", err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            ctx.exit(130)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(0)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cartkg")
def main() -> None:
    r"""Build, check and question a knowledge graph of CAR T-cell therapy evidence.

    \b
    cartkg query                       list the stored questions
    cartkg query evidence              every figure with its cell and its paper
    cartkg query evidence -p target=BCMA --format csv
    """


def _shown(path: Path | str) -> str:
    """A path as people type it: relative where it lies below the current folder."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _shown_report(report: Report) -> Report:
    from dataclasses import replace

    findings = tuple(replace(found, path=_shown(found.path) if found.path else "") for found in report.findings)
    return replace(report, subject=_shown(report.subject), findings=findings)


def _say(message: str) -> None:
    click.echo(f"cartkg: {message} …", err=True)


def _current(data: Path | None, directory: Path | None) -> Graph:
    """Open the graph, or build it first when its inputs have changed.

    A folder given with --graph knows its own data; it is never rebuilt from other tables.
    """
    from .resources import data_directory, default_graph_directory
    from .store import open_graph, read_manifest

    manifest = read_manifest(directory) if directory else None
    known = Path(manifest.data) if manifest else None
    if known is not None and data is not None and data.resolve() != known:
        raise UsageError(f"{directory}: holds the graph of {known}, not of {data}; leave out one of the two options")
    folder = data or known or data_directory()
    graph = open_graph(directory or default_graph_directory(folder), folder)
    if graph is not None:
        return graph
    from .build import build as run_build

    return run_build(folder, directory, _say)


def _print(text: str) -> None:
    """Write to stdout as UTF-8, whatever the locale."""
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError, AttributeError) as error:
        raise StorageError(f"can not write to stdout: {error}") from error


def _write(text: str, out: Path | None) -> None:
    if out is None:
        _print(text)
        return
    from .store import write_atomically

    write_atomically(out, text.encode())
    click.echo(f"cartkg: wrote {_shown(out)}", err=True)


_out_file = click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=None, help="File to write instead of stdout."
)


@main.command()
@data_option
@click.option("--out", type=_FOLDER, default=None, help="Folder for the built graph.")
@click.option("--force", is_flag=True, help="Build even if nothing has changed.")
def build(data: Path | None, out: Path | None, force: bool) -> None:
    """Build the graph from the tables; exit 1 with every mistake located when they are wrong."""
    from .build import build as run_build

    graph = run_build(data, out, _say, force=force)
    click.echo(f"{graph.manifest.quads} triples in {_shown(graph.path.parent)}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@data_option
@graph_option
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--referee", is_flag=True, help="Leave every constraint to pySHACL: slower, the same findings.")
def validate(file: Path | None, data: Path | None, directory: Path | None, style: str, referee: bool) -> None:
    """Check the graph, or your own Turtle FILE, against the SHACL shapes; exit 1 if something is wrong."""
    graph = _current(data, directory)
    from .resources import data_directory
    from .validate import validate_file, validate_graph

    _say("validating")
    if file is not None:
        report = validate_file(graph, file, referee=referee)
    else:
        report = validate_graph(graph, data or data_directory(), referee=referee)
    report = _shown_report(report)
    if style == "json":
        import json

        _print(json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n")
    else:
        _print(f"{report}\n")
    sys.exit(0 if report.conforms else 1)


@main.command()
@data_option
@graph_option
@_out_file
def reason(data: Path | None, directory: Path | None, out: Path | None) -> None:
    """Run HermiT and print what follows as N-Triples; needs Java."""
    graph = _current(data, directory)
    from .reason import reason as run_reason

    _say("reasoning with HermiT")
    found = run_reason(graph)
    for iri in found.unsatisfiable:
        click.echo(f"{iri}: no individual can have this class [unsatisfiable]", err=True)
    if not found.sound:
        click.echo("cartkg: the ontology and the individuals contradict each other", err=True)
        sys.exit(1)
    _write(found.to_ntriples(), out)
    click.echo(
        f"cartkg: consistent, no unsatisfiable class; {len(found.triples)} new statements "
        f"about {found.individuals} individuals", err=True,
    )  # fmt: skip


def _list_queries() -> str:
    from .stored import stored_queries

    lines: list[str] = []
    topic = ""
    for query in stored_queries().values():
        if query.topic != topic:
            topic = query.topic
            lines.append(f"{topic}" if not lines else f"\n{topic}")
        lines.append(f"  {query.name:<34} {query.summary}")
    return "\n".join(lines) + "\n"


@main.command()
@click.argument("name", required=False)
@click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="Value for a parameter; repeatable.")
@click.option("--format", "style", default="table", show_default=True,
              type=click.Choice(["table", "csv", "tsv", "json", "markdown", "html"]))  # fmt: skip
@click.option("--explain", is_flag=True, help="Show the question, its parameters and its SPARQL instead.")
@data_option
@graph_option
@_out_file
def query(
    name: str | None, params: tuple[str, ...], style: str, explain: bool, data: Path | None, directory: Path | None,
    out: Path | None,
) -> None:  # fmt: skip
    """Ask the stored question NAME; without a name, list the questions."""
    if name is None:
        _print(_list_queries())
        return
    if explain:
        _print(_explain(name))
        return
    values = _pairs(params)
    from .query import ask

    answer = ask(_current(data, directory), name, values)
    from .formats import WRITERS, to_table

    if style == "table" and out is None and sys.stdout is not None and sys.stdout.isatty():
        import shutil

        text = to_table(answer, shutil.get_terminal_size().columns)
    else:
        text = WRITERS[style](answer)
    _write(text, out)


def _pairs(params: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{param!r}: write NAME=VALUE", param_hint="-p")
        if name in values:
            raise click.BadParameter(f"{name} is given twice", param_hint="-p")
        values[name] = value
    return values


def _explain(name: str) -> str:
    from .stored import stored_query

    found = stored_query(name)
    lines = [found.summary, "", found.description, ""]
    lines.extend(
        f"-p {parameter.name}=…  {parameter.label} ({parameter.type}; default {parameter.default})"
        for parameter in found.parameters.values()
    )
    body = "\n".join(line for line in found.text.splitlines() if not line.startswith("#+"))
    return "\n".join([*lines, "", body.strip(), ""])


@main.command()
@click.option("--format", "style", default="turtle", show_default=True,
              type=click.Choice(["turtle", "ntriples", "nquads", "trig", "rdfxml", "jsonld"]))  # fmt: skip
@click.option(
    "--only", default=None, metavar="GRAPH", help="One named graph: ontology, asserted, provenance, inferred."
)
@click.option("--all", "directory_out", type=_FOLDER, default=None, help="Write every format into this folder.")
@_out_file
@data_option
@graph_option
def export(
    style: str, only: str | None, directory_out: Path | None, out: Path | None, data: Path | None,
    directory: Path | None,
) -> None:  # fmt: skip
    """Write the graph as RDF; the same inputs give the same bytes."""
    if directory_out is not None and (only or out):
        raise click.UsageError("--all writes everything: leave out --only and --out")
    graph = _current(data, directory)
    from .export import export as run_export
    from .export import export_all

    if directory_out is not None:
        _print("".join(f"{_shown(path)}\n" for path in export_all(graph, directory_out)))
        return
    _write(run_export(graph, style, only).decode(), out)


@main.command()
@data_option
@graph_option
def info(data: Path | None, directory: Path | None) -> None:
    """Say what the graph holds and where it is."""
    graph = _current(data, directory)
    from dataclasses import replace

    from .info import describe

    found = describe(graph)
    _print(str(replace(found, path=_shown(found.path))))
