"""Ask a stored question of any source, with values for its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..errors import UsageError
from .answers import Answer, Source
from .parameters import Bound, bind
from .stored import preset, stored_query

_ELSEWHERE = "elsewhere"  # the parameter of a question that follows the hierarchy elsewhere itself


def ask(source: Source, name: str, values: Mapping[str, object] | None = None) -> Answer:
    """Run the stored query of this name; UsageError for an unknown query, parameter or value."""
    return answered(source, name, text_of(source, name, values), keep=not values)


def answered(source: Source, name: str, text: str, *, keep: bool) -> Answer:
    """The rows of a stored query's SPARQL, with what its header has computed of them; kept as those of `select`."""
    try:
        answer = Answer.read(source.select(text, keep=keep))
    except SyntaxError as error:
        raise UsageError(f"{name}: not valid SPARQL: {error}") from error
    query = stored_query(name)
    if not query.computed:
        return answer
    if "pooled" in query.header:
        from .pooling import with_pools

        return with_pools(answer, query.header["pooled"])
    from .judging import with_verdicts

    return with_verdicts(source, answer, query.header["judged"])


def text_of(source: Source, name: str, values: Mapping[str, object] | None = None) -> str:
    """The SPARQL that `ask` runs: the file as it stands, or with the values in its `VALUES` rows."""
    return bound(source, name, values).text


def in_words(name: str, values: Mapping[str, object], *, source_only: bool = False) -> str:
    """What is asked, on one line."""
    given = (
        f"{key}={one}"
        for key, value in values.items()
        for one in (value if isinstance(value, list | tuple | set | frozenset) else [value])
    )
    return " ".join([name, *given, *["source only"] * source_only])


def bound(source: Source, name: str, values: Mapping[str, object] | None = None, *, source_only: bool = False) -> Bound:
    """The same with notes on how the values were taken; with `source_only`, by what sources state alone."""
    query = stored_query(name)
    given = {**preset(name), **(values or {})}
    if source_only and _ELSEWHERE in query.parameters:
        given.setdefault(_ELSEWHERE, "no")
    asked = bind(source, query, given, source_only=source_only) if given else Bound(query.with_values({}))
    return replace(asked, notes=(*asked.notes, query.note)) if query.note else asked
