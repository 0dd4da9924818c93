"""A registry record becomes an overlay: nothing guessed, every figure carried or listed, audited against the record."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cartkg.audit import audit, compare, headings
from cartkg.build import build
from cartkg.importing import clinicaltrials
from cartkg.queries.asking import ask
from cartkg.queries.formats import to_csv
from cartkg.rdf.folders import read_folders
from cartkg.rdf.vocabulary import Vocabulary
from cartkg.source_text.document import read_document
from cartkg.tables.checker import Checker
from cartkg.validate import validate_graph

from .conftest import REGISTRY, WORLD, Run

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

RECORD, SOURCE = REGISTRY / "NCT99990001.json", "nct99990001"


@pytest.fixture(scope="module")
def unconfirmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The overlay of the record before anybody has said what its words mean."""
    folder = tmp_path_factory.mktemp("registry") / "fresh"
    clinicaltrials([RECORD], folder, WORLD)
    return folder


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[str, Any], Path]:
    """A copy of the record in which the value at a JSON pointer is another, or gone."""

    def call(pointer: str, value: Any) -> Path:
        record = json.loads(RECORD.read_text(encoding="utf-8"))
        *above, last = [int(name) if name.isdigit() else name for name in pointer.split("/")[1:]]
        inner = record
        for name in above:
            inner = inner[name]
        if value is None:
            del inner[last]
        else:
            inner[last] = value
        path = tmp_path / RECORD.name
        path.write_text(json.dumps(record), encoding="utf-8")
        return path

    return call


