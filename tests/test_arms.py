"""A figure of a comparator arm is never an answer about the product that it is compared with."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import pytest

from cartkg.build import build
from cartkg.queries.asking import ask
from cartkg.queries.formats import to_csv
from cartkg.queries.stored import stored_queries

from .conftest import TRIAL, WORLD

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph


pytestmark = pytest.mark.no_cover  # questions are measured elsewhere; tracing doubles the time
SOURCE, CARE = "kappa-trial-2026", "standard care"
QUERIES = stored_queries()
# What may be asked of a receptor or product, and what the trial's product and its receptor have.
ABOUT = {"product": "alphacel", "construct": "alphacel", "target": "CD19", "costimulation": "CD28",
         "vector": "gammaretroviral", "antigen": "cd19"}  # fmt: skip
ASKED = [(name, parameter) for name, query in QUERIES.items() for parameter in ABOUT if parameter in query.parameters]
DESIGN = ("construct", "target", "costimulation", "vector")


@pytest.fixture(scope="session")
def without_comparator(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The same, had the trial reported nothing about those who were given standard care."""
    overlay = tmp_path_factory.mktemp("without") / "trial"
    shutil.copytree(TRIAL, overlay)
    path = overlay / "observations.tsv"
    header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    cohort = header.rstrip("\n").split("\t").index("cohort")
    path.write_text(header + "".join(row for row in rows if ".care" not in row.split("\t")[cohort]), "utf-8")
    return build(WORLD, tmp_path_factory.mktemp("graph"), overlays=[overlay])


@pytest.mark.parametrize(("query", "parameter"), ASKED)
def test_what_is_asked_of_a_product_is_the_same_without_the_figures_of_the_comparator(
    trial: Graph, without_comparator: Graph, query: str, parameter: str
) -> None:
    values = {parameter: ABOUT[parameter]}
    assert to_csv(ask(trial, query, values)) == to_csv(ask(without_comparator, query, values))


@pytest.mark.parametrize("query", QUERIES)
def test_people_given_something_else_are_shown_with_it_and_without_a_receptor(trial: Graph, query: str) -> None:
    for row in csv.DictReader(to_csv(ask(trial, query)).splitlines()):
        population = row.get("population", "")
        if population.endswith(CARE) and "after" not in population and row.get("product"):
            assert row["product"] == CARE
            assert {row.get(column, "") for column in DESIGN} == {""}


def evidence(graph: Graph, **values: str) -> dict[str, dict[str, str]]:
    text = to_csv(ask(graph, "evidence", {"source": SOURCE, **values}))
    return {row["observation"].removeprefix(f"{SOURCE}."): row for row in csv.DictReader(text.splitlines())}


def test_a_group_receives_what_its_row_says_or_the_nearest_group_around_it(trial: Graph) -> None:
    given = {name: row["product"] for name, row in evidence(trial).items()}
    assert given["cells-orr"] == given["cells-infection"] == given["crossed-orr"] == "Alphacel"
    assert given["care-orr"] == given["care-cr-dor"] == CARE


def test_all_who_were_randomised_received_neither(trial: Graph) -> None:
    rows = csv.DictReader(to_csv(ask(trial, "age-groups")).splitlines())
    found = {(row["population"], row["product"]) for row in rows}
    assert ("everybody", "") in found


def test_those_treated_in_a_randomised_study_are_its_arm_and_all_arms_stand_beside_them(trial: Graph) -> None:
    rows = csv.DictReader(to_csv(ask(trial, "find-studies")).splitlines())
    found = {row["study"]: (row["treated"], row["all_arms"]) for row in rows}
    assert found["Kappa et al. (2026)"] == ("30", "60")


def test_a_ratio_says_against_whom_and_how_sure_it_is(trial: Graph) -> None:
    row = evidence(trial, target="CD19")["pfs-hr"]
    wanted = {"statistic": "hazard-ratio", "value": "0.4", "lower": "0.25", "upper": "0.64", "interval": "ci",
              "confidence_level": "95", "population": "assigned to alphacel", "against": "assigned to standard care",
              "unit": ""}  # fmt: skip
    assert {column: row[column] for column in wanted} == wanted


def test_an_interval_of_a_rate_stands_beside_it(trial: Graph) -> None:
    row = evidence(trial, outcome="OS")["cells-os"]
    assert (row["percent"], row["lower"], row["upper"], row["timepoint_months"]) == ("90", "80", "97", "12")


def test_grades_tell_two_figures_of_a_harm_apart(trial: Graph) -> None:
    pooled = [row for row in ask(trial, "pooled-proportions", {"outcome": "CRS"}) if row["level"] == "study"]
    assert [(row["grades"], row["counted"]) for row in pooled] == [("≥1", "yes"), ("≥3", "yes")]
    assert [row["grades"] for row in ask(trial, "safety-by-target", {"outcome": "CRS"})] == ["≥1", "≥3"]
    found = {row["grade_from"]: row["percent"] for row in evidence(trial, outcome="CRS").values()}
    assert found == {"1": "74", "3": "7"}


def test_a_report_is_its_own_primary_source(trial: Graph) -> None:
    text = """PREFIX prov: <http://www.w3.org/ns/prov#>
        SELECT DISTINCT ?paper WHERE { ?row prov:wasQuotedFrom ?paper ; prov:hadPrimarySource ?paper }"""
    assert trial.rows(text) == [{"paper": f"https://example.org/kappa/id/sources/{SOURCE}"}]
    assert {row["reference"] for row in evidence(trial).values()} == {""}
