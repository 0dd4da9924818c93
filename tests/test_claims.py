"""`cartkg claims` recomputes the figures of the prose from the tables of the real data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cartkg.claims import CheckedClaim, check_claims, summary
from cartkg.errors import UsageError
from cartkg.queries.stored import stored_queries
from cartkg.queries.verdicts import combined

from .conftest import line_of, replace_cell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cartkg.rdf.store import Graph

    from .conftest import Run


@pytest.fixture(scope="module")
def checked(graph: Graph) -> dict[str, CheckedClaim]:
    return {claim.claim: claim for claim in check_claims(graph)}


# Each verdict was worked out by hand from the printed tables.
@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("claim", "verdict", "recomputed"),
    [
        ("claim-017", "not-computable", ""),
        ("claim-023", "partly", "71"),
        ("claim-025", "reproduced", "73–98"),
        ("claim-036", "reproduced", "10"),
        ("claim-038", "partly", "24–61"),
        ("claim-039", "reproduced", "44–91"),
        ("claim-016", "reproduced", "5 of 5 (11–13)"),
        ("claim-011", "reproduced", "5 of 5"),
        ("claim-143", "partly", "5 of 6"),
        ("claim-148", "partly", "4 of 4"),
        ("claim-276", "partly", "2 of 6"),
        ("claim-035", "partly", "897 patients in 10 reports against 894 in 18"),
        ("claim-040", "contradicted", "28–88"),
        ("claim-041", "partly", "8 of 10"),
        ("claim-050", "partly", ""),
        ("claim-056", "partly", "11 of 12 (1.08–4.8)"),
        ("claim-058", "reproduced", "62–86"),
        ("claim-060", "partly", "17–88"),
        ("claim-080", "reproduced", "11"),
        ("claim-085", "reproduced", "68–100"),
        ("claim-055", "partly", "11"),
        ("claim-076", "partly", "EFS: 24 against 5.6–7.6; RFS: 5.2 against 7–11.6"),
        ("claim-079", "reproduced", ""),
        ("claim-091", "contradicted", "7 of 8 (71–86)"),
        ("claim-099", "contradicted", "33–82.47"),
        ("claim-101", "contradicted", "1 of 6"),
        ("claim-103", "contradicted", "5.2–18"),
        ("claim-114", "contradicted", "82.47"),
        ("claim-116", "reproduced", "1 of 1"),
        ("claim-117", "partly", "1 of 1"),
        ("claim-131", "reproduced", "8 of 8"),
        ("claim-150", "reproduced", "25–38"),
        ("claim-158", "partly", "1 of 3"),
        ("claim-161", "reproduced", "16"),
        ("claim-184", "partly", "5–16"),
        ("claim-209", "reproduced", "DOR: 23 against 11–19; ORR: 98 against 73"),
        ("claim-210", "partly", "5 of 6"),
        ("claim-235", "reproduced", "4"),
        ("claim-252", "reproduced", "12 of 12 (20–79)"),
        ("claim-264", "partly", "11 of 12"),
    ],
)
def test_a_claim_of_the_review_has_its_verdict(
    checked: dict[str, CheckedClaim], claim: str, verdict: str, recomputed: str
) -> None:
    judgement = checked[claim].judgement
    assert (judgement.verdict, judgement.recomputed) == (verdict, recomputed)


def test_a_figure_that_is_not_reported_is_never_a_value(checked: dict[str, CheckedClaim]) -> None:
    used = [found for claim in checked.values() for found in claim.evidence if found.status != "reported"]
    assert used
    # Two cells print a bound instead: the least follow-up of all, and the lower end of a duration.
    printed = {"Table 1, row 8, column 4", "Table 3, row 2, column 6"}
    assert {found.figure for found in used if found.cell not in printed} == {None}


def test_the_figures_used_have_cells_and_flags(checked: dict[str, CheckedClaim]) -> None:
    claim = checked["claim-114"]
    assert [found.cell for found in claim.evidence] == ["Table 3, row 2, column 4"]
    assert "martin-crr-percent" in claim.flags


def test_every_claim_names_a_query_or_what_is_missing(checked: dict[str, CheckedClaim]) -> None:
    recomputing = {name: query for name, query in stored_queries().items() if query.topic == "recompute"}
    queries = {other for name, query in recomputing.items() for other in query.header.get("aliases", {}) or [name]}
    assert {claim.query for claim in checked.values() if claim.query} == queries
    assert [claim.claim for claim in checked.values() if not claim.query and not claim.stated.missing] == []


def test_a_statement_and_its_sentence_have_one_verdict(checked: dict[str, CheckedClaim]) -> None:
    for one, other in (("claim-055", "claim-056"), ("claim-095", "claim-096"), ("claim-036", "claim-037")):
        assert checked[one].judgement.verdict == checked[other].judgement.verdict
    assert checked["claim-103"].sentence_verdict == checked["claim-102"].sentence_verdict == "contradicted"
    assert checked["claim-097"].sentence_verdict == "partly"


def test_a_verdict_follows_from_its_parts(checked: dict[str, CheckedClaim]) -> None:
    for claim in checked.values():
        assert claim.judgement.verdict == combined(part.verdict for part in claim.judgement.parts)


def test_an_unknown_claim_is_refused(graph: Graph) -> None:
    with pytest.raises(UsageError, match="no claim that can be judged is called 'claim-999'"):
        check_claims(graph, "claim-999")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("cited-outcome", "crr-of-two: no stored query is called 'cited-outcome'; did you mean cited-outcomes"),
        ("approved-products", "crr-of-two: approved-products recomputes no claim"),
    ],
)
def test_a_claim_that_names_a_wrong_query_is_named(
    invented: Path, tmp_path: Path, run: Callable[..., Run], query: str, message: str
) -> None:
    claims = invented / "claims.tsv"
    replace_cell(claims, line_of(claims, "crr-of-two"), "recompute", query)
    done = run("claims", "--data", invented, "--graph", tmp_path / "graph")
    assert done.code == 2
    assert message in done.err


def test_the_command_filters_and_counts(run: Callable[..., Run], checked: dict[str, CheckedClaim]) -> None:
    done = run("claims", "--verdict", "partly")
    assert done.code == 0
    assert done.out.count("\npartly") + done.out.startswith("partly") == sum(
        claim.judgement.verdict == "partly" for claim in checked.values()
    )
    assert done.out.endswith(summary(list(checked.values())) + "\n")


def test_one_claim_is_shown_with_the_figures_used(run: Callable[..., Run]) -> None:
    assert "- 13% = 6/45 (Table 2, row 7, column 7; counted in adults with B-ALL)" in run("claims", "claim-060").out


def test_the_formats_hold_every_claim(run: Callable[..., Run], checked: dict[str, CheckedClaim]) -> None:
    plain = json.loads(run("claims", "--format", "json").out)
    assert {claim["claim"] for claim in plain} == set(checked)
    assert len(run("claims", "--format", "csv").out.splitlines()) == len(checked) + 1
    page = run("claims", "--format", "markdown").out
    assert page.count("\n| ") == len(checked) + 2
    assert "- flagged: martin-crr-percent" in page
