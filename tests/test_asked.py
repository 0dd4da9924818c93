"""What people write and ask, by the dozen: nothing means less without a word, every empty answer says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cartkg.errors import UsageError
from cartkg.queries.emptiness import reasons
from cartkg.query import query

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

pytestmark = [pytest.mark.nightly, pytest.mark.no_cover]

# Question, parameter, what is written, and what is said of it: a note, a refusal, or nothing where it is meant exactly.
WRITTEN = """
evidence disease | CLL/SLL | takes in CLL and SLL, which it joins
evidence disease | DLBCL/PMBCL | takes in DLBCL and PMBCL, which it joins
evidence disease | DLBCL and PMBCL | taken for DLBCL/PMBCL
evidence disease | indolent lymphoma | takes in FL and indL
evidence disease | indolent B-cell lymphomas | takes in FL and indL
evidence disease | aggressive lymphoma | takes in DLBCL
evidence disease | large B cell lymphoma | takes in DLBCL
evidence disease | NHL | takes in B cell lymphoma
evidence disease | ALL | takes in B-ALL
evidence disease | acute lymphoblastic leukemia | takes in B-ALL
evidence disease | DLBCL, FL | taken for each of DLBCL, FL
evidence disease | B-ALL or ALL | taken for each of B-ALL, ALL
evidence disease | B-ALL/CLL | taken for each of B-ALL, CLL
evidence disease | FL/MZL | nothing is called 'MZL'
evidence disease | leukaemias | taken for each of ALL and CLL
evidence disease | lymphoma | taken for each of NHL and SLL
evidence disease | AML | no text of the graph has these words
evidence disease | R/R MM | the rest of what is written is not told apart
evidence disease | relapsed or refractory DLBCL | taken for DLBCL: the rest of what is written is not told apart
evidence disease | relapsed/refractory CLL/SLL | taken for CLL/SLL: the rest of what is written is not told apart
evidence disease | DLBCL, NOS | taken for DLBCL: the rest of what is written
evidence disease | transformed FL | taken for tFL
evidence disease | B-cell ALL | taken for B-ALL
evidence disease | difuse large B cell lymphoma | taken for DLBCL
evidence disease | double hit lymphoma | no text of the graph has these words
evidence disease | HL | no text of the graph has these words
evidence disease | Hodgkin lymphoma | the words stand in 105. Travis et al. (1993)
evidence disease | relapsed | nothing is called 'relapsed'
evidence disease | multiple myelomas |
evidence disease | follicular lymphoma | lies under B cell lymphoma
evidence disease | Hodgkin | nothing is called 'Hodgkin'
evidence disease | adult B-ALL | taken for B-ALL: evidence does not take age_group=adult, and shows all
find-studies disease | adult B-ALL | taken for B-ALL, with age_group=adult
response-rates disease | adult B-ALL | taken for B-ALL, with age_group=adult
find-studies disease | pediatric ALL | age_group: pediatric is taken for each of children, children-and-young-adults
find-studies disease | childhood ALL | age_group: childhood is taken for each of children, children-and-young-adults
evidence disease | folicular lymphoma | taken for FL
evidence disease | lymphoma, follicular | lies under B cell lymphoma
evidence disease | second-line LBCL | taken for LBCL: the rest of what is written is not told apart
evidence disease | NHLs | takes in B cell lymphoma
evidence disease | T-cell ALL | nothing is called 'T-cell ALL'
evidence product | Novartis | makers of products are not held
evidence product | relmacabtagene autoleucel | nothing is called 'relmacabtagene autoleucel'
evidence study | Shuster 2021 | did you mean Schuster et al. 2021
evidence trial | TRANSCEND | taken for each of TRANSCEND CLL 004 and TRANSCEND NHL 001
evidence trial | nct 02348216 |
evidence outcome | infection rate | taken for infection: the rest
evidence outcome | MRD- | taken for each of MRD_NEG, MRD_NEG_CR
evidence disease | childhood leukemia | taken for leukemia: evidence does not take age_group=childhood
evidence disease | axi-cel DLBCL | taken for DLBCL, with product=axi-cel
evidence disease | B-ALL without CRS | did you mean B-ALL
evidence disease | Ph+ ALL | taken for ALL: the rest of what is written is not told apart
evidence disease | 3L+ FL | taken for FL: the rest
evidence disease | triple-class refractory myeloma | taken for myeloma: the rest
evidence disease | diffuse large B cell lymphoma (DLBCL) | lies under B cell lymphoma
evidence disease | DLBCL (FL) | nothing is called 'DLBCL (FL)'
evidence disease | multiple myeloma (RRMM) | nothing is called 'multiple myeloma (RRMM)'
evidence disease | plasma cell leukemia | the words stand in 61. Li et al. (2021)
evidence study | Li et al 2021 | taken for Li et al. 2021 (ref. 61)
evidence product | Kymriah (tisagenlecleucel) | brand name by NCI
evidence product | fully human BCMA CAR | write target=BCMA
evidence product | bispecific CD19/CD22 CAR | write target=CD19/CD22
evidence target | dual CD19/CD22 | taken for CD19/CD22
evidence outcome | median overall survival | taken for overall survival, with statistic=median
evidence outcome | NRM | taken for NON_RELAPSE_DEATH
evidence outcome | low IgG | did you mean IgG
evidence outcome | grade 3 cytopenia | taken for cytopenia: the rest
evidence outcome | CR in B-ALL | taken for CR, with disease=B-ALL
find-studies design | randomized | design is not stated for
evidence disease | B cell malignancy |
results outcome | overall survival | taken for OS
results outcome | follow-up |
results outcome | second malignancies |
results outcome | MRD negativity | taken for MRD_NEG
construct-parts hinge | CD8 alpha | taken for CD8α hinge
find-references reference_number | 16 | taken for the parameter number
evidence outcome | relapse | apart from this stand RELAPSE_DEATH_OR_THERAPY and RELAPSE_OR_DEATH
evidence outcome | death | apart from this stand NON_RELAPSE_DEATH
evidence outcome | cytopenia | taken for each of NEUTROPENIA, SEVERE_CYTOPENIA, THROMBOCYTOPENIA
evidence outcome | cytopenias | taken for each of NEUTROPENIA, SEVERE_CYTOPENIA, THROMBOCYTOPENIA
evidence outcome | response | taken for each of CRR, CR_CRi, MRD_NEG, MRD_NEG_CR, ORR
evidence outcome | complete response | taken for each of CRR, CR_CRi, MRD_NEG_CR
evidence outcome | CR | taken for each of CRR, CR_CRi, MRD_NEG_CR
evidence outcome | ORR/CR | taken for each of ORR, CR
evidence outcome | PFS and OS | taken for each of PFS, OS
evidence outcome | survival | taken for each of EFS, OS, PFS, RFS
evidence outcome | infections |
evidence outcome | B cell aplasia | taken for B_CELL_DEPLETION
evidence outcome | anemia | the words stand in
evidence product | Yescarta | brand name by NCI
evidence product | axi-cel/tisa-cel | taken for each of axi-cel, tisa-cel
evidence product | CD19 CAR | CD19 is no product, and taken for target=CD19
evidence product | CD19 CAR T-cell therapy | taken for target=CD19
evidence product | anti-BCMA CAR-T | taken for target=BCMA
evidence product | BCMA | taken for target=BCMA
evidence study | ELIANA study | taken for trial=ELIANA
evidence construct | 4-1BB | taken for costimulation=4-1BB
evidence construct | CD28 zeta | nothing is called 'CD28 zeta'
evidence disease | lymphoma, large B-cell, diffuse | DLBCL lies under
evidence disease | leukaemia, chronic lymphocytic, B-cell | is CLL: synonym by Mondo
evidence product | JCAR-017 | JCAR-017 is lisocabtagene maraleucel: code name by UNII
evidence product | CTL-019 | CTL-019 is tisagenlecleucel: code name by UNII
evidence product | Kite | no text of the graph has these words
evidence target | CD22 | taken for CD19/CD22
evidence target | CD19 | apart from this stand CD19/CD20 and CD19/CD22
evidence target | CD19 and CD22 | taken for CD19/CD22
evidence target | CD19xCD22 | taken for CD19/CD22
evidence target | MS4A1 | taken for CD19/CD20
evidence target | CD19/22 | taken for CD19/CD22
evidence trial | ZUMA-1/2 | taken for each of ZUMA-1, ZUMA-2
evidence outcome | CRs | CR is taken for each of CRR, CR_CRi, MRD_NEG_CR
evidence outcome | best overall response | taken for overall response: the rest of what is written
evidence disease | primary refractory DLBCL | taken for DLBCL: the rest of what is written
evidence disease | R/R LBCL after 2 lines | taken for LBCL: the rest of what is written
evidence disease | RRMM (4L+) | taken for RRMM: the rest of what is written
evidence disease | haematological cancers | is haematological malignancies: synonym by Mondo
evidence product | CAR T-cells against BCMA | taken for target=BCMA
evidence target | CD19 CAR-T therapy | taken for CD19
evidence trial | the ZUMA-1 trial | taken for ZUMA-1: the rest of what is written
evidence disease | B-lineage ALL | taken for B-ALL: the rest of what is written
evidence disease | FL grade 1-3A | taken for FL: the rest of what is written
evidence product | Novartis CAR-T | makers of products are not held; no text
evidence target | BCMA, CD19 | apart from this stand CD19/CD20 and CD19/CD22
evidence target | GPRC5D | --with pdq-myeloma lays a source over it
evidence costimulation | CD28 or 4-1BB | costimulation is not stated for
evidence costimulation | OX40 | it is one of: 4-1BB, CD28
evidence vector | retroviral | did you mean gammaretroviral
evidence vector | lentivirus | vector is not stated for
evidence status | NR | status: NR is taken for not-reported
evidence status | missing | taken for each of not-estimable, not-reached, not-reported
evidence statistic | rate | taken for each of proportion, rate-at-time
evidence study | Locke | did you mean Locke et al. 2019
evidence study | Shah 2021 | more than one name holds 'Shah 2021'; did you mean Shah et al. 2021 (ref. 18) or
evidence study | Maude | the words stand in 17. Maude et al. (2018)
evidence study | Schuster 2019 | the words stand in 11. Schuster et al. (2019)
evidence study | ZUMA-1 | taken for trial=ZUMA-1
evidence study | KarMMa | no text of the graph has these words
evidence trial | ZUMA-7 | no text of the graph has these words
evidence trial | NCT03391466 | no text of the graph has these words
evidence trial | zuma1 |
evidence reference | 57 | where 67 is probably meant: reference=67
evidence reference | 999 | no list of references has 999
find-studies phase | III | phase is not stated for
find-studies phase | 3 | phase: 3 is taken for III
find-studies phase | phase 2 | apart from this stand I/II and Ib/II
find-studies phase | Phase I-II | taken for I/II
find-studies phase | 1/2 | taken for I/II
find-studies design | randomized | design is not stated for
find-studies design | RCT | it is one of: case-series
find-studies setting | multi-center | setting is not stated for
find-studies age_group | adult | apart from this stand children-and-adults
find-studies age_group | pediatric | taken for each of children, children-and-young-adults
indications authority | EMA | it is one of: fda
claim-verdicts claim | 91 |
claim-verdicts verdict | contradicted |
response-rates study | Jacoby 2022 | Jacoby 2022 is taken for Jacoby et al. 2022 (ref. 50)
follow-up-with-responses product | Yescarta | Yescarta is taken for axicabtagene ciloleucel
approved-products costimulation | CD28 | rows without costimulation are left out
find-studies study | Shah 2021 | study is a column of find-studies, and filters its rows
"""

# A question with values that finds nothing, and why.
EMPTY = """
compare-products first=axi-cel second=Yescarta | first and second are the same: first=axi-cel
response-rates study=Jacoby disease=FL | without study=Jacoby there are
evidence outcome=OS | no row of this question has outcome=OS
evidence outcome=CRS | cartkg query described-events -p event=cytokine-release-syndrome has 1
evidence outcome=ICANS | cartkg query described-events -p event=icans has 1
evidence outcome=NEUROTOXICITY product=axi-cel | cartkg query described-events -p event=icans has 1
evidence outcome=HOSPITAL | no other question finds it
evidence outcome=MRD_NEG | with outcome=MRD_NEG_CR there is
results outcome=OS | --with pdq-lymphoma lays a source over it
evidence reference=57 | cartkg query find-references -p number=57 has 1
evidence reference=15 | cartkg query find-references -p number=15 has 1
evidence reference=999 | no row of this question has reference=999
rests-on-reference reference=999 | no row of this question has reference_number=999
profile reference=57 | cartkg query claims-by-topic -p reference=57 has
claims-by-topic reference=999 | no row of this question has reference=999
find-references number=999 | no row of this question has number=999
evidence trial=ELARA | cartkg query trial-references -p trial=ELARA has 1
evidence trial=TRANSFORM | cartkg query trial-references -p trial=TRANSFORM has 1
evidence statistic=HR | --with pdq-myeloma lays a source over it
evidence table=4 outcome=PFS | without table=4 there are
evidence target=CD19 product=cilta-cel | without target=CD19 there are 5 rows
evidence target=BCMA disease=FL | without disease=FL there are
evidence disease=MM product=axi-cel outcome=CRR | without product=axi-cel there are 6 rows
evidence target=BCMA disease=FL product=AUTO1 | both target=BCMA and disease=FL
evidence disease=MCL outcome=INFECTION | without outcome=INFECTION there are
evidence minimum_follow_up_months=500 | there are rows up to minimum_follow_up_months=61
evidence disease=MM minimum_follow_up=100 | there are rows up to minimum_follow_up_months=48
evidence product=AUTO1 outcome=PFS | without outcome=PFS there are 4 rows
evidence study=Munshi outcome=ALLOHSCT | without outcome=ALLOHSCT there are 8 rows
find-studies maximum_patients=5 | there are rows from maximum_patients=18
find-studies minimum_patients=100000 | there are rows up to minimum_patients=270
find-studies minimum_months=1000 | there are rows up to minimum_months=61
find-studies setting=single-centre trial=ZUMA-1 | without setting=single-centre there are 2 rows
find-studies phase=III age_group=children | without phase=III there is 1 row
find-studies table=3 target=CD19 | without table=3 there are
find-studies author=Maude | cartkg query find-references -p author=Maude has 2
cell-contents table=1 row=99 | no row of this question has row=99
cell-contents table=2 column=30 | no row of this question has column=30
durations outcome=OS | no row of this question has outcome=OS
durations outcome=PFS minimum_months=200 | there are rows up to minimum_months=60
durations disease=MM reached=yes minimum_months=60 | there are rows up to minimum_months=27
durations interval=CI | no row of this question has interval=CI
pooled-proportions outcome=PFS | cartkg query durations -p outcome=PFS has
pooled-proportions outcome=CRS | cartkg query described-events
response-rates target=BCMA disease=B-ALL | without target=BCMA there are
response-rates minimum_patients=5000 | there are rows up to minimum_patients=270
safety-by-target outcome=OS | no row of this question has outcome=OS
safety-by-target outcome=CRS | cartkg query described-events
results study=Chong outcome=CRR table=3 | without table=3 there is 1 row
results kind=relapse maximum_patients=1 | there are rows from maximum_patients=
indications product=cilta-cel disease=FL | without product=cilta-cel there are 2 rows
indications disease=CLL | cartkg query follow-up-with-responses -p disease=CLL has
approved-products target=CD19/CD22 | cartkg query studies-of-constructs -p target=CD19/CD22 has
lasting-responses minimum_months=500 | there are rows up to minimum_months=61
follow-up-with-responses minimum_months=500 | there are rows up to minimum_months=61
outcomes-of-groups outcome=OS | no row of this question has outcome=OS
summed-counts outcome=PFS | cartkg query durations -p outcome=PFS has
updates-of trial=ELIANA | no later source is laid over the review
profile product=axi-cel kind=trial | without kind=trial there are
factor-matrix malignancy=cll evidence=contradicted | without malignancy=cll there are
trial-references trial=JULIET in_tables=no | without in_tables=no there is 1 row
cell-composition product=axi-cel stated=yes | without stated=yes there is 1 row
claims-by-topic outcome=OS disease=MCL | no row of this question has outcome=OS
external-identifiers identifier=uniprot | with vocabulary=uniprot there are
evidence trial=SCHOLAR-1 | cartkg query profile -p trial=SCHOLAR-1 has 3
find-studies age_group=children target=BCMA | without age_group=children there are
approved-products target=CD20 | cartkg query studies-of-constructs -p target=CD20 has 2
reporting-completeness outcome=OS | no row of this question has outcome=OS
"""


def cases(text: str) -> list[list[str]]:
    """The lines, each in its parts."""
    return [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]


def test_every_common_spelling_is_understood_or_refused_with_a_hint_and_none_means_less_without_a_word(
    graph: Graph,
) -> None:
    wrong = []
    for asked, written, said in cases(WRITTEN):
        name, parameter = asked.split()
        try:
            told = "\n".join(query(graph, name, {parameter: written}).notes)
        except UsageError as error:
            told = f"refused: {error}"
        if said not in told or (not said and "refused" in told):
            wrong.append(f"{asked}={written}: {told}")
    assert len(cases(WRITTEN)) >= 60
    assert wrong == []


def test_every_empty_answer_says_why(graph: Graph) -> None:
    wrong = []
    for asked, said in cases(EMPTY):
        name, *pairs = asked.split()
        values = dict(pair.split("=", 1) for pair in pairs)
        why = reasons(graph, name, values)
        if len(query(graph, name, values)) or not any(said in one for one in why):
            wrong.append(f"{asked}: {why}")
    assert len(cases(EMPTY)) >= 45
    assert wrong == []
