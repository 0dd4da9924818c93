"""An answer fits its question: each row shows what was asked for, and questions about one thing agree on it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cartkg.queries.answers import Answer
from cartkg.queries.asking import ask
from cartkg.queries.meanings import Meanings
from cartkg.queries.parameters import shown_values
from cartkg.queries.stored import stored_queries

if TYPE_CHECKING:
    from cartkg.queries.answers import Value
    from cartkg.queries.stored import Parameter, StoredQuery
    from cartkg.rdf.store import Graph

pytestmark = pytest.mark.no_cover  # what these ask for is measured where it is tested by itself

READERS = {name: query for name, query in stored_queries().items() if query.for_readers}
# Of rows of tables, some that have much; of what is not named here, the first, the middle and the last. All of them
# are tried at night, one in the gate.
TRIED = {
    "product": ["axi-cel", "ide-cel", "liso-cel", "tisagenlecleucel"], "disease": ["B-ALL", "DLBCL", "MM", "CLL"],
    "trial": ["ZUMA-1", "ELIANA", "ZUMA-12"], "study": ["jacobson-32", "park-44", "cordeiro-89"],
}  # fmt: skip
# How the column is called that shows a parameter, where it has not its name.
SHOWN = {"disease": ("disease", "disease_named"), "factor": ("factor_iri",), "claim": ("claim_iri",)}
# Answers that hold by their sentence what is wider than what was asked for, and the column that says so of each.
BESIDE = {("indications", "disease"): "disease", ("approvals-near-disease", "disease"): "fit"}
# What must be asked for too, so that an answer shows a parameter.
TOO = {("discrepancies", "study"): {"by_figure": "yes"}}
NOTHING = {"none", "not stated"}
_NAMES = """
PREFIX ck: <https://w3id.org/cartkg/ontology/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?name WHERE {
  { BIND(%s AS ?node) } UNION { ?node ck:countsAs %s }
  { ?node rdfs:label|skos:altLabel ?name } UNION { ?wording ck:wordingOf ?node ; ck:wordingAsPrinted ?name }
}
"""
_HARMS = """
PREFIX ck: <https://w3id.org/cartkg/ontology/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?name WHERE { ?outcome a ck:SafetyOutcome ; skos:notation ?name }
"""


def names(graph: Graph, text: str) -> set[str]:
    return {str(row["name"]).casefold() for row in Answer.read(graph.select(text))}


def tried(graph: Graph, query: StoredQuery, parameter: Parameter, most: int) -> list[str]:
    """A few values of a parameter that stands for something: a row, a code, or a value of a column."""
    if parameter.type not in {"iri", "enum"}:
        return []
    known = TRIED.get(parameter.name) or shown_values(graph, query, parameter)
    return (known if len(known) <= 4 else [known[0], known[len(known) // 2], known[-1]])[:most]


def misfits(graph: Graph, parameter: Parameter, value: str, cells: list[Value]) -> list[Value]:
    """The cells that do not show the value asked for, nor what it takes in."""
    if parameter.type == "enum":
        wanted = NOTHING if value in {"", "not stated"} else {value.casefold()}
        return [cell for cell in cells if str(cell).casefold() not in wanted]
    nodes = Meanings(graph).row(parameter, value)
    wanted = {name for node in nodes for name in names(graph, _NAMES % (node, node))}
    if parameter.name == "disease":
        # A cell names every disease of a group; one that names none speaks of a group within one that does.
        word = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in wanted))
        return [cell for cell in cells if cell is not None and not word.search(str(cell).casefold())]
    wanted |= {part.casefold() for node in nodes for part in (node.value, node.value.rpartition("/")[2])}
    return [cell for cell in cells if str(cell).casefold() not in wanted]


@pytest.mark.parametrize("most", [1, pytest.param(4, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("name", READERS)
def test_every_row_shows_the_value_that_was_asked_for(graph: Graph, name: str, most: int) -> None:
    query = READERS[name]
    wrong = {}
    for parameter in query.parameters.values():
        for value in tried(graph, query, parameter, most):
            answer = ask(graph, name, {parameter.name: value, **TOO.get((name, parameter.name), {})})
            columns = [one for one in SHOWN.get(parameter.name, (parameter.name,)) if one in answer.variables]
            if not columns or (name, parameter.name) in BESIDE:
                break
            # A pooled row is no row of one study, and shows what it is of in `group`.
            cells = [row[columns[0]] for row in answer if row.get("level") != "pooled"]
            if found := misfits(graph, parameter, value, cells):
                wrong[parameter.name, value] = found[:3]
    assert wrong == {}


@pytest.mark.parametrize("name", [name for name, query in READERS.items() if "source" in query.parameters])
def test_where_two_sources_meet_every_row_is_of_the_one_that_was_asked_for(two_sources: Graph, name: str) -> None:
    for source in ("omega-review-2024", "sigma-report-2025"):
        answer = ask(two_sources, name, {"source": source})
        if "source" in answer.variables:
            assert {row["source"] for row in answer if row.get("level") != "pooled"} <= {source}


@pytest.mark.parametrize(("name", "parameter"), BESIDE)
def test_a_row_beside_what_was_asked_for_says_what_it_is(graph: Graph, name: str, parameter: str) -> None:
    answer = ask(graph, name, {parameter: "DLBCL"})
    assert len(answer)
    assert all(row[BESIDE[name, parameter]] for row in answer)


def studies(graph: Graph, name: str, parameter: str, value: str, **values: object) -> set[str]:
    return {str(row["study"]) for row in ask(graph, name, {parameter: value, **values})}


def profiled(graph: Graph, parameter: str, value: str) -> set[str]:
    """The studies of a profile by their labels, those included that only a likely reading makes its."""
    rows = [row for row in ask(graph, "profile", {parameter: value}) if str(row["node"]).startswith("studies/")]
    labels = {str(row["study"]): row["study_iri"] for row in ask(graph, "find-studies")}
    return {label for label, iri in labels.items() if any(str(iri).endswith(f"/{row['node']}") for row in rows)}


@pytest.mark.parametrize(("parameter", "value"), [
    (parameter, value) for parameter in ("trial", "product") for value in TRIED[parameter]
])  # fmt: skip
def test_questions_agree_on_the_studies_of_a_trial_or_a_product(graph: Graph, parameter: str, value: str) -> None:
    expected = studies(graph, "find-studies", parameter, value)
    assert expected
    assert profiled(graph, parameter, value) == expected
    assert studies(graph, "results", parameter, value) == expected
    counted = studies(graph, "results", parameter, value, kind=["relapse", "long-term event", "other"])
    assert studies(graph, "evidence", parameter, value) == counted


def test_the_study_with_a_misprinted_reference_is_in_each_answer_on_its_trial_and_marked(graph: Graph) -> None:
    for name in ("evidence", "results", "find-studies"):
        assert "Locke et al. 2019 (ref. 67, printed 57)" in studies(graph, name, "trial", "ZUMA-1"), name
    (found,) = (row for row in ask(graph, "find-studies", {"trial": "ZUMA-1"}) if "printed 57" in str(row["study"]))
    assert found["trial_basis"] == "inferred"
    assert any("trial inferred" in str(row["text"]) for row in ask(graph, "profile", {"trial": "ZUMA-1"}))


@pytest.mark.parametrize("name", ["durations", "landmark-rates", "ongoing-remissions", "durability-medians"])
def test_a_question_on_freedom_from_an_event_lists_nobody_who_had_one(graph: Graph, name: str) -> None:
    harms = names(graph, _HARMS) | {"relapse", "antigen_loss", "non_relapse_death"}
    assert len(harms) > 5
    assert harms & {str(row["outcome"]).casefold() for row in ask(graph, name)} == set()


def test_evidence_on_two_malignancies_shows_the_one_that_was_asked_for(graph: Graph) -> None:
    rows = ask(graph, "factor-profile", {"disease": "MM", "aspect": "evidence"})
    assert {row["disease"] for row in rows} == {"MM", "RRMM"}


def test_evidence_on_a_factor_shows_whom_each_paper_studied_and_what_turns_it(graph: Graph) -> None:
    rows = ask(graph, "factor-profile", {"factor": "Deep initial response", "disease": "MM", "aspect": "evidence"})
    assert {row["studied"] for row in rows if row["verdict"] == "contradicts"} == {"b-all"}
    matrix = {row["factor"]: row["in_short"] for row in ask(graph, "factor-matrix", {"malignancy": "multiple-myeloma"})}
    assert matrix["Deep initial response"] == "favours: 3 for, 5 against (5 on other patients); see remark"
    assert str(matrix["Long-term persistence of CAR T cells"]).startswith("favours only in b-all: 0 for, 6 against")
    assert matrix["Malignancy is B-ALL or multiple myeloma"] == "disfavours: 6 for, 0 against"


def test_a_comparison_says_how_many_results_there_are_and_begins_with_the_largest_group(graph: Graph) -> None:
    (row,) = (row for row in ask(graph, "compare-products", {"first": "ide-cel", "second": "cilta-cel"})
              if row["aspect"] == "PFS")  # fmt: skip
    assert str(row["first_says"]).startswith("2 entries: Munshi et al. 2021 (ref. 22): 8.8 months in patients with")
    assert "12.1 months in patients who received the highest dose level" in str(row["first_says"])


@pytest.mark.parametrize(
    ("claim", "why"), [("091", "reference 18|The report cited has"), ("114", "which rounds to 82")]
)
def test_a_contradicted_claim_shows_why_its_figure_is_flagged(graph: Graph, claim: str, why: str) -> None:
    (row,) = ask(graph, "claim-verdicts", {"claim": f"claim-{claim}"})
    assert row["verdict"] == "contradicted"
    assert re.search(f"flagged: .*({why})", str(row["reason"]))


def test_the_figures_of_a_discrepancy_are_those_of_the_study_that_was_asked_for(graph: Graph) -> None:
    rows = ask(graph, "discrepancies", {"study": "jacobson-32", "by_figure": "yes"})
    assert {row["study"] for row in rows} == {"Jacobson et al. 2021 (ref. 32)"}
