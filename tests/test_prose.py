"""What the words of a sentence say that its figures are of must be what their rows say: outcome, grade and group."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cartkg.audit import compare, read_copy
from cartkg.rdf.folders import read_folders
from cartkg.rdf.vocabulary import Vocabulary
from cartkg.tables.checker import Checker
from cartkg.tables.schema import Row

from .conftest import TRIAL, WORLD

TRIAL_ID = "kappa-trial-2026"
SENTENCES = {
    "both": "The ORR was 80% in the alphacel group and 40% in the standard care group.",
    "first": "With alphacel, the ORR was higher (80% vs. 40%).",
    "harms": "CRS occurred in 74% (grade 3 or higher in 7%) and neurotoxicity in 15%.",
    "grades": "CRS of grade 3 or 4 occurred in 7%, and of grade 1 or 2 in 15%.",
    "order": "The ORR and CRR were higher with alphacel (80% and 60%, respectively).",
    "after": "The ORR was 80%, with 60% reaching a complete response.",
    "one": "In the standard care group the ORR was 80%.",
    "unknown": "A benefit was seen in 80% with alphacel.",
    "followed": "After a median of 12 months, the ORR was 80% in the alphacel group and 40% in that of standard care.",
}


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(read_folders(WORLD, [TRIAL]), Vocabulary.load())


def wrong(checker: Checker, folder: Path, sentence: str, *said: str, like: str = "cells-orr") -> set[str]:
    """The columns in which rows for figures of a sentence are wrong, given as percent, cohort, outcome and grade."""
    rows = [row for row in checker.checked() if row.source == TRIAL_ID]
    pattern = next(row for row in rows if row.id == f"{TRIAL_ID}.{like}")
    made = []
    for number, (percent, cohort, outcome, *grade) in enumerate(map(str.split, said)):
        cells = {
            "id": (f"{TRIAL_ID}.made-{number}",), "locator": ("results/paragraph-1/sentence-1",), "percent": (percent,),
            "cohort": (f"{TRIAL_ID}.{cohort}",), "outcome": (outcome,), "value": (percent,),
            "grade_from": tuple(grade[:1]), "grade_to": tuple(grade[1:]),
        }  # fmt: skip
        other = "value" if "outcome" in pattern.table.columns else "percent"
        cells = {name: cell for name, cell in cells.items() if name in pattern.table.columns and name != other}
        kept = {
            name: cell for name, cell in pattern.cells.items() if name not in {"numerator", "denominator", "printed"}
        }
        made.append(replace(pattern, cells={**kept, **cells}))
    copy = folder / "copy.txt"
    copy.write_text(
        f"Abstract\n\nNothing.\n\nResults\n\n{SENTENCES[sentence]}\n\nTable 1 | None\n\na\tb\nc\td\n", encoding="utf-8"
    )
    known: dict[tuple[str, str], Row] = {(row.table.name, row.id): row for row in [*checker.checked(), *made]}
    for row in rows:
        if row.table.name == "observations":
            del known[row.table.name, row.id]
    audit = compare(read_copy(copy, rows), checker.vocabulary, made, TRIAL_ID, known)
    return {finding.column for finding in audit.report.findings if finding.path != str(copy)}


@pytest.mark.parametrize(
    ("sentence", "right", "exchanged", "column"),
    [
        ("both", ("80 cells ORR", "40 care ORR"), ("80 care ORR", "40 cells ORR"), "cohort"),
        ("first", ("80 cells ORR", "40 care ORR"), ("80 care ORR", "40 cells ORR"), "cohort"),
        ("harms", ("74 cells CRS", "15 cells NEUROTOXICITY"), ("74 cells NEUROTOXICITY", "15 cells CRS"), "percent"),
        ("harms", ("74 cells CRS", "7 cells CRS 3"), ("74 cells CRS 3", "7 cells CRS"), "percent"),
        ("grades", ("7 cells CRS 3 4", "15 cells CRS 1 2"), ("7 cells CRS 3", "15 cells CRS 1"), "percent"),
        ("order", ("80 cells ORR", "60 cells CRR"), ("80 cells CRR", "60 cells ORR"), "percent"),
        ("after", ("80 cells ORR", "60 cells CRR"), ("80 cells CRR", "60 cells ORR"), "percent"),
        ("both", ("80 cells ORR",), ("80 cells DOR",), "outcome"),
        ("both", ("80 cells ORR", "40 care ORR"), ("80 all ORR", "40 care ORR"), "cohort"),
        ("one", ("80 care ORR",), ("80 cells ORR",), "cohort"),
        ("first", ("80 cells ORR", "40 care ORR"), ("80 cells-cr ORR", "40 care ORR"), "cohort"),
    ],
)
def test_what_two_figures_of_a_sentence_are_of_can_not_be_exchanged(
    checker: Checker, tmp_path: Path, sentence: str, right: tuple[str, ...], exchanged: tuple[str, ...], column: str
) -> None:
    assert wrong(checker, tmp_path, sentence, *right) == set()
    assert column in wrong(checker, tmp_path, sentence, *exchanged)


def test_a_follow_up_named_before_any_group_is_not_that_of_one_of_them(checker: Checker, tmp_path: Path) -> None:
    assert wrong(checker, tmp_path, "followed", "12 all -", like="f-all") == set()
    assert wrong(checker, tmp_path, "followed", "12 cells -", like="f-all") == {"cohort"}


def test_an_outcome_that_only_a_premise_names_is_not_that_of_the_sentence(checker: Checker, tmp_path: Path) -> None:
    assert "outcome" in wrong(checker, tmp_path, "one", "80 care CRR")


def test_an_outcome_that_no_words_name_is_not_that_of_the_sentence(checker: Checker, tmp_path: Path) -> None:
    assert wrong(checker, tmp_path, "unknown", "80 cells CRR") == {"outcome"}
