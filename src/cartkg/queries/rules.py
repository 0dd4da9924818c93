"""Rules that look across rows: stored queries of the topic verify, each of whose rows breaks the rule."""

from __future__ import annotations

import re

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
    return {name: [_result(name, rule, row) for row in _rows(rule, data)] for name, rule in rules().items()}


def _rows(rule: StoredQuery, data: ox.Store) -> list[dict[str, str]]:
    found = data.query(rule.text)
    if not isinstance(found, ox.QuerySolutions):
        raise UsageError(f"{rule.path.name}: a rule is a SELECT query")
    names = [variable.value for variable in found.variables]
    return [{name: lexical(row[name]) for name in names if row[name] is not None} for row in found]


def _result(name: str, rule: StoredQuery, row: dict[str, str]) -> Result:
    message = _PLACEHOLDER.sub(lambda key: row.get(key[1], key[0]), str(rule.header["finding"]))
    return Result(row["iri"], row.get("property", ""), "", row.get("value", ""), name, message)
