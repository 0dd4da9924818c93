"""The page of evidence: one row per figure, by what is asked for in the address."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..queries.answers import Value
from ..queries.asking import ask
from ..queries.binding import bound
from ..queries.stored import Parameter, stored_query
from ..rdf.vocabulary import grouped
from . import offline, plots
from .here import Here, fields, here
from .questions import rows_of, suggestions, values_of

_FILTERS = (
    "source", "disease", "target", "product", "arm", "costimulation", "vector", "outcome", "status", "statistic",
    "study", "trial", "flagged", "minimum_follow_up_months",
)  # fmt: skip
# Columns of the page with their headings; more are those of the question.
_COLUMNS = {
    "study": "Study", "product": "Product", "outcome": "Outcome", "percent": "Figure", "population": "In whom",
    "follow_up_months": "Follow-up", "target": "Target", "costimulation": "Co-stim.", "source_table": "Printed in",
    "discrepancies": "Flags",
}  # fmt: skip
_Rows = list[dict[str, Value]]


async def _evidence(request: Request) -> Response:
    """The tidy table, by what is asked for in the address."""
    given = fields(request.url.query.encode("latin-1"))
    order = next((value for name, value in given if name == "sort"), "")
    values, _ = values_of(one for one in given if one[0] not in {"sort", "column"})
    more = await here(request).turn(_more, here(request))
    columns = [value for name, value in given if name == "column" and value]
    if unknown := [name for name in columns if name not in _COLUMNS and name not in more]:
        raise HTTPException(400, f"there is no column {unknown[0]!r}; there are: {', '.join([*_COLUMNS, *more])}")
    single = {name: one[0] if len(one) == 1 else one for name, one in values.items()}
    rows, notes = await here(request).turn(_noted, here(request), single)
    if order.lstrip("-") in (rows[0] if rows else {}):
        rows = _sorted(rows, order.lstrip("-"), down=order.startswith("-"))
    known = await here(request).turn(suggestions, here(request), stored_query("evidence"))
    filters = [stored_query("evidence").parameters[name] for name in _FILTERS]
    kept = [one for one in given if one[0] != "sort" and one[1].strip()]
    drawn = await here(request).turn(plots.drawn, here(request))
    matching = await here(request).turn(_matching, here(request), filters) if here(request).offline else {}
    diseases, below = await here(request).turn(_diseases, here(request))
    return here(request).page(request, "evidence.html", diseases=diseases, below=below,
                              rows=rows, filters=filters, values=values, known=known,
                              kept=kept, order=order, notes=notes, drawn=drawn, matching=matching,
                              headings=_COLUMNS, more=more, columns=columns)  # fmt: skip


@lru_cache(maxsize=2)
def _more(here: Here) -> list[str]:
    """The columns that the page can show besides its own; none without a server, which would have to fill them."""
    return [] if here.offline else [name for name in ask(here.graph, "evidence").variables if name not in _COLUMNS]


def _matching(here: Here, filters: list[Parameter]) -> dict[str, dict[str, str]]:
    """By figure, what it must be asked for with to be shown, so that a browser alone can choose among the rows."""
    months = offline.followed(here)
    found = offline.matching(here, "evidence", "observation", filters)
    return {node: {**given, _FILTERS[-1]: months[node]} for node, given in found.items()}


def _noted(here: Here, values: dict[str, Any]) -> tuple[_Rows, tuple[str, ...]]:
    """The rows, with what is said of how the values were taken."""
    asked = bound(here.graph, "evidence", values)
    return list(rows_of(here, stored_query("evidence"), asked)), asked.notes


@lru_cache(maxsize=2)
def _diseases(here: Here) -> tuple[dict[Value, dict[str, Value]], dict[Value, list[Value]]]:
    """The diseases by their addresses, and what is counted directly under each."""
    tree = list(ask(here.graph, "disease-tree"))
    return {row["disease_iri"]: row for row in tree}, grouped((row["parent_iri"], row["disease_iri"]) for row in tree)


def _sorted(rows: _Rows, name: str, *, down: bool) -> _Rows:
    """Rows by a column; those without a value come last either way."""
    have = [row for row in rows if row[name] is not None]
    have.sort(key=lambda row: (isinstance(row[name], str), row[name]), reverse=down)
    return have + [row for row in rows if row[name] is None]


ROUTES = [Route("/evidence", _evidence)]
