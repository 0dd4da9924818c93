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
from cartkg.query import query

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
        ("evidence", {"outcome": "CRS"}, "cartkg query described-events -p event=cytokine-release-syndrome has 1"),
        ("find-studies", {"author": "Maude"}, "cartkg query find-references -p author=Maude has 2"),
        ("evidence", {"minimum_follow_up": "500"}, "there are rows up to minimum_follow_up_months=61"),
        ("results", {"kind": "relapse", "maximum_patients": "1"}, "there are rows from maximum_patients="),
        ("evidence", {"target": "BCMA", "disease": "FL", "product": "AUTO1"}, "both target=BCMA and disease=FL"),
    ],
)
def test_the_reason_names_the_value_and_where_rows_are(
    graph: Graph, name: str, values: dict[str, object], said: str
) -> None:
    assert len(ask(graph, name, values)) == 0
    assert any(said in reason for reason in reasons(graph, name, values)), reasons(graph, name, values)


@pytest.mark.parametrize(
    ("number", "note"),
    [
        ("57", "where 67 is probably meant: reference=67"),
        ("999", "no list of references has 999; its numbers run from"),
    ],
)
def test_a_number_of_a_reference_that_is_misprinted_or_in_no_list_is_told(graph: Graph, number: str, note: str) -> None:
    for name in ("evidence", "profile", "rests-on-reference"):
        assert any(note in one.replace("_number", "") for one in query(graph, name, {"reference": number}).notes)


@pytest.mark.nightly
@pytest.mark.no_cover
def test_every_pair_of_values_that_finds_nothing_is_explained(graph: Graph) -> None:
    explained = 0
    for name, stored in stored_queries().items():
        taking = [one for one in stored.parameters.values() if one.type == "enum" and stored.for_readers]
        for first, second in list(combinations(taking, 2))[:2]:
            values = {one.name: known[-1] for one in (first, second) if (known := known_values(graph, stored, one))}
            try:
                empty = len(values) == 2 and not len(ask(graph, name, values))
            except UsageError:
                continue
            if empty:
                explained += 1
                assert reasons(graph, name, values)
    assert explained >= 10
