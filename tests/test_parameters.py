"""Values for parameters become typed terms; none can change a query, and a wrong one is told what to write instead."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartkg.errors import UsageError
from cartkg.queries.binding import bind as bound
from cartkg.queries.names import folded
from cartkg.queries.parameters import known_values
from cartkg.queries.stored import KINDS, StoredQuery, stored_query
from cartkg.rdf.tokens import tokens, values_rows

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

VALUES = {
    "iri": ("values: products", "UNDEF"),
    "enum": ("values: 'ck:Outcome'", "UNDEF"),
    "integer": ("default: 1", "1"),
    "decimal": ("default: 1.5", "1.5"),
    "text": ("default: x", '"x"'),
}
GOOD = {"iri": "axi-cel", "enum": "CRR", "integer": "12", "decimal": "0.5", "text": "any text"}
OTHER = {"iri": "ide-cel", "enum": "ORR", "integer": "13", "decimal": "0.25", "text": "other text"}
PIECES = (
    '"', "'", '"""', "'''", "\\", '\\"', "\\u0022", "\n", "\r\n", "\t", "\x00", "\u2028", "}", "{", "} }", ">", "<",
    "#", "?x", "$x", ";", ".", "*", "^^", "@en", "_:b", "ck:", "ck:Cohort", "<http://a/>", "UNDEF", "1", "-1", "1e9",
    "()", "é", "𝒳", "\ud800",
)  # fmt: skip
ATTACKS = (
    "}} UNION {{ ?s ?p ?o }} #{0}", '" }} ?s ?p ?o . VALUES ?y {{ "{0}', "> }} SERVICE <http://127.0.0.1:9/> {{{0}",
    "{0}", "any{0}", "CRR{0}", "{0}12", "12{0}", "alphacel{0}", "https://w3id.org/cartkg/id/products/{0}",
    '"{0}"', "<{0}>",
)  # fmt: skip
HOSTILE = [attack.format(piece) for attack in ATTACKS for piece in PIECES]


def bind(source: Graph, asked: StoredQuery, values: dict[str, object]) -> str:
    """The text of a query with values in it."""
    return bound(source, asked, values).text


def query(kind: str, *, many: bool = False) -> StoredQuery:
    """A query with one parameter of this kind, between other strings, comments and rows."""
    declared, default = VALUES[kind]
    header = f"#+ params:\n#+   - {{name: x, type: {kind}, {declared}, label: value, list: {str(many).lower()}}}\n"
    body = (
        f'# VALUES ?x {{ 0 }}\nSELECT ?x ("VALUES ?x {{ 0 }}" AS ?y) {{ VALUES ?x {{ {default} }} FILTER(BOUND(?x)) }}'
    )
    return StoredQuery(Path("q.rq"), header + body)


def rows_of(table: str) -> StoredQuery:
    """A query with one parameter for a row of this table."""
    header = f"#+ params:\n#+   - {{name: x, type: iri, values: {table}, label: x}}\n"
    return StoredQuery(Path("q.rq"), header + "ASK { VALUES ?x { <a:a> } }")


def outside(text: str) -> list[str]:
    """The tokens of a query without those inside the row of its parameter."""
    (row,) = values_rows(text)
    return [token.text for token in tokens(text) if not row.start <= token.start < row.end]


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", KINDS)
def test_no_value_changes_the_structure_of_a_query(world: Graph, kind: str) -> None:
    assert len(set(HOSTILE)) >= 200
    asked = query(kind)
    bound = 0
    for value in HOSTILE:
        try:
            text = bind(world, asked, {"x": value})
        except UsageError:
            continue
        bound += 1
        if kind in {"iri", "enum"} and value.strip().casefold() == "any":
            continue
        assert outside(text) == outside(asked.text), value
        rows = list(ox.Store().query(text))
        assert [row["y"].value for row in rows] == ["VALUES ?x { 0 }"], value
        if kind == "text":
            assert rows[0]["x"] == ox.Literal(value.strip())
    assert bound > 0


@pytest.mark.no_cover
@settings(max_examples=200, deadline=None)
@given(value=st.text(max_size=60).map(lambda text: f"{text}a"))
def test_no_text_at_all_changes_it_and_all_of_it_arrives(graph: Graph, value: str) -> None:
    text = bind(graph, query("text"), {"x": value})
    assert outside(text) == outside(query("text").text)
    assert next(iter(ox.Store().query(text)))["x"] == ox.Literal(value.strip())


@pytest.mark.parametrize("value", ['"', "...", "é", ""])
def test_a_text_without_a_letter_that_is_looked_for_does_not_find_everything(graph: Graph, value: str) -> None:
    with pytest.raises(UsageError, match="holds no letter from a to z and no digit to look for"):
        bind(graph, query("text"), {"x": value})


