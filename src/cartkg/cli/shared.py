"""What the commands share: options, reading and writing, and paths as people type them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import StorageError, UsageError

if TYPE_CHECKING:
    from ..findings import Report
    from ..rdf.store import Graph

FOLDER = click.Path(path_type=Path, file_okay=False)
data_option = click.option(
    "--data", type=FOLDER, default=None, help="Folder of curated tables.  [default: the review's own]"
)
graph_option = click.option(
    "--graph", "directory", type=FOLDER, default=None, help="Folder of the built graph.  [default: see `cartkg info`]"
)


report_format_option = click.option(
    "--format", "style", type=click.Choice(["text", "json", "csv", "markdown"]), default="text", show_default=True
)


def values_by_name(params: tuple[str, ...]) -> dict[str, str | list[str]]:
    """The values of `-p NAME=VALUE` options; a list where a name is given more than once."""
    given: dict[str, list[str]] = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{param!r}: write NAME=VALUE", param_hint="-p")
        given.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in given.items()}


def shown(path: Path | str) -> str:
    """A path as people type it: relative where it lies below the current folder."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def shown_report(report: Report) -> Report:
    """The report with its paths as people type them."""
    from dataclasses import replace

    findings = tuple(replace(found, path=shown(found.path) if found.path else "") for found in report.findings)
    return replace(report, subject=shown(report.subject), findings=findings)


def say(message: str) -> None:
    """Tell on stderr what is being done."""
    click.echo(f"cartkg: {message} …", err=True)


def current(data: Path | None, directory: Path | None) -> Graph:
    """Open the graph, or build it first when its inputs have changed.

    A folder given with --graph knows its own data; it is never rebuilt from other tables.
    """
    from ..rdf.store import open_graph, read_manifest
    from ..resources import data_directory, default_graph_directory

    manifest = read_manifest(directory) if directory else None
    known = Path(manifest.data) if manifest else None
    if known is not None and data is not None and data.resolve() != known:
        raise UsageError(f"{directory}: holds the graph of {known}, not of {data}; leave out one of the two options")
    folder = data or known or data_directory()
    graph = open_graph(directory or default_graph_directory(folder), folder)
    if graph is not None:
        return graph
    from ..build import build as run_build

    return run_build(folder, directory, say)


def put(content: str | bytes) -> None:
    """Write to stdout, text as UTF-8 whatever the locale."""
    try:
        sys.stdout.buffer.write(content.encode() if isinstance(content, str) else content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError, AttributeError) as error:
        why = "it is closed" if sys.stdout is None else error
        raise StorageError(f"can not write to stdout: {why}") from error


def write(content: str | bytes, out: Path | None) -> None:
    """Write to a file as a whole, or to stdout."""
    if out is None:
        put(content)
        return
    from ..rdf.store import write_atomically

    write_atomically(out, content.encode() if isinstance(content, str) else content)
    click.echo(f"cartkg: wrote {shown(out)}", err=True)


out_option = click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=None, help="File to write instead of stdout."
)