def table(folder: Path, name: str) -> dict[str, dict[str, str]]:
    with (folder / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return {row["id"].removeprefix(f"{SOURCE}."): row for row in csv.DictReader(file, delimiter="\t")}


def codes(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "codes.csv").open(encoding="utf-8", newline="") as file:
        return {row["printed"]: row for row in csv.DictReader(file) if row["kind"] != "diseases"}


def evidence(graph: Graph, **values: str) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(to_csv(ask(graph, "evidence", {"source": SOURCE, **values})).splitlines())
    return {row["observation"].removeprefix(f"{SOURCE}."): row for row in rows}


def numbers(value: Any, pointer: str = "") -> Iterator[str]:
    """The pointers of all values that are numbers."""
    if isinstance(value, dict | list):
        for name, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers(one, f"{pointer}/{name}")
    elif re.fullmatch(r"<?-?\d+(\.\d+)?", str(value)):
        yield pointer


def test_a_record_is_found_again_in_its_rows_before_and_after_its_codes_are_confirmed(
    unconfirmed: Path, registry: Graph
) -> None:
    for folder in (unconfirmed, *registry.manifest.overlays):
        found = audit(RECORD, WORLD, SOURCE, [Path(folder)])
        assert found.report.findings == ()
        assert found.total["printed"] == found.total["carried"] + found.total["left_out"] > 0


@pytest.mark.parametrize("number", ["NCT99990002", "NCT99990003"])
def test_a_record_of_another_structure_is_carried_or_listed_whole(number: str, tmp_path: Path) -> None:
    """Doses, a crossover, flow by period, baseline by class, units that are no people, nobody at risk, NA at an end."""
    record = REGISTRY / f"{number}.json"
    clinicaltrials([record], tmp_path / "overlay", WORLD)
    found = audit(record, WORLD, number.lower(), [tmp_path / "overlay"])
    assert found.report.findings == ()
    assert {section.part: section.missed for section in found.sections if section.printed} == {
        "participant-flow-module": 0, "baseline-characteristics-module": 0, "outcomes": 0, "events": 0, "design": 0,
    }  # fmt: skip


def test_who_began_completed_and_left_and_ages_before_treatment_are_people_with_their_number(tmp_path: Path) -> None:
    clinicaltrials([REGISTRY / "NCT99990002.json"], tmp_path / "overlay", WORLD)
    found = table(tmp_path / "overlay", "cohorts")
    began = "nct99990002.f-dose-2-started-leukapheresis"
    left = found["nct99990002.f-dose-2-death-leukapheresis"]
    assert (found[began]["n"], left["n"], left["parent"]) == ("14", "1", began)
    aged = [(row["n"], row["age_minimum"], row["age_median"], row["age_maximum"]) for row in found.values()]
    assert ("12", "44", "", "74") in aged  # a median of 61.5 is no whole number of years, and is listed
    assert ("24", "39", "60", "75") in aged


@pytest.mark.parametrize("value", ["NS", "<LLOQ"])
def test_a_value_without_digits_is_listed_as_it_stands(
    changed: Callable[[str, Any], Path], tmp_path: Path, value: str
) -> None:
    out = imported(changed(f"{MEASURE}/0/analyses/0/pValue", value), tmp_path / "out")
    assert f"pValue {value}" in {row["printed"] for row in table(out, "omissions").values()}


@pytest.mark.no_cover
def test_what_is_imported_conforms(unconfirmed: Path, registry: Graph, tmp_path: Path) -> None:
    for graph in (registry, build(WORLD, tmp_path, overlays=[unconfirmed])):
        own = [found for found in validate_graph(graph, WORLD).findings if SOURCE in f"{found.path}{found.message}"]
        assert own == []


@pytest.mark.no_cover
def test_a_changed_digit_anywhere_in_the_results_is_found(registry: Graph, tmp_path: Path) -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    checker = Checker(read_folders(WORLD, [Path(path) for path in registry.manifest.overlays]), Vocabulary.load())
    rows = checker.checked()
    own = [row for row in rows if row.source == SOURCE]
    known = {(row.table.name, row.id): row for row in rows}
    for module in ("baselineCharacteristicsModule", "outcomeMeasuresModule", "adverseEventsModule"):
        for pointer in numbers(record["resultsSection"][module]):
            copy = json.loads(RECORD.read_text(encoding="utf-8"))
            *above, last = [int(name) if name.isdigit() else name for name in pointer.split("/")[1:]]
            inner = copy["resultsSection"][module]
            for name in above:
                inner = inner[name]
            digits = str(inner[last])
            inner[last] = f"{digits[:-1]}{(int(digits[-1]) + 3) % 10}"
            path = tmp_path / "changed.json"
            path.write_text(json.dumps(copy), encoding="utf-8")
            document = read_document(path, headings(own))
            assert not compare(document, checker.vocabulary, own, SOURCE, known).report.conforms, pointer


@pytest.mark.no_cover
def test_until_it_is_confirmed_no_group_has_a_product_and_no_outcome_a_known_code(
    unconfirmed: Path, tmp_path: Path
) -> None:
    rows = evidence(build(WORLD, tmp_path, overlays=[unconfirmed]))
    assert {row["product"] + row["target"] for row in rows.values()} == {""}
    assert all(row["outcome"].startswith(f"{SOURCE}.") for row in rows.values())
    assert rows["o-1.0.0.0"]["numerator"] == "22"


def test_codes_are_proposed_by_the_names_that_are_known(unconfirmed: Path) -> None:
    proposed = {printed: row["proposed"] for printed, row in codes(unconfirmed).items()}
    assert proposed["DLBCL"] == "dlbcl"
    assert proposed["Sigma Lymphoma"] == proposed["Standard care"] == proposed["Size of lesions"] == ""
    assert proposed["Alphacel"] == "alphacel"
    assert proposed["Progression-free survival"] == "PFS"
    assert proposed["Hazard Ratio (HR) at /outcomeMeasures/0/analyses/0"] == "hazard-ratio …/…"


def test_an_outcome_of_its_own_has_a_name_by_which_it_is_found(registry: Graph) -> None:
    row = evidence(registry)["o-4.0.0.0"]
    assert row["outcome_name"] == "Size of lesions (NCT99990001)"
    assert {found["outcome"] for found in ask(registry, "evidence", {"outcome": "lesions"})} == {row["outcome"]}


def test_confirmed_groups_are_told_apart_by_what_they_were_given(registry: Graph) -> None:
    assert {row["product"] for row in evidence(registry).values()} == {"Alphacel", "Standard care"}
    assert {row["population"] for row in evidence(registry, target="CD19").values()} == {"Alphacel"}


@pytest.mark.parametrize(("row", "cells"), [
    ("o-0.0.0.0", {"outcome": "PFS", "statistic": "median", "status": "not-reached", "value": ""}),
    ("o-0.0.0.1", {"value": "5.1", "unit": "months", "lower": "3.9", "upper": "7", "interval": "ci",
                   "confidence_level": "95", "cohort_size": "38"}),
    ("o-1.0.0.1", {"outcome": "CRR", "statistic": "proportion", "numerator": "7", "denominator": "38"}),
    ("o-2.0.0.0", {"outcome": "OS", "statistic": "rate-at-time", "percent": "75", "timepoint": "Month 12",
                   "timepoint_months": "12", "confidence_level": "90"}),
    ("o-3.0.0.0", {"statistic": "least-squares-mean", "value": "-2.4", "unit_printed": "units on a scale",
                   "dispersion": "0.35", "dispersion_kind": "se", "cohort_size": "30"}),
    ("o-4.0.0.0", {"statistic": "median", "comparator": "lt", "value": "4.5", "interval": "iqr"}),
    ("o-5.0.0.0", {"statistic": "geometric-mean", "value": "1040", "dispersion": ""}),
    ("e-0.0", {"statistic": "hazard-ratio", "value": "0.41", "lower": "0.26", "upper": "0.64",
               "population": "Alphacel", "against": "Standard care"}),
    ("p-0.0", {"statistic": "p-value", "comparator": "lt", "value": "0.001"}),
    ("a-s0.1", {"outcome": "CRS", "numerator": "0", "denominator": "38", "product": "Standard care"}),
    ("n-s0.0", {"outcome": "CRS", "statistic": "count", "numerator": "6"}),
])  # fmt: skip
def test_a_figure_of_the_record_is_what_it_says(registry: Graph, row: str, cells: dict[str, str]) -> None:
    found = evidence(registry)[row]
    assert {name: found[name] for name in cells} == cells


@pytest.mark.parametrize(("printed", "reason"), [
    ("spread 12.5", "not-confirmed"), ("value 61", "no-cohort-figure"), ("pValue 0.04", "not-confirmed"),
    ("frequencyThreshold 5", "definition"),
])  # fmt: skip
def test_a_number_that_is_no_figure_of_a_group_is_listed_with_a_reason(
    registry: Graph, printed: str, reason: str
) -> None:
    listed = table(Path(registry.manifest.overlays[0]), "omissions").values()
    assert [row["reason"] for row in listed if printed in row["printed"].split("|")] == [reason]


def test_an_estimate_is_left_out_until_somebody_says_which_group_is_compared_with_which(unconfirmed: Path) -> None:
    assert not [row for row in table(unconfirmed, "observations") if row.startswith("e-")]
    printed = "pValue <0.001|paramValue 0.41|ciPctValue 95|ciLowerLimit 0.26|ciUpperLimit 0.64"
    assert [row["reason"] for row in table(unconfirmed, "omissions").values() if row["printed"] == printed] == [
        "not-confirmed"
    ]


def test_a_percentage_is_a_number_as_given_until_its_outcome_is_confirmed(unconfirmed: Path) -> None:
    row = table(unconfirmed, "observations")["o-2.0.0.0"]
    assert [row[name] for name in ("statistic", "value", "unit_printed")] == [
        "number", "75.0", "percentage of participants",
    ]  # fmt: skip
    assert "percent" not in row


def test_a_trial_that_is_known_by_its_number_is_not_made_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(WORLD, data)
    with (data / "trials.tsv").open("a", encoding="utf-8") as file:
        header = (data / "trials.tsv").read_text(encoding="utf-8").splitlines()[0].split("\t")
        cells = {"id": "sigma", "label": "SIGMA-1", "source": "omega-review-2024", "locator": "table-1/row-1",
                 "basis": "stated", "registration": "NCT99990001"}  # fmt: skip
        file.write("\t".join(cells.get(name, "") for name in header) + "\n")
    clinicaltrials([RECORD], tmp_path / "out", data)
    assert not (tmp_path / "out" / "trials.tsv").exists()
    assert table(tmp_path / "out", "studies")["study"]["trial"] == "sigma"


@pytest.mark.no_cover
def test_the_record_of_a_known_trial_is_its_latest_report_and_changes_no_answer_about_the_older_one(
    changed: Callable[[str, Any], Path], world: Graph, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "overlay.toml").write_text('base = "https://example.org/out/id/"\n', encoding="utf-8")
    confirmed = (REGISTRY / "codes.csv").read_text(encoding="utf-8").replace(SOURCE, "nct00000001")
    (out / "codes.csv").write_text(confirmed, encoding="utf-8")
    clinicaltrials([changed("/protocolSection/identificationModule/nctId", "NCT00000001")], out, WORLD)
    graph = build(WORLD, tmp_path / "graph", overlays=[out])
    rows = [*csv.DictReader(to_csv(ask(graph, "updates-of", {"trial": "ALPHA-1"})).splitlines())]
    assert [(row["outcome"], row["figure"], row["says"], row["later_source"]) for row in rows] == [
        ("CRR", "54%", "anew", "nct00000001")
    ]
    for query in ("pooled-proportions", "find-studies", "studies-counted"):
        asked = {"source": "omega-review-2024"}
        assert to_csv(ask(graph, query, asked)) == to_csv(ask(world, query, asked))


MEASURE = "/resultsSection/outcomeMeasuresModule/outcomeMeasures"
EVENTS = "/resultsSection/adverseEventsModule"


def imported(path: Path, folder: Path) -> Path:
    """The record imported with the confirmed codes of the fixture."""
    folder.mkdir(exist_ok=True)
    (folder / "overlay.toml").write_text('base = "https://example.org/out/id/"\n', encoding="utf-8")
    shutil.copy(REGISTRY / "codes.csv", folder)
    clinicaltrials([path], folder, WORLD)
    return folder


def audited(path: Path, folder: Path) -> set[str]:
    return {finding.rule for finding in audit(path, WORLD, SOURCE, [folder]).report.findings}


@pytest.mark.no_cover
@pytest.mark.parametrize(("pointer", "value"), [
    (f"{MEASURE}/0/classes/0/categories/0/measurements/0/groupId", "OG001"),
    (f"{MEASURE}/0/groups/0/title", "Alphacel, twice"), (f"{MEASURE}/1/title", "Worst response"),
    (f"{MEASURE}/1/classes/0/categories/0/title", "Complete response or more"),
    (f"{MEASURE}/2/classes/0/title", "Month 18"), (f"{MEASURE}/0/timeFrame", "Up to 48 months"),
    (f"{EVENTS}/seriousEvents/0/stats/0/groupId", "EG001"), (f"{EVENTS}/seriousEvents/0/term", "Neurotoxicity"),
    (f"{EVENTS}/eventGroups/0/title", "Standard care"), (f"{MEASURE}/3/analyses/0/groupIds/0", "OG001"),
])  # fmt: skip
def test_a_group_or_title_that_is_another_is_found_by_the_audit(
    registry: Graph, changed: Callable[[str, Any], Path], pointer: str, value: str
) -> None:
    assert audited(changed(pointer, value), Path(registry.manifest.overlays[0])) >= {"kept"}


@pytest.mark.no_cover
@pytest.mark.parametrize(("one", "other"), [(">= 3 lines", "< 3 lines"), ("CAR+", "CAR-"), ("反応", "α"), ("A", "A")])
def test_groups_and_outcomes_whose_names_differ_in_signs_only_or_not_at_all_are_kept_apart(
    changed: Callable[[str, Any], Path], tmp_path: Path, one: str, other: str
) -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    measure = record["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"][1]
    measure["denoms"][0]["counts"][1]["value"] = "40"
    for group, title in zip(measure["groups"], (one, other), strict=True):
        group |= {"title": title, "description": ""}
    for category, title in zip(measure["classes"][0]["categories"], (one, other), strict=True):
        category["title"] = title
    path = changed("/resultsSection/outcomeMeasuresModule/outcomeMeasures/1", measure)
    clinicaltrials([path], tmp_path / "out", WORLD)
    rows = table(tmp_path / "out", "observations")
    found = {(rows[f"o-1.0.{k}.{g}"]["cohort"], rows[f"o-1.0.{k}.{g}"]["outcome"]) for k in (0, 1) for g in (0, 1)}
    assert len(found) == (4 if one != other else 2)
    assert audited(path, tmp_path / "out") == set()


# What is changed in the record, and what becomes of a row then.
HELD = [
    (f"{MEASURE}/2/classes/0/denoms", [{"units": "Participants", "counts": [{"groupId": "OG000", "value": "0"}]}],
     "o-2.0.0.0", {"cohort": f"{SOURCE}.g-alphacel"}),
    (f"{MEASURE}/0/classes/0/categories/0/measurements/0/comment", "Only 1 event was reported.", "o-0.0.0.0", {}),
    (f"{MEASURE}/0/classes/0/categories/0/measurements/0/comment", "Median not estimable; upper limit not reached",
     "o-0.0.0.0", {"status": "not-estimable", "lower": "11.2", "confidence": "95"}),
    (f"{MEASURE}/0/classes/0/categories/0/measurements/1/upperLimit", "1.0", "o-0.0.0.1", {"lower": "", "upper": ""}),
    (f"{MEASURE}/1/paramType", "MEAN", "o-1.0.1.0", {"statistic": "mean", "value": "9", "numerator": ""}),
    (f"{MEASURE}/2/paramType", "MEDIAN", "o-2.0.0.0", {"statistic": "median", "value": "75.0", "percent": ""}),
    (f"{MEASURE}/0/analyses/0/pValue", "NS", "p-0.0", {}), (f"{MEASURE}/0/analyses/0/pValue", "p<0.001", "p-0.0", {}),
    (f"{MEASURE}/0/analyses/0/pValue", "<.0001", "p-0.0", {"value": "0.0001"}),
    (f"{MEASURE}/0/analyses/0/paramValue", "1,234", "e-0.0", {}),
    (f"{MEASURE}/0/analyses/0/ciPctValue", None, "e-0.0", {"lower": "", "value": "0.41"}),
    (f"{MEASURE}/3/classes/0/categories/0/measurements/0/value", "1.2E+06", "o-3.0.0.0", {}),
    (f"{MEASURE}/3/classes/0/categories/0/measurements/0/spread", "<0.1", "o-3.0.0.0", {"dispersion": ""}),
    (f"{MEASURE}/3/classes/0/categories/0/measurements/0/value", "0.35", "o-3.0.0.0", {"dispersion": "0.35"}),
    (f"{MEASURE}/3/classes/0/categories/0/measurements/0/spread", "-4", "o-3.0.0.0", {"dispersion": ""}),
    (f"{MEASURE}/0/classes/0/categories/0/measurements/0/lowerLimit", "<0.1", "o-0.0.0.0", {"lower": ""}),
    (f"{MEASURE}/0/classes/0/categories/0/measurements/0/comment", "95% CI not estimable", "o-0.0.0.0", {}),
    (f"{MEASURE}/0/classes/0/categories/0/measurements/1/value", "-5.1", "o-0.0.0.1", {"unit": ""}),
    (f"{MEASURE}/3/dispersionType", "95% CI", "o-3.0.0.0", {"dispersion": ""}),
    (f"{MEASURE}/0/classes/0/categories/0/measurements/0/comment", "Median and upper limit of CI were not reached.",
     "o-0.0.0.0", {"status": "not-reached", "upper_status": "not-reached", "lower": "11.2"}),
    (f"{EVENTS}/seriousEvents/0/stats/0/numAffected", 37, "a-s0.0",
     {"statistic": "count", "numerator": "37", "denominator": ""}),
    (f"{MEASURE}/1/classes/0/categories/0/measurements/0/value", "50", "o-1.0.0.0",
     {"statistic": "count", "numerator": "50", "denominator": ""}),
    (f"{EVENTS}/seriousEvents/0/stats/1/numAtRisk", 0, "a-s0.1", {}),
    (f"{EVENTS}/eventGroups/0/seriousNumAtRisk", None, "a-0-deaths", {"numerator": "11", "denominator": "36"}),
    ("/protocolSection/designModule/enrollmentInfo/count", 0, "a-0-deaths", {}),
    (f"{MEASURE}/0/groups/0/description", "Alphacel\tor \u2028more\ufeff", "o-0.0.0.1", {"value": "5.1"}),
    ("/protocolSection/conditionsModule", None, "a-0-deaths", {"numerator": "11"}),
]  # fmt: skip


@pytest.mark.no_cover
@pytest.mark.parametrize(("pointer", "value", "row", "cells"), HELD)
def test_what_a_record_may_hold_becomes_no_wrong_figure_and_is_accounted_for(
    changed: Callable[[str, Any], Path], tmp_path: Path, pointer: str, value: Any, row: str, cells: dict[str, str]
) -> None:
    path = changed(pointer, value)
    out = imported(path, tmp_path / "out")
    found = table(out, "observations").get(row, {})
    assert {name: found.get(name, "") for name in cells} == cells
    assert audited(path, out) == set()


@pytest.mark.nightly
@pytest.mark.parametrize(("pointer", "value"), [(pointer, value) for pointer, value, _, _ in HELD])
def test_what_a_record_may_hold_conforms(
    changed: Callable[[str, Any], Path], tmp_path: Path, pointer: str, value: Any
) -> None:
    graph = build(WORLD, tmp_path / "graph", overlays=[imported(changed(pointer, value), tmp_path / "out")])
    assert [one for one in validate_graph(graph, WORLD).findings if SOURCE in f"{one.path}{one.message}"] == []


@pytest.mark.parametrize(("pointer", "value"), [
    (f"{MEASURE}/0/classes/0/categories/0/measurements/0/groupId", None), (f"{MEASURE}/0/groups", None),
    (f"{MEASURE}/0/denoms/0/counts/0/groupId", None), (f"{EVENTS}/seriousEvents/0/stats/0/groupId", None),
    ("/protocolSection/armsInterventionsModule/armGroups/0/label", None), (MEASURE, "x"),
    (f"{MEASURE}/0/groups/0/title", 7), ("/resultsSection/baselineCharacteristicsModule/denoms/0", -1),
    ("/protocolSection/conditionsModule/conditions", "Lymphoma"), ("/protocolSection/statusModule", None),
])  # fmt: skip
def test_a_damaged_record_is_imported_or_refused_in_words(
    run: Callable[..., Run], changed: Callable[[str, Any], Path], tmp_path: Path, pointer: str, value: Any
) -> None:
    path = changed(pointer, value)
    done = run("import", "clinicaltrials", "--data", WORLD, "--out", tmp_path / "out", path)
    assert done.code in {0, 2}
    assert "Traceback" not in done.err
    assert (tmp_path / "out").exists() == (done.code == 0)
    if done.code:
        assert str(path) in done.err


def test_a_trial_is_known_by_an_identifier_that_is_the_same(
    changed: Callable[[str, Any], Path], tmp_path: Path
) -> None:
    clinicaltrials([changed("/protocolSection/identificationModule/nctId", "NCT00000009")], tmp_path / "out", WORLD)
    with (tmp_path / "out" / "studies.tsv").open(encoding="utf-8", newline="") as file:
        assert [row["trial"] for row in csv.DictReader(file, delimiter="\t")] == ["omega-zero"]


@pytest.mark.no_cover
def test_the_grades_of_a_harm_are_confirmed_with_its_code(changed: Callable[[str, Any], Path], tmp_path: Path) -> None:
    path = changed(f"{EVENTS}/seriousEvents/0/term", "Cytokine release syndrome grade 3 or higher")
    out = imported(path, tmp_path / "out")
    text = (out / "codes.csv").read_text(encoding="utf-8")
    (out / "codes.csv").write_text(
        re.sub(r"(grade 3 or higher, serious\",?.*,)$", r"\1CRS:3-", text, flags=re.MULTILINE), "utf-8"
    )
    clinicaltrials([path], out, WORLD)
    row = table(out, "observations")["a-s0.0"]
    assert [row["outcome"], row["grade_from"]] == ["CRS", "3"]
    assert audited(path, out) == set()


@pytest.mark.no_cover
def test_a_group_has_the_diseases_that_are_confirmed_for_it(tmp_path: Path) -> None:
    out = imported(RECORD, tmp_path / "out")
    text = (out / "codes.csv").read_text(encoding="utf-8")
    (out / "codes.csv").write_text(text.replace("infusion of alphacel.,all,all", "infusion of alphacel.,all,dlbcl"))
    clinicaltrials([RECORD], out, WORLD)
    rows = table(out, "cohorts")
    both = f"dlbcl|{SOURCE}.sigma-lymphoma"
    assert {rows[name]["diseases"] for name in ("enrolled", "g-standard-care-38")} == {both}
    assert [rows["g-alphacel-40"][name] for name in ("diseases", "diseases_printed")] == ["dlbcl", "DLBCL"]
    assert audited(RECORD, out) == set()


def test_two_records_of_a_folder_share_a_disease_that_is_new_in_both(
    run: Callable[..., Run], changed: Callable[[str, Any], Path], tmp_path: Path
) -> None:
    out, other = imported(RECORD, tmp_path / "out"), "nct99990002"
    command = ("import", "clinicaltrials", "--data", WORLD, "--out", out)
    later = changed("/protocolSection/identificationModule/nctId", other.upper())
    assert run(*command, later).code == 0
    text = (out / "codes.csv").read_text(encoding="utf-8")
    name, asked = f"{SOURCE}.sigma-lymphoma", f"{other},condition,Sigma Lymphoma,,{SOURCE}.sigma-lymphoma,"
    assert asked in text
    (out / "codes.csv").write_text(text.replace(asked, f"{asked}new"), encoding="utf-8")
    assert f"is new in another record too; write {name}" in run(*command, later).err
    (out / "codes.csv").write_text(text.replace(asked, asked + name), encoding="utf-8")
    assert run(*command, later).code == 0
    assert [*table(out, "diseases")] == ["sigma-lymphoma"]
    assert table(out, "cohorts")[f"{other}.enrolled"]["diseases"] == name


def test_a_group_is_proposed_no_product_that_only_its_description_names(
    changed: Callable[[str, Any], Path], tmp_path: Path
) -> None:
    path = changed("/protocolSection/armsInterventionsModule/armGroups/1/description", "Alphacel after progression.")
    clinicaltrials([path], tmp_path / "out", WORLD)
    assert codes(tmp_path / "out")["Standard care"]["proposed"] == ""


def test_codes_are_read_with_semicolons_kept_while_idle_and_never_twice(
    run: Callable[..., Run], changed: Callable[[str, Any], Path], tmp_path: Path
) -> None:
    out = imported(RECORD, tmp_path / "out")
    text = (out / "codes.csv").read_text(encoding="utf-8")
    command = ("import", "clinicaltrials", "--data", WORLD, "--out", out)
    (out / "codes.csv").write_text(
        f"source;kind;printed;detail;proposed;code\n{SOURCE};condition;DLBCL;;;dlbcl\n", "utf-8"
    )
    assert run(*command, RECORD).code == 0
    assert codes(out)["DLBCL"]["code"] == "dlbcl"
    (out / "codes.csv").write_text(text, encoding="utf-8")
    done = run(*command, changed(f"{MEASURE}/0/title", "PFS by review"))
    assert "'Progression-free survival' has a code in codes.csv" in done.err
    assert codes(out)["Progression-free survival"]["code"] == "PFS"
    (out / "codes.csv").write_text(text + f"{SOURCE},condition,DLBCL,,,fl\n", encoding="utf-8")
    done = run(*command, RECORD)
    assert done.code == 1
    assert "'DLBCL' has another code in line 2; keep one" in done.err


@pytest.mark.no_cover
def test_importing_again_says_what_is_other_in_the_record(
    run: Callable[..., Run], changed: Callable[[str, Any], Path], tmp_path: Path
) -> None:
    command = ("import", "clinicaltrials", "--data", WORLD, "--out", tmp_path / "out")
    assert run(*command, RECORD).code == 0
    assert "->" not in run(*command, RECORD).out
    later = changed("/resultsSection/adverseEventsModule/eventGroups/0/deathsNumAffected", 12)
    assert "observations nct99990001.a-0-deaths: numerator: 11 -> 12" in run(*command, later).out


@pytest.mark.no_cover
def test_rows_of_another_source_in_the_folder_stay(changed: Callable[[str, Any], Path], tmp_path: Path) -> None:
    other = changed("/protocolSection/identificationModule/nctId", "NCT99990002")
    clinicaltrials([RECORD], tmp_path / "out", WORLD)
    clinicaltrials([other], tmp_path / "out", WORLD)
    assert {*table(tmp_path / "out", "sources")} == {SOURCE, "nct99990002"}
    assert {row["source"] for row in codes_of_all(tmp_path / "out")} == {SOURCE, "nct99990002"}


def codes_of_all(folder: Path) -> list[dict[str, str]]:
    with (folder / "codes.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_code_that_is_none_is_named_with_its_line_and_nothing_is_written(
    run: Callable[..., Run], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(REGISTRY, out, ignore=shutil.ignore_patterns("*.json"))
    (out / "overlay.toml").write_text('base = "https://example.org/out/id/"\n', encoding="utf-8")
    text = (out / "codes.csv").read_text(encoding="utf-8")
    (out / "codes.csv").write_text(text.replace(",PFS,PFS", ",PFS,PSF").replace(",regimen", ",regime"), "utf-8")
    done = run("import", "clinicaltrials", "--data", WORLD, "--out", out, RECORD)
    lines = [number for number, line in enumerate(text.splitlines(), 1) if ",group,Standard" in line or ",PFS" in line]
    assert done.code == 1
    assert [int(found) for found in re.findall(r"codes\.csv:(\d+): code:", done.err)] == lines[:2]
    assert "write PFS" in done.err
    assert "write regimen" in done.err
    assert not (out / "sources.tsv").exists()


@pytest.mark.parametrize(("text", "said"), [
    ("{", "line 1, column 2"), ("[]", "is not one record"), ("{}", "has no /protocolSection"),
    ('{"protocolSection": {"identificationModule": {"nctId": "41"}}}', "'41' is no registry number"),
    ('{"protocolSection": {"identificationModule": {"nctId": "NCT99990001"}}}', "of another kind than the registry's"),
    ("[" * 100_000, "nested too deeply"),
])  # fmt: skip
def test_what_is_no_record_is_refused_in_words(run: Callable[..., Run], tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    done = run("import", "clinicaltrials", "--data", WORLD, "--out", tmp_path / "out", path)
    assert done.code == 2
    assert said in done.err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_overlay_is_left_alone(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("mine", encoding="utf-8")
    done = run("import", "clinicaltrials", "--data", WORLD, "--out", tmp_path / "out", RECORD)
    assert done.code == 2
    assert "name an overlay or a new folder" in done.err


def test_another_edition_of_the_record_is_no_copy_of_it(
    changed: Callable[[str, Any], Path], registry: Graph, run: Callable[..., Run]
) -> None:
    cut = changed("/resultsSection/adverseEventsModule", None)
    done = run("audit", "--data", WORLD, "--with", registry.manifest.overlays[0], "--source", SOURCE, cut)
    assert done.code == 2
    assert "has no /resultsSection/adverseEventsModule" in done.err
