"""A pooled figure is computed in one place, by a named method, and is the same wherever it is shown."""

from __future__ import annotations

import csv
import io
from math import exp, log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.api import KnowledgeGraph
from cartkg.plot import forest
from cartkg.queries.answers import Answer
from cartkg.queries.asking import ask
from cartkg.queries.pooling import METHOD, PERCENTS, pool, proportion, with_pools
from cartkg.queries.stored import stored_queries, stored_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartkg.rdf.store import Graph

    from .conftest import Run

pytestmark = pytest.mark.no_cover  # what these ask for is measured where it is tested by itself

# Zhao, Martin, Mikkilineni, Munshi and Wang: complete responses of Table 3 over all patients, column 4.
COUNTS = [(54, 74), (80, 97), (12, 25), (42, 128), (13, 18)]
RATES = [(f"study {number}", *counts) for number, counts in enumerate(COUNTS)]


def test_heterogeneity_is_cochrans_q_of_the_logits() -> None:
    logits, variances = logits_of(COUNTS)
    q = q_of(logits, variances, 0)
    found = pool(RATES)
    assert (found["cochran_q"], found["degrees_of_freedom"]) == pytest.approx((q, 4))
    assert found["i_squared_percent"] == pytest.approx(100 * (q - 4) / q)


def logits_of(counts: list[tuple[int, int]]) -> tuple[list[float], list[float]]:
    return [log(n / (of - n)) for n, of in counts], [1 / n + 1 / (of - n) for n, of in counts]


def q_of(logits: list[float], variances: list[float], between: float) -> float:
    weights = [1 / (variance + between) for variance in variances]
    mean = sum(w * x for w, x in zip(weights, logits, strict=True)) / sum(weights)
    return sum(w * (x - mean) ** 2 for w, x in zip(weights, logits, strict=True))


def test_the_pooled_rate_is_that_of_paule_and_mandel_with_the_interval_of_hartung_and_knapp() -> None:
    logits, variances = logits_of(COUNTS)
    low, high = 0.0, 10.0
    for _ in range(100):  # the variance between studies at which Q is as large as its degrees of freedom
        between = (low + high) / 2
        low, high = (between, high) if q_of(logits, variances, between) > 4 else (low, between)
    weights = [1 / (variance + between) for variance in variances]
    mean = sum(w * x for w, x in zip(weights, logits, strict=True)) / sum(weights)
    # 2.776445 is the 97.5 % point of Student's t with 4 degrees of freedom.
    half = 2.776445 * sqrt(q_of(logits, variances, between) / 4 / sum(weights))
    found = pool(RATES)
    assert found["tau_squared"] == pytest.approx(between, abs=1e-4)
    assert [found[name] for name in PERCENTS] == pytest.approx(
        [100 / (1 + exp(-logit)) for logit in (mean, mean - half, mean + half)], abs=0.01
    )


def test_a_pooled_interval_is_not_narrower_because_the_rates_are_alike() -> None:
    found = pool([("one", 5, 10), ("other", 5, 10)])
    assert (found["percent"], found["i_squared_percent"], found["tau_squared"]) == pytest.approx((50, 0, 0))
    assert found["lower_percent"] < proportion(10, 20)["lower_percent"] + 5
    assert found["upper_percent"] - found["lower_percent"] > 30


def test_a_single_rate_has_the_interval_of_wilson() -> None:
    z = NormalDist().inv_cdf(0.975)
    middle, half = (54 + z * z / 2) / (74 + z * z), z / (74 + z * z) * sqrt(54 * 20 / 74 + z * z / 4)
    expected = [100 * 54 / 74, 100 * (middle - half), 100 * (middle + half)]
    assert list(proportion(54, 74).values()) == pytest.approx(expected)
    assert proportion(0, 10)["upper_percent"] == pytest.approx(27.75, abs=0.01)
    assert proportion(18, 18)["lower_percent"] == pytest.approx(82.41, abs=0.01)


def test_none_and_all_are_pooled_and_counts_that_are_none_of_people_have_no_interval() -> None:
    assert pool([("one", 18, 18), ("other", 0, 10)])["lower_percent"] > 0
    assert proportion(11, 10) == proportion(0, 0) == {}


def test_rates_of_one_study_are_counted_and_not_pooled() -> None:
    assert pool([("one", 1, 4), ("one", 8, 20)]) == {
        "rates": 2, "studies": 1, "summed_numerator": 9, "summed_denominator": 24,
    }  # fmt: skip
    assert pool([]) == {"rates": 0, "studies": 0}


def pooled(rows: object, group: str) -> dict[str, object]:
    return next(row for row in rows if (row["group"], row["level"]) == (group, "pooled"))  # type: ignore[attr-defined]


