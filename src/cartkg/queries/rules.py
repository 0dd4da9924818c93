"""Rules that look across rows: stored queries of the topic verify, each of whose rows breaks the rule."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from ..errors import UsageError
from ..rdf.shapes import Result
from ..rdf.vocabulary import lexical
from .stored import StoredQuery, stored_queries

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def rules() -> dict[str, StoredQuery]:
    """The rules by name."""
    return {name: query for name, query in stored_queries().items() if query.topic == "verify"}


def broken_rules(data: ox.Store) -> dict[str, list[Result]]:
    """What breaks each rule in the default graph of a store.

    A row names the node as `iri`, what it says wrongly as `value`, and of which property as `property`.
    """
    return {name: list(_broken(rule, data)) for name, rule in rules().items()}


def _broken(rule: StoredQuery, data: ox.Store) -> Iterator[Result]:
    found = data.query(rule.text)
    if not isinstance(found, ox.QuerySolutions):
        raise UsageError(f"{rule.path.name}: a rule is a SELECT query")
    names = [variable.value for variable in found.variables]
    for solution in found:
        row = {name: lexical(solution[name]) for name in names if solution[name] is not None}
        message = _PLACEHOLDER.sub(lambda key: row.get(key[1], key[0]), str(rule.header["finding"]))  # noqa: B023
        yield Result(row["iri"], row.get("property", ""), "", row.get("value", ""), rule.name, message)