@pytest.mark.parametrize("kind", KINDS)
def test_several_values_stand_once_each_in_one_row_where_a_list_is_taken(graph: Graph, kind: str) -> None:
    text = bind(graph, query(kind, many=True), {"x": [GOOD[kind], OTHER[kind], f" {GOOD[kind]} "]})
    assert len(list(ox.Store().query(text))) == 2
    with pytest.raises(UsageError, match="x is given twice; it takes one value"):
        bind(graph, query(kind), {"x": [GOOD[kind], GOOD[kind]]})
    with pytest.raises(UsageError, match="x: no value given"):
        bind(graph, query(kind, many=True), {"x": []})


@pytest.mark.parametrize(
    "written",
    ["axicabtagene ciloleucel", "Axi-Cel", "axicab-cel", "axicabtagene-ciloleucel", "products/axicabtagene-ciloleucel",
     "https://w3id.org/cartkg/id/products/axicabtagene-ciloleucel"],
)  # fmt: skip
def test_a_row_may_be_named_by_label_synonym_id_or_iri(graph: Graph, written: str) -> None:
    assert "<https://w3id.org/cartkg/id/products/axicabtagene-ciloleucel>" in bind(graph, query("iri"), {"x": written})


@pytest.mark.parametrize(
    ("table", "written", "row"),
    [
        ("products", "axi cel", "axicabtagene-ciloleucel"),
        ("products", "AXICEL", "axicabtagene-ciloleucel"),
        ("products", "tisa cel", "tisagenlecleucel"),
        ("trials", "ZUMA1", "zuma-1"),
        ("trials", "Zuma 12", "zuma-12"),
        ("diseases", "large B-cell lymphoma", "lbcl"),
        ("diseases", "B-cell acute lymphoblastic leukemia", "b-all"),
    ],
)
def test_case_blanks_marks_and_british_spelling_do_not_matter_in_a_name(
    graph: Graph, table: str, written: str, row: str
) -> None:
    assert f"<https://w3id.org/cartkg/id/{table}/{row}>" in bind(graph, rows_of(table), {"x": written})


@pytest.mark.parametrize("written", ["NCT02348216", "https://www.clinicaltrials.gov/study/NCT02348216"])
def test_a_row_may_be_named_by_its_identifier_elsewhere(graph: Graph, written: str) -> None:
    assert "<https://w3id.org/cartkg/id/trials/zuma-1>" in bind(graph, rows_of("trials"), {"x": written})


@pytest.mark.parametrize(
    ("table", "written", "hint"),
    [
        ("studies", "57", r"did you mean Locke et al. 2019 \(ref. 67, printed 57\)\?$"),
        ("domains", "CD28", "did you mean CD28 co-stimulatory domain or CD28 hinge or CD28 transmembrane"),
        ("products", "BCMA", r"did you mean anti-BCMA CAR T cells \(Li 2021\)\?$"),
        ("products", "CAR T cells", "did you mean .* or one of [0-9]+ more"),
        ("factors", "???", "nothing is called .*; it is one of: .*Extramedullary disease"),
        ("trials", "zzzzzz", "nothing is called 'zzzzzz'; no text of the graph has these words$"),
    ],
)
def test_a_part_that_may_mean_something_else_is_not_taken_but_says_what_holds_it(
    graph: Graph, table: str, written: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=hint):
        bind(graph, rows_of(table), {"x": written})


def test_a_code_may_be_named_by_what_it_stands_for(graph: Graph) -> None:
    for written in ("second malignancy", "Second-malignancy", "SECOND MALIGNANCY"):
        assert '{ "SECOND_MALIGNANCY" }' in bind(graph, query("enum"), {"x": written})
    assert '{ "PFS" }' in bind(graph, query("enum"), {"x": "progression-free survival"})


@pytest.mark.parametrize("written", ["CR", "complete response"])
def test_a_name_that_several_outcomes_hold_is_not_taken_for_one_of_them(graph: Graph, written: str) -> None:
    with pytest.raises(UsageError, match=r"did you mean CRR or .*CR_CRi or MRD_NEG_CR\?"):
        bind(graph, query("enum"), {"x": written})


def test_any_keeps_everything(graph: Graph) -> None:
    for kind in ("iri", "enum"):
        assert bind(graph, query(kind), {"x": "ANY"}) == query(kind).with_values({})
        assert list(values_rows(bind(graph, query(kind), {"x": "any"}))) == []


def test_a_term_of_the_ontology_may_be_named_by_its_curie(graph: Graph) -> None:
    asked = StoredQuery(Path("q.rq"), "#+ params:\n#+   - {name: x, type: iri, label: x}\nASK { VALUES ?x { <a:a> } }")
    assert "<https://w3id.org/cartkg/ontology/Cohort>" in bind(graph, asked, {"x": "ck:Cohort"})