def test_query_plot_command_and_python_give_the_same_pooled_figure(graph: Graph, run: Callable[..., Run]) -> None:
    found = pool(RATES)
    values = {"outcome": "CRR", "stratum": "costimulation"}
    asked = pooled(ask(graph, "pooled-proportions", values), "4-1BB")
    assert (asked["summed_numerator"], asked["summed_denominator"], asked["method"]) == (201, 342, METHOD)
    assert {name: asked[name] for name in found} == {name: float(f"{number:.3g}") for name, number in found.items()}
    assert pooled(KnowledgeGraph(graph).query("pooled-proportions", **values), "4-1BB") == asked
    frame = KnowledgeGraph(graph).query("pooled-proportions", **values).to_pandas()
    assert frame[(frame["group"] == "4-1BB") & (frame["level"] == "pooled")]["percent"].tolist() == [asked["percent"]]
    done = run("query", "pooled-proportions", "-p", "outcome=CRR", "--graph", graph.path.parent, "--format", "csv")
    printed = pooled(csv.DictReader(io.StringIO(done.out)), "4-1BB")
    assert [float(str(printed[name])) for name in PERCENTS] == [asked[name] for name in PERCENTS]
    drawn = forest(graph, {}, "costimulation", ["CRR"], pooled=True)
    (row,) = (row for row in drawn.rows if row.strong and row.marks)
    assert row.cells[3] == "201/342"
    assert row.cells[5] == "{:.0f} ({:.0f} to {:.0f})".format(*(found[name] for name in PERCENTS))
    assert (row.marks[0].start, row.marks[0].end) == (found["lower_percent"], found["upper_percent"])


@pytest.mark.nightly
@pytest.mark.parametrize("by", ["disease", "costimulation", "vector", "target", "product", "none"])
def test_a_plot_pools_the_same_rates_as_the_question(graph: Graph, by: str) -> None:
    for outcome in ("CRR", "CR_CRi", "ALLOHSCT", "RELAPSE", "SEVERE_CYTOPENIA"):
        asked = ask(graph, "pooled-proportions", {"outcome": outcome, "stratum": by})
        expected = [
            (f"{row['summed_numerator']}/{row['summed_denominator']}", row["lower_percent"], row["upper_percent"])
            for row in asked
            if row["level"] == "pooled" and row["percent"] is not None
        ]
        strong = [row for row in forest(graph, {}, by, [outcome], pooled=True).rows if row.strong and row.marks]
        drawn = [
            (row.cells[3], *(float(f"{end:.3g}") for end in (row.marks[0].start, row.marks[0].end))) for row in strong
        ]
        assert sorted(drawn) == sorted(expected), (outcome, by)


def test_the_sparql_as_pasted_answers_the_rates_and_cartkg_adds_the_rest(world: Graph) -> None:
    query = stored_query("pooled-proportions")
    pasted = Answer.read(world.select(query.text))
    asked = ask(world, query.name)
    assert [row for row in asked.variables if row not in pasted.variables][:3] == list(PERCENTS)
    rates = [{name: row[name] for name in pasted.variables} for row in asked if row["level"] == "study"]
    assert rates == list(pasted)
    assert len({row["pool"] for row in pasted}) == len(asked) - len(pasted)


def test_a_pooled_row_counts_what_it_leaves_out_and_stands_above_its_rates(graph: Graph) -> None:
    rows = list(ask(graph, "pooled-proportions"))
    for position, row in enumerate(rows):
        if row["level"] == "pooled":
            below = [other for other in rows if (other["pool"], other["level"]) == (row["pool"], "study")]
            counted = [other for other in below if other["counted"] == "yes"]
            assert rows[position + 1 : position + 1 + len(below)] == below
            assert (row["rates"], row["left_out"]) == (len(counted), len(below) - len(counted))
            assert (row["percent"] is None) == (row["studies"] < 2)  # type: ignore[operator]


def test_a_report_of_the_same_patients_does_not_enter() -> None:
    variables = ("pool", "level", "study", "counted", "numerator", "denominator")
    lines = [
        ("a", "yes", 5, 10),
        ("b", "no: updated by a", 4, 9),
        ("c", "yes", 6, 20),
        ("d", "no: not-reported", None, None),
    ]
    rows = [
        (ox.Literal("all"), ox.Literal("study"), *(None if cell is None else ox.Literal(cell) for cell in line))
        for line in lines
    ]
    columns = {**{name: name for name in variables[1:]}, "by": "pool", "taken": "counted", "common": ["pool"]}
    head, *below = with_pools(Answer(variables, tuple(rows)), columns)
    assert {name: head[name] for name in ("pool", "level", "rates", "left_out", "summed_numerator")} == {
        "pool": "all", "level": "pooled", "rates": 2, "left_out": 2, "summed_numerator": 11,
    }  # fmt: skip
    assert head["percent"] == float(f"{pool([('a', 5, 10), ('c', 6, 20)])['percent']:.3g}")
    assert [row["percent"] for row in below] == [50, 44.4, 30, None]
    assert [row["method"] for row in below] == ["Wilson", "Wilson", "Wilson", None]


def test_the_columns_that_a_header_names_for_pooling_exist() -> None:
    named = {query.name: query.header["pooled"] for query in stored_queries().values() if "pooled" in query.header}
    assert set(named) == {"pooled-proportions"}
    assert all("\n#+ pooled: " in stored_query(name).text for name in named)
