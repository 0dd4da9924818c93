"""An answer without rows says why: which value finds nothing, what there is without it, and where else."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from cartkg.errors import UsageError
from cartkg.queries.asking import ask
from cartkg.queries.emptiness import reasons
from cartkg.queries.parameters import known_values
from cartkg.queries.stored import stored_queries

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("evidence", {"outcome": "OS"}, "no row of this question has outcome=OS"),
        ("evidence", {"target": "CD19", "product": "cilta-cel"}, "without target=CD19 there are 5 rows"),
        ("evidence", {"reference": "999"}, "no row of this question has reference=999"),
        ("rests-on-reference", {"reference_number": "999"}, "no row of this question has reference_number=999"),
        ("pooled-proportions", {"outcome": "PFS"}, "cartkg query durations -p outcome=PFS has"),
        ("find-studies", {"minimum_patients": "100000"}, "without minimum_patients=100000 there are 35 rows"),
        ("find-studies", {"setting": "single-centre", "trial": "ZUMA-1"}, "without setting=single-centre there are"),
        ("updates-of", {}, "--with"),
    ],
)
def test_the_reason_names_the_value_and_where_rows_are(
    graph: Graph, name: str, values: dict[str, object], said: str
) -> None:
    assert len(ask(graph, name, values)) == 0
    assert any(said in reason for reason in reasons(graph, name, values)), reasons(graph, name, values)


@pytest.mark.nightly
@pytest.mark.no_cover
def test_every_pair_of_values_that_finds_nothing_is_explained(graph: Graph) -> None:
    explained = 0
    for name, query in stored_queries().items():
        taking = [
            one for one in query.parameters.values() if one.type == "enum" and not (query.internal or query.check)
        ]
        for first, second in list(combinations(taking, 2))[:2]:
            values = {one.name: known[-1] for one in (first, second) if (known := known_values(graph, query, one))}
            try:
                empty = len(values) == 2 and not len(ask(graph, name, values))
            except UsageError:
                continue
            if empty:
                explained += 1
                assert reasons(graph, name, values)
    assert explained >= 10
