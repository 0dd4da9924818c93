"""Each source that is shipped beside the review conforms, changes nothing about it, and keeps comparators apart."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from cartkg.build import build
from cartkg.claims import check_claims
from cartkg.queries.asking import ask
from cartkg.queries.formats import to_csv
from cartkg.queries.stored import stored_queries
from cartkg.rdf.folders import chosen_overlays
from cartkg.resources import DATA_DIRECTORY, SOURCES_DIRECTORY
from cartkg.validate import validate_graph

from .serving import serving

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

    from .conftest import Shared

pytestmark = pytest.mark.no_cover  # questions are measured elsewhere; tracing doubles the time
NAMES = sorted(folder.name for folder in SOURCES_DIRECTORY.iterdir() if folder.is_dir())
REVIEW = "cappell-kochenderfer-2023"
BY_SOURCE = [name for name, query in stored_queries().items() if "source" in query.parameters]


@pytest.fixture(scope="session")
def together(shared: Shared) -> Graph:
    """The review with every source that is shipped laid over it."""
    overlays = chosen_overlays(NAMES)
    shared("shipped", lambda folder: build(DATA_DIRECTORY, folder, overlays=overlays))
    return build(DATA_DIRECTORY, shared("shipped", Path.touch), overlays=overlays)


def rows(graph: Graph, query: str, **values: object) -> list[dict[str, str]]:
    return list(csv.DictReader(to_csv(ask(graph, query, values)).splitlines()))


def test_every_source_conforms(together: Graph) -> None:
    report = validate_graph(together, DATA_DIRECTORY)
    assert report.conforms, str(report)
    tables = [SOURCES_DIRECTORY / name / "sources.tsv" for name in NAMES]
    sources = {line.partition("\t")[0] for path in tables for line in path.read_text("utf-8").splitlines()[1:]}
    assert sources <= {name.removesuffix("-provenance") for name in together.manifest.graphs}


@pytest.mark.nightly  # test_sources asks the same of invented sources in the gate
@pytest.mark.parametrize("query", BY_SOURCE)
def test_no_answer_about_the_review_differs(graph: Graph, together: Graph, query: str) -> None:
    assert to_csv(ask(together, query, {"source": REVIEW})) == to_csv(ask(graph, query, {"source": REVIEW}))


def test_no_verdict_on_the_review_differs(graph: Graph, together: Graph) -> None:
    alone = {claim.claim: claim.to_dict() for claim in check_claims(graph)}
    found = {claim.claim: claim.to_dict() for claim in check_claims(together)}
    assert {name: found[name] for name in alone} == alone


def test_a_later_report_of_a_trial_of_the_review_is_shown_beside_it(together: Graph) -> None:
    shown = ("study", "figure", "says", "later_study", "later_figure", "later_follow_up_months")
    assert [[row[name] for name in shown] for row in rows(together, "updates-of")] == [
        ["Locke et al. 2022 (ref. 23)", "15 months", "again",
         "Westin et al. 2023 (PDQ lymphoma ref. 8)", "14.7 months", "47.2"],
    ]  # fmt: skip


@pytest.mark.nightly
def test_the_page_of_a_study_tells_what_a_later_source_says_of_its_trial(together: Graph) -> None:
    laid = [one for name in NAMES for one in ("--with", name)]
    with serving("--graph", together.path.parent, *laid) as served:
        text = httpx.get(f"{served.url}/id/studies/locke-23.html", timeout=60).text
    assert re.search(r"What later sources say.*14\.7 months", text, re.DOTALL)


def test_two_randomised_trials_in_myeloma_are_read_with_both_arms_apart(together: Graph) -> None:
    found = {row["observation"].removeprefix("pdq-myeloma."): row
             for row in rows(together, "evidence", source="pdq-myeloma", target="BCMA")}  # fmt: skip
    ratio = {name: found["c4-pfs-hr"][name] for name in ("trial", "value", "lower", "upper", "against")}
    assert ratio == {"trial": "CARTITUDE-4", "value": "0.26", "lower": "0.18", "upper": "0.38",
                     "against": "standard-of-care group"}  # fmt: skip
    assert found["k3-cells-pfs"]["value"] == "13.8"
    assert not {"c4-care-pfs", "k3-regimens-pfs", "k3-regimens-orr"} & set(found)
    care = {row["observation"]: row for row in rows(together, "evidence", source="pdq-myeloma")}
    assert care["pdq-myeloma.k3-regimens-pfs"]["product"] == "one of five standard alternative regimens"
    assert care["pdq-myeloma.k3-regimens-pfs"]["target"] == ""


def test_three_randomised_trials_in_lymphoma_are_read_with_both_arms_apart(together: Graph) -> None:
    found = {row["observation"].removeprefix("pdq-lymphoma."): row
             for row in rows(together, "evidence", source="pdq-lymphoma")}  # fmt: skip
    ratios = {row["product"]: (row["outcome"], row["value"], row["lower"], row["upper"])
              for row in found.values() if row["statistic"] == "hazard-ratio" and row["outcome"] != "OS"}  # fmt: skip
    assert ratios == {
        "axicabtagene ciloleucel": ("PFS", "0.51", "0.38", "0.67"),
        "lisocabtagene maraleucel": ("PFS", "0.4", "", ""),
        "tisagenlecleucel": ("EFS", "1.07", "0.82", "1.4"),
    }
    assert (found["axi-cells-os"]["status"], found["axi-care-os"]["value"]) == ("not-reached", "31.1")
    assert {row["target"] for name, row in found.items() if "-care-" in name} == {""}
