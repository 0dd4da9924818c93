"""What the stored questions are: their list, one of them explained, and what Tab offers for them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import accumulate, groupby
from textwrap import fill
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from ..errors import CartkgError
from .shared import Options, on_graph, tell

if TYPE_CHECKING:
    from ..queries.answers import Source
    from ..queries.stored import Parameter, StoredQuery

_WIDTH = 100
_NAME = 24
_VALUES = 60  # letters of the values that are shown
_FIGURES = "evidence"


def names(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of stored questions, with the question as help."""
    from ..queries.stored import stored_queries

    found = stored_queries().values()
    return [CompletionItem(query.name, help=query.summary) for query in found if query.name.startswith(incomplete)]


def values(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
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


def listed(*, everything: bool) -> str:
    """The questions by topic: those of readers, or everything with what checks ask."""
    from ..queries.stored import stored_queries

    topics: dict[str, list[str]] = {}
    for found in stored_queries().values():
        if everything or found.for_readers:
            topics.setdefault(found.topic, []).append(_hanging(found.name, found.summary, _NAME) + "\n")
    text = "\n".join(f"{topic}\n{''.join(lines)}" for topic, lines in topics.items())
    more = "" if everything else "\nThose that checks ask: cartkg query --all. By words: cartkg find WORDS.\n"
    return text + more


def explained(source: Source, query: StoredQuery) -> str:
    """One screen on a question: what it answers, what it takes, what it shows, an example, and where its SPARQL is."""
    from ..queries.asking import ask

    blocks = [query.summary, fill(" ".join(query.description.split()), _WIDTH, break_on_hyphens=False)]
    taken = [_hanging(f"-p {one.name}", _said(source, query, one), _NAME) for one in query.parameters.values()]
    if taken:
        blocks.append("\n".join(["It takes", *taken]))
    variables = ask(source, query.name).variables
    shown = [name for name in query.columns if name in variables]
    rest = [name for name in variables if name not in shown]
    kept = "Its columns; each also filters rows: -p COLUMN=VALUE"
    lines = [_hanging("first", ", ".join(shown), _NAME)] if shown else []
    blocks.append("\n".join([kept, *lines, _hanging("then" if shown else "", ", ".join(rest), _NAME)]))
    blocks.append(f"Example\n  {query.example}\nIts SPARQL: {query.path} (cartkg query {query.name} --sparql-text)\n")
    return "\n\n".join(blocks)


def _said(source: Source, query: StoredQuery, parameter: Parameter) -> str:
    """What a parameter means and may be."""
    from ..queries.parameters import shown_values

    known = shown_values(source, query, parameter)
    notes = ["repeatable"] * parameter.list + [f"else {parameter.default}"] * (parameter.default is not None)
    told = f"{parameter.label} ({', '.join(notes)})" if notes else parameter.label
    return f"{told}: {_some(known)}" if known else told


def _some(known: Sequence[str]) -> str:
    """As many values as a line holds, and how many more there are."""
    shown = list(accumulate(known, lambda text, one: f"{text} | {one}"))
    fit = max(1, sum(len(text) <= _VALUES for text in shown))
    return shown[fit - 1] + (f" and {len(known) - fit} more" if fit < len(known) else "")


def _hanging(name: str, text: str, indent: int) -> str:
    """A name and its text, the lines of the text under each other."""
    begin = f"  {name}".ljust(indent + 2)
    begin = begin if begin.endswith(" ") else begin + "\n" + " " * (indent + 2)
    first, _, rest = begin.rpartition("\n")
    body = fill(
        text, _WIDTH, break_on_hyphens=False, initial_indent=rest or begin, subsequent_indent=" " * (indent + 2)
    )
    return f"{first}\n{body}" if first else body


@on_graph
@click.argument("words", nargs=-1, required=True)
def find(options: Options, words: tuple[str, ...]) -> tuple[str, bool]:
    """Find questions, products, studies, figures, claims, references and terms by WORDS; exit 1 if nothing is found."""
    from ..find import command, spotted, unheard
    from ..find import find as by_words
    from ..queries.asking import ask
    from ..queries.called import shipped
    from ..queries.names import singulars

    laid_over = "".join(f" --with {shlex.quote(one)}" for one in options.overlays)
    known = values, rest = spotted(options.graph, " ".join(words))
    if missing := unheard(options.graph, rest):
        wanted = [*map(singulars, missing)]
        laid = shipped(options.graph, lambda text: any(word in singulars(text) for word in wanted))
        tell("; ".join([f"no text of the graph has the word {' or '.join(missing)}", *laid]))
    lines: list[str] = []
    if values:
        asked = ", ".join(f"{name} {' or '.join(given)}" for name, given in values.items())
        count = len(ask(options.graph, _FIGURES, values))
        lines = ["figures", _hanging(_FIGURES, f"{count or 'none'} with {asked}", _NAME)]
        lines.append(f"{'':{_NAME + 2}}{command(_FIGURES, values)}{laid_over}")
    found = [one for one in by_words(options.graph, " ".join(words), known=known) if one.command]
    for kind, ones in groupby(found, key=lambda one: one.kind):
        lines.append(f"\n{kind}" if lines else kind)
        lines += [f"{_hanging(one.name, one.label, _NAME)}\n{'':{_NAME + 2}}{one.command}{laid_over}" for one in ones]
    return (
        "\n".join(lines) + "\n"
        if lines
        else "nothing is found; try other words, or one alone; cartkg query lists the questions\n"
    ), bool(lines)
