"""Ask a stored question of any source, with values for its parameters."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import UsageError
from .answers import Answer, Source
from .parameters import bind
from .stored import preset, stored_query


def ask(source: Source, name: str, values: Mapping[str, object] | None = None) -> Answer:
    """Run the stored query of this name; UsageError for an unknown query, parameter or value."""
    try:
        return Answer.read(source.select(text_of(source, name, values), keep=not values))
    except SyntaxError as error:
        raise UsageError(f"{name}: not valid SPARQL: {error}") from error


def text_of(source: Source, name: str, values: Mapping[str, object] | None = None) -> str:
    """The SPARQL that `ask` runs: the file as it stands, or with the values in its `VALUES` rows."""
    query = stored_query(name)
    values = {**preset(name), **(values or {})}
    if not values:
        return query.with_values({})
    return bind(source, query, values)
