"""What the shell offers when Tab is pressed: names of stored questions, of parameters, and their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    import click


def complete_name(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of stored questions, with the question as help."""
    del ctx, param
    from ..queries.stored import stored_queries

    found = stored_queries().values()
    return [CompletionItem(query.name, help=query.summary) for query in found if query.name.startswith(incomplete)]


def complete_value(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """`NAME=` of the question's parameters; behind the sign, the values the graph knows for it."""
    del param
    from ..errors import CartkgError

    # While the line is unfinished, click leaves the name among the arguments that it has not read.
    written = [ctx.params.get("name"), *ctx.args]
    try:
        name = next(str(word) for word in written if word and not str(word).startswith("-") and "=" not in str(word))
        return [CompletionItem(text) for text in _values(name, incomplete)]
    except (CartkgError, StopIteration):
        return []


def _values(query_name: str, incomplete: str) -> list[str]:
    from ..queries.parameters import known_values
    from ..queries.stored import stored_query
    from ..rdf.store import open_graph
    from ..resources import data_directory, default_graph_directory

    query = stored_query(query_name)
    name, equals, value = incomplete.partition("=")
    if not equals:
        return [f"{known}=" for known in query.parameters if known.startswith(name)]
    graph = open_graph(default_graph_directory(data_directory()), data_directory())
    if graph is None or name not in query.parameters:
        return []
    known = known_values(graph, query, query.parameters[name])
    return [f"{name}={one}" for one in known if one.casefold().startswith(value.casefold())]
