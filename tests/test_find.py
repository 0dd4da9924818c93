"""One search over questions, rows and terms, in people's words, each with the command that shows it."""

from __future__ import annotations

import csv
import shlex
from typing import TYPE_CHECKING

import pytest

from cartkg.find import find, spotted, unheard

from .conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartkg.rdf.store import Graph

    from .conftest import Run

pytestmark = pytest.mark.no_cover  # what these ask for is measured where it is tested by itself


@pytest.mark.parametrize(
    ("words", "kind", "name"),
    [
        ("Yescarta", "products", "axicabtagene-ciloleucel"),
        ("ZUMA-1", "trials", "zuma-1"),
        ("TNFRSF17", "antigens", "bcma"),
        ("CD3ζ", "domains", "cd3z-activation"),
        ("tisa-cel", "products", "tisagenlecleucel"),
        ("cilta-cel", "products", "ciltacabtagene-autoleucel"),
        ("cilta cel", "products", "ciltacabtagene-autoleucel"),
        ("tisacel", "products", "tisagenlecleucel"),
        ("CTL 019", "products", "tisagenlecleucel"),
        ("CD 19", "antigens", "cd19"),
        ("NCT02348216", "trials", "zuma-1"),
        ("second malignancies", "adverse-events", "second-malignancies"),
        ("PFS", "term", "ck:ProgressionFreeSurvival"),
        ("how long do remissions last", "question", "durations"),
        ("which studies treated children", "question", "age-groups"),
        ("side effects", "question", "safety-by-target"),
        ("which products are approved for DLBCL", "question", "indications"),
        ("how many studies are about follicular lymphoma", "question", "studies-by-disease"),
        ("misprints", "question", "discrepancies"),
        ("neutropenia ide-cel", "claims", "claim-163"),
        ("meta-analysis of response rates", "question", "pooled-proportions"),
    ],
)
def test_what_is_meant_comes_first(graph: Graph, words: str, kind: str, name: str) -> None:
    first = find(graph, words)[0]
    assert (first.kind, first.name) == (kind, name)


def test_names_among_the_words_become_values_of_the_commands(graph: Graph, run: Callable[..., Run]) -> None:
    done = run("find", "approved", "for", "mantle", "cell", "lymphoma").out
    assert "  evidence                5 with disease mantle cell lymphoma\n" in done
    assert "cartkg query indications -p 'disease=mantle cell lymphoma'\n" in done
    two = {one.command for one in find(graph, "compare axi-cel and tisa-cel")}
    assert "cartkg query compare-products -p first=axi-cel -p second=tisa-cel" in two
    assert spotted(graph, "PFS of Abecma, in all (Munshi 2021)?")[0] == {
        "outcome": ["PFS"], "product": ["Abecma"], "study": ["Munshi 2021"],
    }  # fmt: skip


SYNONYMS = [*csv.DictReader((ROOT / "tests" / "synonyms.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t")]


@pytest.mark.nightly
@pytest.mark.parametrize("row", SYNONYMS, ids=lambda row: row["synonym"])
def test_a_term_is_found_by_each_synonym_that_was_read_somewhere(graph: Graph, row: dict[str, str]) -> None:
    assert row["read_in"]
    assert row["term"] in {one.name for one in find(graph, row["synonym"])}


@pytest.mark.parametrize("words", ["CD137", "TNFRSF9", "41BB", "4-1BB"])
def test_a_part_is_found_by_the_names_of_its_protein(graph: Graph, words: str) -> None:
    assert "4-1bb-costimulatory" in {one.name for one in find(graph, words)}


@pytest.mark.parametrize("words", ["signaling domain", "signalling domain"])
def test_both_spellings_find_the_same(graph: Graph, words: str) -> None:
    assert "ck:ActivationDomain" in {one.name for one in find(graph, words)}


def test_a_word_that_nothing_holds_finds_nothing(graph: Graph, run: Callable[..., Run]) -> None:
    assert find(graph, "zzzz") == []
    done = run("find", "zzzz")
    assert (done.code, done.out) == (
        1,
        "nothing is found; try other words, or one alone; cartkg query lists the questions\n",
    )
    assert "no text of the graph has the word zzzz" in done.err


def test_a_trial_that_is_not_there_is_told_beside_one_of_the_same_series(graph: Graph) -> None:
    assert unheard(graph, "survival in ZUMA-7, and ZUMA-1, or COVID-19") == ["ZUMA-7"]


@pytest.mark.parametrize(
    "words",
    [
        "quality of life",
        "conflict of interest",
        "EMA",
        "gene editing",
        "vein-to-vein time",
        "risk of bias",
        "HLA matching",
    ],
)
def test_two_words_of_which_the_graph_holds_one_find_nothing(graph: Graph, words: str) -> None:
    assert find(graph, words) == []


def test_a_word_of_a_source_that_is_shipped_leads_to_it(run: Callable[..., Run]) -> None:
    assert "--with pdq-lymphoma lays a source over it that has some" in run("find", "bendamustine").err


@pytest.mark.parametrize("words", ["", "???", "which of the"])
def test_no_word_to_look_for_finds_nothing(graph: Graph, words: str) -> None:
    assert find(graph, words) == []


def test_of_two_words_that_stand_apart_either_is_enough(graph: Graph) -> None:
    assert {one.name for one in find(graph, "manufacturing failure")} >= {"cell-composition"}


def test_every_command_that_a_search_names_runs(run: Callable[..., Run], graph: Graph) -> None:
    commands = {one.command for words in ("CD19", "PFS", "Chong")
                for one in find(graph, words, most=1) if one.command}  # fmt: skip
    assert len(commands) > 5
    for command in sorted(commands):
        done = run(*shlex.split(command)[1:])
        assert done.code == 0, (command, done.err)


def test_no_question_of_a_check_is_found(graph: Graph) -> None:
    names = {
        one.name for one in find(graph, "percentages counts printed references", most=50) if one.kind == "question"
    }
    assert names
    assert "percentages-off-counts" not in names