def test_a_code_is_written_as_the_graph_writes_it(graph: Graph) -> None:
    assert '"CR_CRi"' in bind(graph, query("enum"), {"x": "cr_cri"})


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("iri", "axi-cell", "x: nothing is called 'axi-cell'; did you mean axi-cel"),
        ("iri", "car-cel", "x: more than one name holds 'car-cel'"),
        ("iri", "http://a b", "x: nothing is called"),
        ("iri", "ZUMA-1", "x: nothing is called 'ZUMA-1'; that is one of trials, not of products"),
        ("enum", "CRRR", "x: there is no 'CRRR'; did you mean CRR"),
        ("enum", "zzzz", "x: there is no 'zzzz'; it is one of: ALLOHSCT, "),
        ("integer", "1.5", "x: '1.5' is not a whole number"),
        ("integer", "two", "x: 'two' is not a whole number"),
        ("decimal", "inf", "x: 'inf' is not a decimal number"),
        ("text", "\ud800", "is not text"),
    ],
)
def test_a_wrong_value_is_told_what_to_write(graph: Graph, kind: str, value: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        bind(graph, query(kind), {"x": value})


def test_a_slash_tells_names_apart(graph: Graph) -> None:
    with pytest.raises(UsageError, match=r"it is one of: .*I, I/II, .*II, III"):
        bind(graph, stored_query("find-studies"), {"phase": "IV"})
    assert folded("I / II") == folded("i/ii") == folded("I-II") != folded("III")


def test_all_wrong_values_are_named_in_one_run(graph: Graph) -> None:
    with pytest.raises(UsageError) as caught:
        bind(graph, query("integer"), {"x": "one", "y": "1"})
    assert [line.split()[0] for line in str(caught.value).splitlines()] == ["x:", "q"]


def test_a_name_that_two_nodes_share_is_not_guessed(graph: Graph) -> None:
    asked = StoredQuery(Path("q.rq"), "#+ params:\n#+   - {name: x, type: iri, label: x}\nASK { VALUES ?x { <a:a> } }")
    with pytest.raises(UsageError, match=r"may be any of .*constructs/tisagenlecleucel.*products/tisagenlecleucel"):
        bind(graph, asked, {"x": "tisagenlecleucel"})


def test_the_values_of_a_column_are_those_of_the_answer_with_defaults(graph: Graph) -> None:
    text = (
        "#+ params:\n#+   - {name: x, type: enum, values: '?code', label: x}\n"
        'SELECT ?code { VALUES ?code { "b" "a" } '
        'FILTER EXISTS { VALUES ?x { "any" } FILTER(?x = "any" || ?x = ?code) } }'
    )
    asked = StoredQuery(Path("q.rq"), text)
    assert known_values(graph, asked, asked.parameters["x"]) == ["a", "b"]
    with pytest.raises(UsageError, match="it is one of: a, b"):
        bind(graph, asked, {"x": "zz"})


def test_values_may_stand_in_the_header(graph: Graph) -> None:
    text = (
        "#+ params:\n#+   - {name: x, type: enum, values: ['yes', 'no'], default: 'no', label: x}\n"
        "ASK { VALUES ?x { 'no' } }"
    )
    assert '"yes"' in bind(graph, StoredQuery(Path("q.rq"), text), {"x": "YES"})


def test_known_values_of_rows_are_their_names(graph: Graph) -> None:
    asked = query("iri")
    assert {"axi-cel", "axicabtagene ciloleucel"} <= set(known_values(graph, asked, asked.parameters["x"]))


def test_numbers_and_text_have_no_known_values(graph: Graph) -> None:
    for kind in ("integer", "text"):
        asked = query(kind)
        assert known_values(graph, asked, asked.parameters["x"]) == []


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            "#+ params:\n#+   - {name: x, type: number, label: x}\n",
            "x: type is one of iri, enum, integer, decimal, text",
        ),
        ("#+ params:\n#+   - {name: x, kind: iri, label: x}\n", "declares a parameter badly: .*kind"),
        ("#+ params: [x]\n", "declares a parameter badly"),
        ("#+ params: {a: b: c}\n", "its header is not valid YAML"),
    ],
)
def test_a_bad_header_is_a_usage_error(header: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        _ = StoredQuery(Path("q.rq"), header + "ASK {}").parameters


def test_a_query_without_the_parameters_values_row_is_refused() -> None:
    with pytest.raises(UsageError, match="no VALUES row for parameter x"):
        StoredQuery(Path("q.rq"), "SELECT * {}").with_values({"x": [ox.Literal("new")]})
