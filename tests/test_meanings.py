"""People's words: names elsewhere, parts of names, Greek letters, and what a disease takes in or lies under."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cartkg.errors import UsageError
from cartkg.queries.meanings import Meanings
from cartkg.queries.names import UNTOLD, runs
from cartkg.queries.parameters import terms_of
from cartkg.queries.stored import stored_query
from cartkg.query import query

if TYPE_CHECKING:
    from cartkg.query import Result
    from cartkg.rdf.store import Graph


def studies(result: Result) -> set[object]:
    """The studies that an answer names."""
    return {row["study"] for row in result}


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("parameter", "written", "meant"),
    [
        ("product", "Yescarta", "axicabtagene ciloleucel"), ("product", "KTE-C19", "axicabtagene ciloleucel"),
        ("product", "bb2121", "idecabtagene vicleucel"), ("product", "obe-cel", "AUTO1 CAR T cells"),
        ("product", "CD19.28ζ", "CD19.28ζ CAR T cells"), ("product", "CD19.28zeta", "CD19.28ζ CAR T cells"),
        ("target", "TNFRSF17", "BCMA"), ("target", "B-cell maturation antigen", "BCMA"), ("target", "bcma", "BCMA"),
        ("costimulation", "CD137", "4-1BB"), ("costimulation", "TNFRSF9", "4-1BB"), ("costimulation", "41BB", "4-1BB"),
        ("target", "CD19-targeted", "CD19"), ("product", "brexucel", "brexucabtagene autoleucel"),
        ("study", "Chong", "Chong et al. 2021 (ref. 31)"),
        ("study", "Locke 2019", "Locke et al. 2019 (ref. 67, printed 57)"),
        ("trial", "NCT02348216", "ZUMA-1"), ("vector", "lentivirus", "lentiviral"),
    ],
)  # fmt: skip
def test_a_word_of_the_field_is_taken_for_what_it_names(graph: Graph, parameter: str, written: str, meant: str) -> None:
    assert {row[parameter] for row in query(graph, "evidence", {parameter: written})} == {meant}


def test_a_part_of_a_code_is_enough_where_nothing_else_could_be_meant(graph: Graph) -> None:
    assert {row["hinge"] for row in query(graph, "construct-parts", {"hinge": "IgG4"})} == {"IgG4 hinge"}


def test_words_that_several_names_hold_mean_all_of_these_and_a_letter_may_be_wrong(graph: Graph) -> None:
    for values, said in (
        ({"outcome": "survival"}, "outcome: survival is taken for each of EFS, OS, PFS, RFS"),
        ({"disease": "lymphomas"}, "lymphomas is taken for each of NHL and SLL"),
        ({"disease": "folicular lymphoma"}, "folicular lymphoma is taken for FL"),
        ({"disease": "MM patients"}, f"disease: MM patients is taken for MM: {UNTOLD}"),
    ):  # fmt: skip
        assert said in query(graph, "evidence", values).notes


def test_a_name_elsewhere_is_told_and_can_be_switched_off(world: Graph) -> None:
    found = query(world, "evidence", {"product": "Alphabrand"})
    assert found.notes == ("Alphabrand is Alphacel: brand name by Register",)
    assert len(found) == len(query(world, "evidence", {"product": "Alphacel"})) > 0
    with pytest.raises(UsageError, match="nothing is called 'Alphabrand'"):
        query(world, "evidence", {"product": "Alphabrand"}, source_only=True)


def test_a_name_that_a_source_gives_to_another_row_is_told_and_not_merged(world: Graph) -> None:
    found = query(world, "evidence", {"product": "alphacel duo"})
    assert found.notes == (
        "Register also calls Alphacel Alphacel duo, which is not shown: The source names the two apart",
    )


def test_a_disease_takes_in_what_is_filed_under_it_elsewhere_and_says_so(world: Graph) -> None:
    wide, narrow = (query(world, "evidence", {"disease": "MCL"}, source_only=only) for only in (False, True))
    own = {str(row["observation"]) for row in query(world, "evidence", {"disease": "FL"})}
    assert own
    assert {str(row["observation"]) for row in wide} == own | {str(row["observation"]) for row in narrow}
    assert wide.notes == ("MCL takes in FL, filed under it outside the source; --source-only leaves them out",)
    assert narrow.notes == ()


def test_a_disease_says_under_which_wider_one_it_lies(world: Graph) -> None:
    (note,) = query(world, "evidence", {"disease": "FL"}).notes
    assert note == "FL lies under B cell lymphoma or MCL: rows that say no more than that are not taken in"
    note, *_ = query(world, "indications", {"disease": "FL"}).notes
    assert note == "FL lies under B cell lymphoma or MCL: rows that say no more than that are among these"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"product": "Carvykti"}, "products with the same CAR, which are not among these: LCAR-B38M CAR T cells"),
        ({"target": "CD19"}, "target: apart from this stand CD19/CD20 and CD19/CD22; give these too, to take them in"),
        ({"outcome": "CRR"}, "outcome: apart from this stand CR_CRi; give these too, to take them in"),
        ({"costimulation": "4-1BB"}, "lisocabtagene maraleucel; costimulation=not stated shows these"),
        ({"disease": "RRMM"}, "RRMM lies under MM: rows that say no more than that are not taken in"),
        ({"disease": "r/r DLBCL"}, "r/r DLBCL is taken for DLBCL: the rest of what is written is not told apart"),
    ],
)
def test_what_stands_beside_a_value_is_told(graph: Graph, values: dict[str, str], said: str) -> None:
    assert any(note.endswith(said) for note in query(graph, "evidence", values).notes)


@pytest.mark.parametrize(
    ("parameter", "written", "hint"),
    [
        ("outcome", "toxicity", "there is no 'toxicity'"),
        ("construct", "CD28 zeta", "nothing is called 'CD28 zeta'"),
        ("trial", "ZUMA-7", "nothing is called 'ZUMA-7'; no text of the graph has these words"),
        ("study", "Maude", r"the words stand in 17. Maude et al. \(2018\) \(references\)"),
        ("disease", "T-cell ALL", "nothing is called 'T-cell ALL'; did you mean ALL"),
        ("study", "Shuster 2021", "did you mean Schuster et al. 2021"),
        ("product", "Novartis", "makers of products are not held"),
        ("malignancy", "MM", "questions that take malignancy: response-rates"),
    ],
)
def test_a_word_that_would_mean_less_is_not_taken(graph: Graph, parameter: str, written: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        query(graph, "evidence", {parameter: written})


@pytest.mark.parametrize(
    ("parameter", "written", "other", "meant"),
    [
        ("product", "anti-BCMA", "target", "BCMA"),
        ("product", "BCMA CAR T-cell therapy", "target", "BCMA"),
        ("product", "CAR T cells against BCMA", "target", "BCMA"),
        ("study", "ZUMA-1", "trial", "ZUMA-1"),
        ("study", "ELIANA study", "trial", "ELIANA"),
    ],
)
def test_what_another_parameter_is_called_is_taken_for_that_one(
    graph: Graph, parameter: str, written: str, other: str, meant: str
) -> None:
    found = query(graph, "evidence", {parameter: written})
    assert f"{parameter}: {meant} is no {parameter}, and taken for {other}={meant}" in found.notes
    assert found.answer.rows == query(graph, "evidence", {other: meant}).answer.rows
    with pytest.raises(UsageError):
        query(graph, "evidence", {parameter: [written, "Yescarta"]})


@pytest.mark.parametrize(
    ("parameter", "written", "meant"),
    [
        ("target", "CD19/22", "CD19/CD22"),
        ("trial", "ZUMA-1/2", ["ZUMA-1", "ZUMA-2"]),
        ("outcome", "CRs", "CR"),
        ("disease", "B-lineage ALL", "B-ALL"),
        ("disease", "primary refractory DLBCL (4L+)", "DLBCL"),
        ("target", "CD19 CAR-T therapy", "CD19"),
    ],
)
def test_what_people_shorten_is_written_out(graph: Graph, parameter: str, written: str, meant: str | list[str]) -> None:
    found = query(graph, "evidence", {parameter: written})
    assert found.answer.rows == query(graph, "evidence", {parameter: meant}).answer.rows != ()
    assert any("taken for" in note for note in found.notes)


@pytest.mark.parametrize("written", ["lymphoma, large B-cell, diffuse", "B-cell lymphoma, diffuse large"])
def test_the_words_of_a_name_stand_in_any_order(graph: Graph, written: str) -> None:
    found, meant = (query(graph, "evidence", {"disease": one}) for one in (written, "DLBCL"))
    assert found.answer.rows == meant.answer.rows


@pytest.mark.parametrize(
    ("values", "meant"),
    [
        ({"disease": "DLBCL or B-ALL"}, [{"disease": "DLBCL"}, {"disease": "B-ALL"}]),
        ({"product": "Alphacel, Betacel"}, [{"product": "Alphacel"}, {"product": "Betacel"}]),
        ({"disease": "DLBCL/MCL"}, [{"disease": "DLBCL"}, {"disease": "MCL"}]),
        ({"disease": "MCL and DLBCL"}, [{"disease": "DLBCL"}, {"disease": "MCL"}]),
        ({"disease": "relapsed or refractory DLBCL"}, [{"disease": "DLBCL"}]),
    ],
)
def test_several_things_in_one_value_are_each_taken_and_it_is_said(
    world: Graph, values: dict[str, str], meant: list[dict[str, str]]
) -> None:
    found = query(world, "evidence", values)
    rows = [{str(row["observation"]) for row in query(world, "evidence", one)} for one in meant]
    assert {str(row["observation"]) for row in found} == set.union(*rows)
    assert any("taken for" in note or "which it joins" in note for note in found.notes)


def test_of_several_things_in_one_value_the_unknown_one_is_named(world: Graph) -> None:
    with pytest.raises(UsageError, match="nothing is called 'MZL'"):
        query(world, "evidence", {"disease": "FL/MZL"})


@pytest.mark.parametrize(
    ("name", "values", "note"),
    [
        ("evidence", {"outcome": "response"}, "outcome: response is taken for each of CRR, CR_CRi, MRD_NEG"),
        ("evidence", {"outcome": "cytopenias"}, "taken for each of NEUTROPENIA, SEVERE_CYTOPENIA, THROMBOCYTOPENIA"),
        ("evidence", {"status": "NR"}, "status: NR is taken for not-reported"),
        ("find-studies", {"phase": "Phase I-II"}, "phase: Phase I-II is taken for I/II"),
        (
            "find-studies",
            {"phase": "2"},
            "phase: apart from this stand I/II and Ib/II; give these too, to take them in",
        ),
        ("find-studies", {"phase": "3"}, "phase is not stated for Chong et al. 2021"),
        (
            "find-studies",
            {"phase": "3", "setting": "multicentre"},
            "phase is not stated for Wang et al. 2020 (ref. 12);",
        ),
        ("evidence", {"disease": "indolent lymphoma"}, "indolent B cell lymphoma takes in FL and indL"),
        ("evidence", {"target": "CD19 and CD22"}, "target: CD19 and CD22 is taken for CD19/CD22"),
    ],
)
def test_what_a_word_is_taken_for_and_what_is_left_out_is_told(
    graph: Graph, name: str, values: dict[str, str], note: str
) -> None:
    found = query(graph, name, values)
    assert len(found)
    assert any(note in one for one in found.notes), found.notes


def test_words_of_another_parameter_are_given_as_that_parameter_or_told(graph: Graph) -> None:
    found = query(graph, "find-studies", {"disease": "adult B-ALL"})
    assert "disease: adult B-ALL is taken for B-ALL, with age_group=adult" in found.notes
    assert [*found] == [*query(graph, "find-studies", {"disease": "B-ALL", "age_group": "adults"})] != []
    both = query(graph, "find-studies", {"disease": "adult B-ALL", "age_group": "children"})
    assert "age_group=children counts, since it is given by itself" in both.notes
    assert {row["age_group"] for row in both} == {"children"}
    found = query(graph, "evidence", {"disease": "paediatric B-ALL"})
    assert [*found] == [*query(graph, "evidence", {"disease": "B-ALL"})]
    assert any("evidence does not take age_group=paediatric, and shows all" in note for note in found.notes)


def test_groups_of_several_diseases_are_counted_whole_and_it_is_said(graph: Graph) -> None:
    notes = query(graph, "outcomes-by-design", {"disease": "FL"}).notes
    assert "groups of several diseases are counted whole" in notes


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ("ALL", "Laetsch et al. 2023 (ref. 51)"), ("acute lymphocytic leukemia", "Laetsch et al. 2023 (ref. 51)"),
        ("LBCL", "Jacobson et al. 2021 (ref. 32)"), ("aggressive lymphoma", "Abramson et al. 2021 (ref. 37)"),
        ("indolent B cell lymphoma", "Chong et al. 2021 (ref. 31)"), ("NHL", "Wang et al. 2023 (ref. 35)"),
        ("myeloma", "Martin et al. 2023 (ref. 21)"), ("Kahler disease", "Martin et al. 2023 (ref. 21)"),
    ],
)  # fmt: skip
def test_no_common_word_for_a_disease_leaves_its_kinds_out(graph: Graph, written: str, held: str) -> None:
    assert held in studies(query(graph, "evidence", {"disease": written}))


def test_what_a_vocabulary_files_wrongly_or_the_review_keeps_apart_is_not_taken_in(graph: Graph) -> None:
    assert "Siddiqi et al. 2022 (ref. 38)" not in studies(query(graph, "evidence", {"disease": "ALL"}))
    assert "HGBCL" not in " ".join(query(graph, "evidence", {"disease": "DLBCL"}).notes)


def test_approvals_for_a_disease_include_those_for_a_wider_one_unless_only_the_source_counts(graph: Graph) -> None:
    wide = {row["product"] for row in query(graph, "indications", {"disease": "DLBCL"})}
    assert wide == {"axicabtagene ciloleucel", "lisocabtagene maraleucel", "tisagenlecleucel"}
    assert len(query(graph, "indications", {"disease": "DLBCL"}, source_only=True)) == 0


def test_words_of_a_name_are_told_from_words_of_another_but_not_in_a_long_text() -> None:
    assert ("B-ALL", "adult") in runs("adult B-ALL")
    assert not [*runs(" ".join(["CD19"] * 9))]


def test_words_of_other_parameters_are_taken_off_a_value_twice_at_most(world: Graph) -> None:
    meanings = Meanings(world)
    words = ("CD19", "BCMA", "PFS", "CRR", "ORR", "DOR", "Alphacel")
    with pytest.raises(UsageError):
        terms_of(meanings, stored_query("evidence"), "disease", f"{' '.join(words)} foo")
    assert sum(isinstance(key[-1], int) for key in meanings.tried) <= len(words) ** 2  # and not each set of them
