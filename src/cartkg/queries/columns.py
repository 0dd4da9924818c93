"""Which parameter of a question, or column of its answer, a name means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..errors import UsageError
from ..resources import QUERIES_DIRECTORY
from .answers import Answer, Source, plain
from .called import labels_of_rows
from .names import MEANT, holds, suggestion
from .stored import Parameter, StoredQuery, shared_parameters, stored_queries

_FEW = 4  # questions that are named
_IRI = "_iri"


def column_named(
    source: Source, query: StoredQuery, name: str, others: Mapping[str, object] | None = None
) -> Parameter | None:
    """A column of the answer, also of that with the other values, as a parameter that keeps the rows with a cell.

    None where a parameter is called so, and for cells that name things in words of their own: diseases as printed.
    """
    from .asking import ask

    if _named(query, name) or query.path.parent.parent != QUERIES_DIRECTORY:
        return None
    if name not in (usual := ask(source, query.name)).variables:
        return None
    return _column(source, name, [usual, *([ask(source, query.name, others)] if others else ())])


def columns_of(source: Source, query: StoredQuery) -> list[Parameter]:
    """The columns by which an answer may be chosen further: those that tell its rows apart."""
    from .asking import ask

    usual = ask(source, query.name)
    found = (_column(source, name, [usual]) for name in usual.variables if not _named(query, name))
    return [one for one in found if one and len({*one.values} - {""}) > 1 and not one.name.endswith(_IRI)]


def _column(source: Source, name: str, answers: Sequence[Answer]) -> Parameter | None:
    cells = {plain(row[answer.variables.index(name)]) for answer in answers for row in answer.rows}
    own = shared_parameters(QUERIES_DIRECTORY / "parameters.yaml").get(name, {})
    known = {"", *labels_of_rows(source, own["values"])} if own.get("type") == "iri" else cells
    return Parameter(name, "enum", name, values=tuple(sorted(cells)), list=True) if cells <= known else None


def _named(query: StoredQuery, name: str) -> str:
    """The parameter of this name, or the only one whose name holds its words or is held by it; nothing for none."""
    near = [name] if name in query.parameters else [
        one for one in query.parameters if holds(one, name) or holds(name, one)
    ]  # fmt: skip
    return near[0] if len(near) == 1 else ""


def parameter_named(query: StoredQuery, name: str) -> str:
    """The parameter that a name means; UsageError where it means none, with what is near or in another question."""
    if found := _named(query, name):
        return found
    known = ", ".join(query.parameters) or "none"
    hint = suggestion(name, query.parameters)
    others = [one.name for one in stored_queries().values() if one.for_readers and name in one.parameters]
    more = f"; questions that take {name}: {', '.join(others[:_FEW])}" if others else ""
    raise UsageError(
        f"{query.name} has no parameter {name!r}; it has: {known}{hint if hint.startswith(MEANT) else ''}{more}"
    )
