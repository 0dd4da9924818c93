"""`cartkg query`: ask a stored question, or one's own SPARQL; and what Tab offers for it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from ..errors import CartkgError, UsageError
from .shared import Options, formats, on_graph, parameters, tell

if TYPE_CHECKING:
    from ..queries.answers import Source
    from ..query import Result

_BINARY = ("xlsx", "parquet")


def _names(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of stored questions, with the question as help."""
    from ..queries.stored import stored_queries

    found = stored_queries().values()
    return [CompletionItem(query.name, help=query.summary) for query in found if query.name.startswith(incomplete)]


def _values(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """`NAME=` of the question's parameters; behind the sign, the values the graph knows for it."""
    # While the line is unfinished, click leaves the name among the arguments that it has not read.
    written = [context.params.get("name"), *context.args]
    try:
        name = next(str(word) for word in written if word and not str(word).startswith("-") and "=" not in str(word))
        return [CompletionItem(text) for text in _known_values(name, incomplete)]
    except (CartkgError, StopIteration):
        return []


def _known_values(query_name: str, incomplete: str) -> list[str]:
    from ..queries.parameters import known_values
    from ..queries.stored import stored_query
    from ..rdf.folders import chosen_overlays, read_folders
    from ..rdf.store import open_graph
    from ..resources import DATA_DIRECTORY, default_graph_directory

    query = stored_query(query_name)
    name, equals, value = incomplete.partition("=")
    if not equals:
        return [f"{known}=" for known in query.parameters if known.startswith(name)]
    data, overlays = DATA_DIRECTORY, chosen_overlays(())
    graph = open_graph(default_graph_directory(data, overlays), read_folders(data, overlays))
    if graph is None or name not in query.parameters:
        return []
    known = known_values(graph, query, query.parameters[name])
    return [f"{name}={one}" for one in known if one.casefold().startswith(value.casefold())]


@on_graph
@click.argument("name", required=False, shell_complete=_names)
@parameters("Value for a parameter; repeat it for several.", shell_complete=_values)
@formats("table", "csv", "tsv", "json", "jsonl", "markdown", "html", "turtle", *_BINARY)
@click.option("--receipt", is_flag=True, help="Add to each row its places, primary papers, question and graph version.")
@click.option("--columns", default="", metavar="A,B,…", help="Show these columns only, in this order.")
@click.option(
    "--source-only", is_flag=True, help="Take values by what sources state: no names or hierarchies from elsewhere."
)
@click.option("--explain", is_flag=True, help="Show the question, its parameters and its SPARQL instead.")
@click.option("--sparql", "file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
              help="Ask your own SPARQL from a file, or from stdin with -; read-only.")  # fmt: skip
@click.option("--timeout", type=click.FloatRange(0.1, 3600), metavar="SECONDS",
              help="Time for --sparql (default 10) or an endpoint (default 60).")  # fmt: skip
@click.option("--memory", type=click.IntRange(256, 1_048_576), default=2048, metavar="MB", show_default=True,
              help="Memory for --sparql.")  # fmt: skip
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead of the local graph.")
def query(
    options: Options, name: str | None, values: dict[str, Any], style: str, receipt: bool, columns: str,
    source_only: bool, explain: bool,
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
    if explain and not name:
        raise click.UsageError("--explain shows a stored question; give its NAME")
    if name is None and file is None:
        return _list_queries()
    if explain:
        return _explain(str(name))
    source = _source(options, endpoint, timeout)
    asked = _own(source, file, timeout, memory) if file else _stored(source, str(name), values, source_only=source_only)
    return _written(asked, style, options.out, columns, receipt=receipt)


def _source(options: Options, endpoint: str | None, timeout: float | None) -> Source:
    if endpoint is None:
        return options.graph
    if options.data or options.directory:
        raise click.UsageError("--endpoint asks elsewhere; leave out --data and --graph")
    from ..remote.endpoint import connect

    return connect(endpoint, timeout=timeout or 60)


def _stored(source: Source, name: str, values: dict[str, Any], *, source_only: bool) -> Result:
    from ..queries.stored import notice
    from ..query import query as ask

    asked = ask(source, name, values, source_only=source_only)
    for note in (*filter(None, [notice(name)]), *asked.notes):
        tell(note)
    if not len(asked.answer):
        rest = {one: {other: value for other, value in values.items() if other != one} for one in values}
        counts = {one: len(ask(source, name, kept).answer) for one, kept in rest.items()}
        hints = [f"without {one} there are {count} rows" for one, count in counts.items() if count]
        tell("nothing is found" + (f": {', '.join(hints)}" if hints else ""))
    return asked


def _own(source: Source, file: Path, timeout: float | None, memory: int) -> Result:
    from ..queries.sandbox import Limits
    from ..query import sparql, undeclared

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: can not be read: {getattr(error, 'strerror', None) or error}") from error
    asked = sparql(source, text, "stdin" if str(file) == "-" else str(file), Limits(timeout or 10, memory))
    for warning in undeclared(source, text):
        tell(warning)
    return asked


def _written(asked: Result, style: str, out: Path | None, columns: str, *, receipt: bool) -> str | bytes:
    answer = (asked.receipts() if receipt else asked).answer
    if columns:
        answer = answer.only([name.strip() for name in columns.split(",")])
    terminal = out is None and sys.stdout is not None and sys.stdout.isatty()
    if style in _BINARY:
        from ..queries.frames import to_parquet, to_xlsx

        if terminal:
            raise click.UsageError(f"{style} is not for a terminal; name a file with --out")
        return (to_xlsx if style == "xlsx" else to_parquet)(answer, asked.usual())
    from ..queries.formats import WRITERS, to_table

    if style == "table" and terminal:
        return to_table(answer, shutil.get_terminal_size().columns)
    return WRITERS[style](answer)


def _list_queries() -> str:
    from ..queries.stored import stored_queries

    topics: dict[str, list[str]] = {}
    for found in stored_queries().values():
        if not found.internal:
            topics.setdefault(found.topic, []).append(f"  {found.name:<34} {found.summary}\n")
    return "\n".join(f"{topic}\n{''.join(lines)}" for topic, lines in topics.items())


def _explain(name: str) -> str:
    from ..queries.stored import stored_query

    found = stored_query(name)
    parameters = [f"-p {parameter}" for parameter in found.parameters.values()]
    return "\n".join([found.summary, "", found.description, "", *parameters, "", found.body])
