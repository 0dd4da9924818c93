"""What the commands share: options, reading and writing, and paths as people type them."""

from __future__ import annotations

import math
import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import LimitError, StorageError, UsageError

if TYPE_CHECKING:
    from ..findings import Report
    from ..rdf.store import Graph

_LESS = "-FRX"  # leave at once what one screen holds, and let it stand there afterwards
_LEAST_MEMORY = 800
_LEAST_FILES = 128
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_ENDLESS = re.compile(r"(\S{300})\S{100,}")
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)
_DATA = click.Option(["--data"], type=FOLDER, help="Folder of curated tables.  [default: the review's own]")
_WITH = click.Option(
    ["--with", "overlays"], multiple=True, metavar="DIR|NAME",
    help="Lay another folder of tables over them, or a source that is shipped.  [default: $CARTKG_WITH, cartkg.toml]",
)  # fmt: skip
_GRAPH = click.Option(
    ["--graph", "directory"], type=FOLDER, help="Folder of the built graph.  [default: see `cartkg info`]"
)
_OUT = click.Option(["--out"], type=FILE, help="File to write instead of stdout, which - stands for.")


class Seconds(click.FloatRange):
    """A range of seconds; what is no number at all is in none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The seconds, or an error that says what may be written."""
        found = super().convert(value, param, ctx)
        if math.isnan(found):
            self.fail(f"{value!r} is no number of seconds.", param, ctx)
        return found


def formats(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option --format, `style` in Python; the first one is the default."""
    return click.option("--format", "style", type=click.Choice(names), default=names[0], show_default=True)


def parameters(text: str, **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option -p NAME=VALUE, `values` in Python: values by name, a list where a name is given more than once."""
    return click.option("-p", "--param", "values", multiple=True, metavar="NAME=VALUE", help=text,
                        callback=_values_by_name, **more)  # fmt: skip


def _values_by_name(_: click.Context, __: click.Parameter, params: tuple[str, ...]) -> dict[str, str | list[str]]:
    given: dict[str, list[str]] = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{param!r}: write NAME=VALUE", param_hint="-p")
        given.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in given.items()}


@dataclass(frozen=True)
class Options:
    """What every command on the graph can be given: which graph, and where to write."""

    data: Path | None = None
    directory: Path | None = None
    out: Path | None = None
    overlays: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[Path, tuple[Path, ...]]:
        """The folder of data and those laid over it; a folder given with --graph knows its own."""
        from ..rdf.folders import chosen_overlays
        from ..rdf.store import MANIFEST, read_manifest
        from ..resources import DATA_DIRECTORY

        manifest = read_manifest(self.directory) if self.directory else None
        if manifest is None:
            if self.directory and not self.data and (self.directory / MANIFEST).exists():
                damaged = "is damaged, so that nobody knows of which tables this graph is"
                raise StorageError(
                    f"{self.directory / MANIFEST}: {damaged}; name them with --data, and it is built anew"
                )
            return self.data or DATA_DIRECTORY, chosen_overlays(self.overlays)
        known, laid = Path(manifest.data), tuple(map(Path, manifest.overlays))
        if self.data is not None and self.data.resolve() != known:
            raise UsageError(
                f"{self.directory}: holds the graph of {known}, not of {self.data}; leave out one of the two options"
            )
        if self.overlays and chosen_overlays(self.overlays) != laid:
            held = ", ".join(map(str, laid)) or "nothing"
            raise UsageError(f"{self.directory}: holds a graph with {held} laid over it; leave out --with or --graph")
        return known, laid

    @cached_property
    def graph(self) -> Graph:
        """Open the graph, or build it first when its inputs have changed."""
        from ..rdf.folders import read_folders
        from ..rdf.store import open_graph
        from ..resources import default_graph_directory

        data, overlays = self.tables
        directory = self.directory or default_graph_directory(data, overlays)
        graph = open_graph(directory, read_folders(data, overlays))
        if graph is not None:
            return graph
        from ..build import build as run_build

        return run_build(data, directory, say, overlays=overlays)


