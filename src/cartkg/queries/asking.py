"""Ask a stored question of any source, with values for its parameters."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import UsageError
from .answers import Answer, Source
from .binding import Bound, bound
from .stored import StoredQuery, stored_query


def ask(source: Source, name: str, values: Mapping[str, object] | None = None) -> Answer:
    """Run the stored query of this name; UsageError for an unknown query, parameter or value."""
    return answered(source, name, bound(source, name, values), keep=not values)


def answered(source: Source, name: str, asked: Bound, *, keep: bool) -> Answer:
    """The rows of a stored query's SPARQL, with what its header has computed of them; kept as those of `select`."""
    try:
        answer = Answer.read(source.select(asked.text, keep=keep))
    except SyntaxError as error:
        raise UsageError(f"{name}: not valid SPARQL: {error}") from error
    query = stored_query(name)
    return asked.left(_computed(source, query, answer) if query.computed else answer)


def _computed(source: Source, query: StoredQuery, answer: Answer) -> Answer:
    if "pooled" in query.header:
        from .pooling import with_pools

        return with_pools(answer, query.header["pooled"])
    from .judging import with_verdicts

    return with_verdicts(source, answer, query.header["judged"])
