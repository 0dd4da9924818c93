"""`cartkg query`: ask a stored question, or one's own SPARQL."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .questions import explained, listed, names, values
from .shared import Options, Seconds, on_graph, parameters, tell

if TYPE_CHECKING:
    from ..queries.answers import Source
    from ..query import Result

_BINARY = ("xlsx", "parquet")
_TABLE, _CSV = "table", "csv"
_STYLES = (_TABLE, _CSV, "tsv", "json", "jsonl", "markdown", "html", "turtle", *_BINARY)
_ENDINGS = {"md": "markdown", "htm": "html", "ttl": "turtle", "txt": _TABLE}
_ALL = "all"
_LONGEST = 1 << 20  # bytes of a query, far more than are answered


@on_graph
@click.argument("name", required=False, shell_complete=names)
@parameters("Value for a parameter; repeat it for several.", shell_complete=values)
@click.option("--format", "style", type=click.Choice(_STYLES),
              help="How it is written.  [default: by the ending of --out; csv into a file; else table]")  # fmt: skip
@click.option(
    "--receipt", is_flag=True, help="Add to each row its places, primary papers, flags, question and graph version."
)
@click.option("--columns", default="", metavar="A,B,…", help="Show these columns only, in this order; or: all.")
@click.option("--record", is_flag=True, help="Show one block a row, with every value on a line of its own.")
@click.option("--exact", is_flag=True,
              help="CSV and TSV without the apostrophe before what a spreadsheet would run as a formula.")  # fmt: skip
@click.option(
    "--source-only", is_flag=True, help="Take values by what sources state: no names or hierarchies from elsewhere."
)
@click.option("--explain", is_flag=True, help="Show what the question takes, with known values, and what it shows.")
@click.option("--sparql-text", "text", is_flag=True, help="Show the SPARQL of the question.")
@click.option("--all", "everything", is_flag=True, help="List what checks ask, too.")
@click.option("--sparql", "file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
              help="Ask your own SPARQL from a file, or from stdin with -; read-only.")  # fmt: skip
@click.option("--force", is_flag=True, help="Run --sparql although it names terms that the ontology does not have.")
@click.option("--timeout", type=Seconds(0.1, 3600), metavar="SECONDS",
              help="Time for --sparql (default 10) or an endpoint (default 60).")  # fmt: skip
@click.option("--memory", type=click.IntRange(256, 1_048_576), default=2048, metavar="MB", show_default=True,
              help="Memory for --sparql.")  # fmt: skip
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead of the local graph.")
def query(
    options: Options, name: str | None, values: dict[str, Any], style: str | None, receipt: bool, columns: str,
    record: bool, exact: bool, source_only: bool, explain: bool, text: bool, everything: bool, force: bool,
    file: Path | None, timeout: float | None, memory: int, endpoint: str | None,
) -> str | bytes:  # fmt: skip
    """Ask the stored question NAME; without a name, list the questions.

    \b
    cartkg query evidence -p target=BCMA -p target=CD19 --format csv
    cartkg query evidence -p outcome=CRR --receipt --format xlsx --out crr.xlsx
    cartkg query --sparql mine.rq
    """  # noqa: D301
    if file is not None and (name or values):
        raise click.UsageError("give the NAME of a stored question, or --sparql with your own, not both")
    if (explain or text) and not name:
        raise click.UsageError("--explain and --sparql-text show a stored question; give its NAME")
    if name is None and file is None:
        return listed(everything=everything)
    if text:
        from ..queries.stored import stored_query

        return stored_query(str(name)).body
    source = _source(options, endpoint, timeout)
    if explain:
        from ..queries.stored import stored_query

        return explained(source, stored_query(str(name)))
    asked = (
        _own(source, file, timeout, memory, force=force)
        if file
        else _stored(source, str(name), values, source_only=source_only)
    )
    for doubt in getattr(source, "doubts", ()):
        tell(doubt)
    style = style or (_TABLE if record else _style(options.out))
    return _written(asked, style, options.out, columns, receipt=receipt, record=record, exact=exact)


def _source(options: Options, endpoint: str | None, timeout: float | None) -> Source:
    if endpoint is None:
        return options.graph
    if options.data or options.directory:
        raise click.UsageError("--endpoint asks elsewhere; leave out --data and --graph")
    from ..remote.endpoint import connect

    return connect(endpoint, timeout=timeout or 60)


def _stored(source: Source, name: str, values: dict[str, Any], *, source_only: bool) -> Result:
    from ..queries.emptiness import reasons
    from ..queries.stored import notice
    from ..query import query as ask

    asked = ask(source, name, values, source_only=source_only)
    for note in (*filter(None, [notice(name)]), *asked.notes):
        tell(note)
    if not len(asked.answer):
        tell("; ".join(["nothing is found", *reasons(source, name, values)]))
    return asked


def _own(source: Source, file: Path, timeout: float | None, memory: int, *, force: bool) -> Result:
    from ..confined import Limits
    from ..files import read_regular
    from ..query import sparql

    piped = str(file) == "-"
    name = "stdin" if piped else str(file)
    try:
        if piped and sys.stdin is None:
            raise UsageError("stdin: it is closed; give a query there, or the name of a file")
        content = sys.stdin.buffer.read(_LONGEST) if piped else read_regular(file, _LONGEST)
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: byte {error.start} is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise UsageError(f"{name}: can not be read: {error.strerror or error}") from error
    asked = sparql(source, text, name, Limits(timeout or 10, memory), force=force)
    for note in asked.notes:
        tell(note)
    return asked


def _written(
    asked: Result, style: str, out: Path | None, columns: str, *, receipt: bool, record: bool, exact: bool
) -> str | bytes:
    result = asked.receipts() if receipt else asked
    answer, names = result.answer, [name.strip() for name in columns.split(",") if name.strip()]
    if names and names != [_ALL]:
        answer = answer.only(names)
    terminal = out is None and sys.stdout is not None and sys.stdout.isatty()
    if style in _BINARY:
        from ..queries.frames import to_parquet, to_xlsx

        if terminal:
            raise click.UsageError(f"{style} is not for a terminal; name a file with --out")
        return (to_xlsx if style == "xlsx" else to_parquet)(answer, asked.usual())
    if style != _TABLE:
        from ..queries.formats import EXACT, WRITERS

        return EXACT[style](answer, exact=True) if exact and style in EXACT else WRITERS[style](answer)
    from ..queries.terminal import WIDTH, to_records, to_table

    width = shutil.get_terminal_size((WIDTH, 24)).columns
    if record:
        return to_records(answer, width)
    if names:
        return to_table(answer, width if terminal else None, answer.variables, exactly=True)
    return to_table(answer, width, result.preferred)


def _style(out: Path | None) -> str:
    """How to write where nobody says: by the ending of the file, as CSV into a file, and else as a table."""
    if out is not None:
        ending = out.suffix.removeprefix(".").lower()
        style = _ENDINGS.get(ending, ending)
        return style if style in _STYLES else _CSV
    try:
        into_file = sys.stdout is not None and stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        into_file = False
    if into_file:
        tell(f"into a file it is written as {_CSV}; --format {_TABLE} writes what a terminal shows")
    return _CSV if into_file else _TABLE
