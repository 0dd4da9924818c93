"""A release answers the criteria that FOOPS!, O'FAIRe and the OBO Foundry publish; what is not checked is never met."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from .test_docs import script

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType
    from typing import Any

pytestmark = pytest.mark.no_cover  # of a release only the making is measured
FAIR: ModuleType = script("fair")
CRITERIA = FAIR.criteria()
NAMES = [f"{one.tool} {one.id}" for one in CRITERIA]


@pytest.fixture(scope="module")
def checked(release: Path) -> Any:
    return FAIR.Release(release)


@pytest.mark.parametrize("criterion", [one for one in CRITERIA if one.check != "-"], ids=lambda c: f"{c.tool}-{c.id}")
def test_a_criterion_is_met_or_the_reason_why_not_still_holds(checked: Any, criterion: Any) -> None:
    met, evidence = checked.outcome(criterion.check)
    assert met is not bool(criterion.reason), f"{criterion.id}: {criterion.asks} {evidence}"


@pytest.mark.parametrize("criterion", [one for one in CRITERIA if one.check == "-"], ids=lambda c: f"{c.tool}-{c.id}")
def test_a_criterion_that_can_not_be_checked_says_why(criterion: Any) -> None:
    assert len(criterion.reason.split()) > 3


def test_each_criterion_is_listed_once_and_all_of_each_are() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert [sum(name.startswith(tool) for name in NAMES) for tool in ("FOOPS!", "O'FAIRe", "OBO")] == [24, 62, 16]


def test_the_page_of_criteria_is_current(release: Path) -> None:
    assert FAIR.PAGE.read_text(encoding="utf-8") == FAIR.page(release), "run: make generate"


@pytest.mark.parametrize(
    ("file", "old", "new", "check"),
    [
        ("ontology.ttl", "owl:versionIRI", "rdfs:seeAlso", "version_iri"),
        ("ontology.ttl", "dcterms:license", "rdfs:seeAlso", "header dcterms:license"),
        ("ontology.ttl", "\trdfs:label ", "\tskos:altLabel ", "labels"),
        ("ontology.ttl", "obo:IAO_0000115", "skos:altLabel", "definitions"),
        ("ontology.ttl", "rdfs:isDefinedBy", "rdfs:seeAlso", "borrowed_described"),
        ("ontology.ttl", "owl:Ontology", "owl:Thing", "persistent_iri"),
        ("ontology.ttl", "\trdfs:label ", "\tskos:altLabel ", "distinct_labels"),
        ("ontology.ttl", "obo:IAO_0100001", "rdfs:seeAlso", "successors"),
        ("dataset.ttl", "dcterms:accessRights", "rdfs:seeAlso", "either 1 dcterms:accessRights"),
        ("dataset.ttl", "dcterms:conformsTo", "rdfs:seeAlso", "conforms_to"),
        ("mappings/data/references.sssom.tsv", "semapv:", "", "curated_mappings"),
        ("mappings.ttl", "Match", "Hint", "aligned"),
    ],
)
def test_a_check_fails_where_what_it_looks_for_is_gone(
    release: Path, tmp_path: Path, file: str, old: str, new: str, check: str
) -> None:
    folder = tmp_path / "release"
    shutil.copytree(release, folder, ignore=shutil.ignore_patterns("cartkg.*", "queries"))
    text = (folder / file).read_text(encoding="utf-8")
    if old == "obo:IAO_0000115" and old not in text:
        old, new = "<http://purl.obolibrary.org/obo/IAO_0000115>", "<http://example.org/other>"
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    assert FAIR.Release(folder).outcome(check)[0] is False
