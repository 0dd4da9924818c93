"""`cartkg query`: ask a stored question, or one's own SPARQL."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .completion import complete_name, complete_value
from .shared import current, data_option, graph_option, out_option, put, values_by_name, write

if TYPE_CHECKING:
    from ..queries.answers import Source
    from ..query import Asked

_TEXT = ("table", "csv", "tsv", "json", "jsonl", "markdown", "html", "turtle")
_BINARY = ("xlsx", "parquet")


@click.command()
@click.argument("name", required=False, shell_complete=complete_name)
@click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE", shell_complete=complete_value,
              help="Value for a parameter; repeat it for several.")  # fmt: skip
@click.option("--format", "style", default="table", show_default=True, type=click.Choice([*_TEXT, *_BINARY]))
@click.option("--receipt", is_flag=True, help="Add to each row its places, primary papers, question and graph version.")
@click.option("--explain", is_flag=True, help="Show the question, its parameters and its SPARQL instead.")
@click.option("--sparql", "file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default=None,
              help="Ask your own SPARQL from a file, or from stdin with -; read-only.")  # fmt: skip
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=None, metavar="SECONDS",
              help="Time for --sparql (default 10) or an endpoint (default 60).")  # fmt: skip
@click.option("--memory", type=click.IntRange(256, 1_048_576), default=2048, metavar="MB", show_default=True,
              help="Memory for --sparql.")  # fmt: skip
@click.option("--endpoint", metavar="URL", default=None, help="Ask this SPARQL endpoint instead of the local graph.")
@data_option
@graph_option
@out_option
def query(
    name: str | None, params: tuple[str, ...], style: str, receipt: bool, explain: bool, file: Path | None,
    timeout: float | None, memory: int, endpoint: str | None, data: Path | None, directory: Path | None,
    out: Path | None,
) -> None:  # fmt: skip
    """Ask the stored question NAME; without a name, list the questions.

    \b
    cartkg query evidence -p target=BCMA -p target=CD19 --format csv
    cartkg query evidence -p outcome=CRR --receipt --format xlsx --out crr.xlsx
    cartkg query --sparql mine.rq
    """  # noqa: D301
    if file is not None and (name or params):
        raise click.UsageError("give the NAME of a stored question, or --sparql with your own, not both")
    if explain and not name:
        raise click.UsageError("--explain shows a stored question; give its NAME")
    if name is None and file is None:
        put(_list_queries())
        return
    if explain:
        put(_explain(str(name)))
        return
    source = _source(endpoint, timeout, data, directory)
    asked = _own(source, file, timeout, memory) if file else _stored(source, str(name), params)
    _write(asked, style, out, receipt=receipt)


def _source(endpoint: str | None, timeout: float | None, data: Path | None, directory: Path | None) -> Source:
    if endpoint is None:
        return current(data, directory)
    if data or directory:
        raise click.UsageError("--endpoint asks elsewhere; leave out --data and --graph")
    from ..remote.endpoint import connect

    return connect(endpoint, timeout=timeout or 60)


def _stored(source: Source, name: str, params: tuple[str, ...]) -> Asked:
    from ..queries.stored import notice
    from ..query import query as ask

    asked = ask(source, name, values_by_name(params))
    if moved := notice(name):
        click.echo(f"cartkg: {moved}", err=True)
    return asked


def _own(source: Source, file: Path, timeout: float | None, memory: int) -> Asked:
    from ..queries.sandbox import Limits
    from ..query import sparql, undeclared

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: can not be read: {getattr(error, 'strerror', None) or error}") from error
    asked = sparql(source, text, "stdin" if str(file) == "-" else str(file), Limits(timeout or 10, memory))
    for warning in undeclared(source, text):
        click.echo(f"cartkg: {warning}", err=True)
    return asked


def _write(asked: Asked, style: str, out: Path | None, *, receipt: bool) -> None:
    answer = asked.receipts() if receipt else asked.answer
    if style in _BINARY:
        from ..queries.frames import to_parquet, to_xlsx

        if out is None and sys.stdout.isatty():
            raise click.UsageError(f"{style} is not for a terminal; name a file with --out")
        write((to_xlsx if style == "xlsx" else to_parquet)(answer, asked.usual()), out)
        return
    from ..queries.formats import WRITERS, to_table

    if style == "table" and out is None and sys.stdout is not None and sys.stdout.isatty():
        import shutil

        write(to_table(answer, shutil.get_terminal_size().columns), out)
        return
    write(WRITERS[style](answer), out)


def _list_queries() -> str:
    from ..queries.stored import stored_queries

    lines: list[str] = []
    topic = ""
    for found in stored_queries().values():
        if found.internal:
            continue
        if found.topic != topic:
            topic = found.topic
            lines.append(f"{topic}" if not lines else f"\n{topic}")
        lines.append(f"  {found.name:<34} {found.summary}")
    return "\n".join(lines) + "\n"


def _explain(name: str) -> str:
    from ..queries.stored import stored_query

    found = stored_query(name)
    parameters = [f"-p {parameter}" for parameter in found.parameters.values()]
    return "\n".join([found.summary, "", found.description, "", *parameters, "", found.body])
