"""A verdict follows from the figures stated and the figures found, by rules that are tested one by one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cartkg.queries.statements import Evidence, Stated
from cartkg.queries.verdicts import judge


def stated(text: str, **others: object) -> Stated:
    """`40-54`, `>12` or `67`, in percent unless told otherwise."""
    fields: dict[str, object] = {"unit": "percent", **others}
    if "-" in text:
        fields["lower"], fields["upper"] = map(Decimal, text.split("-"))
    else:
        signs = {">": "gt", "≥": "ge", "<": "lt", "≤": "le", "~": "about"}
        if text[0] in signs:
            fields["comparator"], text = signs[text[0]], text[1:]
        fields["value"] = Decimal(text)
    return Stated(**fields)  # type: ignore[arg-type]


def found(*figures: str, differs: str = "") -> list[Evidence]:
    """Figures of as many reports; NR is one that is not reported."""
    return [
        Evidence(None, status="not-reported", cell=f"cell {number}")
        if text == "NR"
        else Evidence(Decimal(text), differs=differs, cell=f"cell {number}")
        for number, text in enumerate(figures)
    ]


@pytest.mark.parametrize(
    ("claim", "figures", "verdict"),
    [
        ("40-54", ["40", "47", "54"], "reproduced"),
        ("40-54", ["39.5", "54.5"], "reproduced"),
        ("40-54", ["39.4", "54"], "contradicted"),
        ("40-54", ["40", "60"], "contradicted"),
        ("40-54", ["35", "54", "60"], "contradicted"),
        ("40-54", ["10", "90"], "contradicted"),
        ("40-54", ["NR"], "not-computable"),
        ("1-4.8", ["1.08", "4.8"], "reproduced"),
        ("1-4.8", ["1.08", "4.9"], "contradicted"),
        ("67", ["67"], "reproduced"),
        ("67", ["66.5"], "reproduced"),
        ("67", ["66.4"], "contradicted"),
        ("67", ["67", "50"], "partly"),
        ("67", ["NR"], "not-computable"),
        ("67", [], "not-computable"),
        ("~15", ["17"], "partly"),
        ("~15", ["19"], "contradicted"),
        (">80", ["81", "86"], "reproduced"),
        (">80", ["80", "86"], "contradicted"),
        (">80", ["81", "NR"], "partly"),
        (">80", ["71"], "contradicted"),
        ("≥80", ["80"], "reproduced"),
        ("≤50", ["50", "51"], "contradicted"),
        ("<50", ["50"], "contradicted"),
        (">80", ["NR"], "not-computable"),
    ],
)
def test_the_verdict_follows_from_the_figures(claim: str, figures: list[str], verdict: str) -> None:
    assert judge(stated(claim), found(*figures)).verdict == verdict


@pytest.mark.parametrize(
    ("claim", "exact", "near", "verdict"),
    [
        ("13-88", ["17", "88"], ["13"], "partly"),
        ("40-54", [], ["40", "54"], "partly"),
        ("40-54", [], ["10"], "not-computable"),
        ("67", ["50"], ["67"], "partly"),
        ("67", [], ["67"], "partly"),
        ("67", [], ["50"], "not-computable"),
        (">6", [], ["6"], "partly"),
    ],
)
def test_a_figure_of_another_group_supports_only_in_part(
    claim: str, exact: list[str], near: list[str], verdict: str
) -> None:
    judgement = judge(stated(claim), [*found(*exact), *found(*near, differs="counted in others")])
    assert judgement.verdict == verdict
    assert "counted in others" in judgement.reason or verdict == "not-computable"


def test_counted_reports_are_counted_once() -> None:
    reports = [Evidence(counted=name) for name in ("A", "B", "B")]
    assert judge(stated("2", unit="studies"), reports).verdict == "reproduced"
    assert judge(stated("3", unit="studies"), reports).verdict == "contradicted"
    assert judge(stated("3", unit="studies"), [*reports, Evidence(counted="C", differs="too old")]).verdict == "partly"


def test_counts_must_agree_beside_the_percentage() -> None:
    claim = stated("16", numerator=3, denominator=19)
    assert judge(claim, [Evidence(Decimal(16), numerator=3, denominator=19)]).verdict == "reproduced"
    assert judge(claim, [Evidence(Decimal(16), numerator=6, denominator=38)]).verdict == "partly"


def test_a_report_in_two_tables_counts_once() -> None:
    rows = [
        Evidence(Decimal(48), reference=59),
        Evidence(Decimal(48), reference=59),
        Evidence(Decimal(13), reference=22),
    ]
    assert judge(stated("≥12", unit="month"), rows).recomputed == "2 of 2 (13–48)"


def test_a_figure_in_another_unit_is_shown_as_printed_too() -> None:
    evidence = Evidence(Decimal("1.0833"), unit="year", printed="13 months", cell="row 11")
    assert str(evidence) == "13 months = 1.08 years (row 11)"


def test_what_the_tables_lack_is_the_reason() -> None:
    judgement = judge(stated("67", missing="No table counts them."), [])
    assert (judgement.verdict, judgement.reason) == ("not-computable", "No table counts them.")


def test_what_the_tables_lack_for_a_part_leaves_the_rest_to_be_judged() -> None:
    claim = stated("67", missing="No table says who had more.")
    judgement = judge(claim, found("67"))
    assert judgement.verdict == "partly"
    assert [part.verdict for part in judgement.parts] == ["reproduced", "not-computable"]
    assert judge(claim, found("50")).verdict == "contradicted"


@pytest.mark.parametrize(("absent", "verdict"), [((), "contradicted"), ((9,), "partly")])
def test_an_end_that_no_figure_has_is_open_where_a_report_cited_has_no_row(
    absent: tuple[int, ...], verdict: str
) -> None:
    claim = stated("4-16", references=frozenset({1, 2, *absent}))
    rows = [Evidence(Decimal(text), reference=number) for number, text in enumerate(("5", "16"), 1)]
    assert judge(claim, rows).verdict == verdict


def test_an_end_that_is_the_time_of_a_rate_is_false() -> None:
    claim = stated("5.2-27", unit="month", references=frozenset({1, 9}))
    rate = Evidence(Decimal(27), differs="a rate at a time", instead="the time of a rate", cell="cell 2", reference=1)
    judgement = judge(claim, [*found("5.2", "18"), rate])
    assert judgement.verdict == "contradicted"
    assert "cell 2; a rate at a time) is the time of a rate" in judgement.reason


def test_counts_decide_where_there_are_counts() -> None:
    cell = Evidence(Decimal(83), "percent", numerator=80, denominator=97, cell="row 2")
    for claim in (stated("83"), stated("33-83")):
        judgement = judge(claim, [Evidence(Decimal(33), "percent", numerator=42, denominator=128), cell][-1:])
        assert judgement.verdict == "contradicted"
        assert "83% = 80/97 = 82.47% (row 2)" in judgement.reason
    assert judge(stated("38"), [Evidence(Decimal(38), "percent", numerator=9, denominator=24)]).verdict == "reproduced"


@pytest.mark.parametrize(("value", "verdict"), [("8", "reproduced"), ("9", "contradicted")])
def test_a_percentage_is_recomputed_from_the_counts_beside_it(value: str, verdict: str) -> None:
    judgement = judge(stated(value, numerator=1, denominator=12), [])
    assert judgement.verdict == verdict
    assert "1/12 = 8.33%; no table has the counts" in judgement.reason


@pytest.mark.parametrize(
    ("answers", "verdict", "recomputed"),
    [
        ([("A", "yes"), ("B", "yes")], "reproduced", "2 of 2"),
        ([("A", "yes"), ("B", "unknown")], "partly", "1 of 2"),
        ([("A", "yes"), ("B", "no")], "contradicted", "1 of 2"),
        ([("A", "unknown"), ("A", "yes"), ("A", "no")], "reproduced", "1 of 1"),
    ],
)
def test_parts_that_a_query_answers_are_taken_together(
    answers: list[tuple[str, str]], verdict: str, recomputed: str
) -> None:
    judgement = judge(Stated(), [Evidence(counted=name, holds=held) for name, held in answers])
    assert (judgement.verdict, judgement.recomputed) == (verdict, recomputed)


def test_a_part_that_holds_says_by_what() -> None:
    found = [
        Evidence(counted="one", holds="yes", differs="its title has “myeloma”"),
        Evidence(counted="two", holds="yes"),
    ]
    assert judge(Stated(), found).reason == "so: two, one (its title has “myeloma”)"


@pytest.mark.parametrize(
    ("more", "less", "unit", "verdict"),
    [
        ("81 83 60", "54 70", "percent", "reproduced"),
        ("54", "81 83", "percent", "contradicted"),
        ("50", "50", "percent", "not-computable"),
        ("50", "", "percent", "not-computable"),
        ("90 80", "100", "patients", "reproduced"),
        ("200", "90 80", "patients", "partly"),
    ],
)
def test_sides_of_a_comparison(more: str, less: str, unit: str, verdict: str) -> None:
    sides = [Evidence(Decimal(figure), unit, outcome="CRR", side=side, cell=f"{side} {figure}")
             for side, figures in (("more", more), ("less", less)) for figure in figures.split()]  # fmt: skip
    assert judge(Stated(), sides).verdict == verdict


def test_a_comparison_with_one_outcome_for_it_and_one_against_holds_in_part() -> None:
    figures = (("EFS", "more", 24), ("EFS", "less", 6), ("RFS", "more", 5), ("RFS", "less", 7))
    judgement = judge(Stated(), [Evidence(Decimal(f), "month", outcome=of, side=side) for of, side, f in figures])
    assert judgement.verdict == "partly"
    assert "RFS: 5 against 7; higher in 0 of 1 pairs" in judgement.reason


def test_reports_without_a_row_and_misprints_are_named() -> None:
    claim = stated("25", references=frozenset({16, 67, 104}))
    reason = judge(claim, [Evidence(Decimal(25), reference=67, misprint=57, cell="row 5")]).reason
    assert "references 16, 104 without such a row in the tables" in reason
    assert "row 5 prints reference 57, probably 67" in reason


def test_a_claim_is_shown_as_it_is_printed() -> None:
    assert str(stated("40-54")) == "40–54%"
    assert str(stated(">12", unit="month")) == ">12 months"
    assert str(stated("16", numerator=3, denominator=19)) == "3/19 (16%)"
    assert str(stated("~15")) == "about 15%"