def on_graph(function: Callable[..., Any], *, out: bool = True) -> click.Command:
    """A command that is given the common options, and writes what it returns; with False beside that, it exits 1."""

    @click.command()
    @wraps(function)
    def command(
        data: Path | None, overlays: tuple[str, ...], directory: Path | None, out: Path | None = None, **given: Any
    ) -> None:
        found = function(Options(data, directory, out, overlays), **given)
        content, well = found if isinstance(found, tuple) else (found, True)
        write(content, out)
        sys.exit(0 if well else 1)

    command.params += [_DATA, _WITH, _GRAPH, _OUT] if out else [_DATA, _WITH, _GRAPH]
    return command


def on_tables(function: Callable[..., None], name: str | None = None) -> click.Command:
    """A command that is given the folder of data and those laid over it."""

    @click.command(name)
    @wraps(function)
    def command(data: Path | None, overlays: tuple[str, ...], **given: Any) -> None:
        from ..rdf.folders import chosen_overlays
        from ..resources import DATA_DIRECTORY

        function(data or DATA_DIRECTORY, chosen_overlays(overlays), **given)

    command.params += [_DATA, _WITH]
    return command


def shown(path: Path | str) -> str:
    """A path as people type it: relative where it lies below the current folder."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def shown_report(report: Report) -> Report:
    """The report with its paths as people type them."""
    findings = tuple(replace(found, path=shown(found.path) if found.path else "") for found in report.findings)
    return replace(report, subject=shown(report.subject), findings=findings)


def check_limits() -> None:
    """LimitError where the shell allows less memory or fewer files than the engine needs, which it would not say."""
    try:
        import resource
    except ImportError:  # pragma: no cover
        return
    memory, files = (resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE))
    if memory != resource.RLIM_INFINITY and memory < _LEAST_MEMORY << 20:
        told = f"cartkg needs {_LEAST_MEMORY} MB of memory, and this shell allows {memory >> 20}"
        raise LimitError(f"{told}; raise it with: ulimit -v {_LEAST_MEMORY << 10}")
    if files != resource.RLIM_INFINITY and files < _LEAST_FILES:
        told = f"cartkg needs {_LEAST_FILES} open files, and this shell allows {files}"
        raise LimitError(f"{told}; raise it with: ulimit -n {_LEAST_FILES}")


def harmless(message: str) -> str:
    """A message without what would command the terminal, and with words of thousands of letters cut."""
    return _CONTROL.sub("\ufffd", _ENDLESS.sub(r"\1…", message))


def tell(message: str) -> None:
    """Say something on stderr."""
    click.echo(harmless(f"cartkg: {message}"), err=True)


def say(message: str) -> None:
    """Tell on stderr what is being done."""
    tell(f"{message} …")


def write(content: str | bytes | dict[str, Any] | list[Any], out: Path | None) -> None:
    """Write to a file as a whole, or to stdout, text as UTF-8; what is neither text nor bytes as JSON.

    What is longer than the terminal is shown by the pager that the environment names.
    """
    if not isinstance(content, str | bytes):
        from json import dumps

        content = dumps(content, ensure_ascii=False, indent=1) + "\n"
    whole = content.encode() if isinstance(content, str) else content
    if out is not None and str(out) != "-":
        from ..files import write_atomically

        write_atomically(out, whole)
        tell(f"wrote {shown(out)}")
        return
    if sys.stdout is not None and sys.stdout.isatty() and whole.count(b"\n") >= shutil.get_terminal_size().lines:
        os.environ.setdefault("LESS", _LESS)
        click.echo_via_pager(whole.decode(errors="replace"))
        return
    try:
        sys.stdout.buffer.write(whole)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError, AttributeError) as error:
        why = "it is closed" if sys.stdout is None else error
        raise StorageError(f"can not write to stdout: {why}") from error
