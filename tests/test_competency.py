"""Questions that a reader of the review may ask: each is one stored query, and answers what the review prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from cartkg.queries.asking import ask

if TYPE_CHECKING:
    from cartkg.queries.answers import Value
    from cartkg.rdf.store import Graph

pytestmark = pytest.mark.no_cover  # what these ask for is measured where it is tested by itself

QUESTIONS = yaml.safe_load((Path(__file__).parent / "competency.yaml").read_text(encoding="utf-8"))


def test_there_are_questions_and_no_two_are_alike() -> None:
    assert len({entry["question"] for entry in QUESTIONS}) == len(QUESTIONS) > 0


@pytest.mark.parametrize("entry", QUESTIONS, ids=[entry["question"] for entry in QUESTIONS])
def test_a_question_has_the_answer_that_the_review_prints(graph: Graph, entry: dict[str, Any]) -> None:
    rows = list(ask(graph, entry["query"], entry.get("values")))
    left = list(rows)
    for expected in entry.get("contains", []):
        found = next((row for row in left if _has(row, expected)), None)
        assert found is not None, (expected, [{name: row[name] for name in expected} for row in left])
        left.remove(found)
    if "rows" in entry:
        assert len(rows) == entry["rows"]
    for column, values in entry.get("order", {}).items():
        assert [row[column] for row in rows] == values


def _has(row: dict[str, Value], expected: dict[str, object]) -> bool:
    """Whether a row has these values; `null` is an empty cell, and after `…` stands a part of the text."""
    return all(_same(row[name], value) for name, value in expected.items())


def _same(found: Value, expected: object) -> bool:
    if isinstance(expected, str) and expected.startswith("…"):
        return isinstance(found, str) and expected[1:] in found
    return found == expected
