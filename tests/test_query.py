"""Stored queries answer with typed rows, take typed parameters and explain what is wrong with a call."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.errors import UsageError
from cartkg.queries import formats
from cartkg.queries.answers import Answer
from cartkg.queries.asking import ask
from cartkg.queries.stored import StoredQuery, notice, stored_queries, stored_query
from cartkg.queries.terminal import to_records, to_table
from cartkg.query import query as noted

if TYPE_CHECKING:
    from pathlib import Path

    from cartkg.rdf.store import Graph

CONTRACT = [
    *("observation", "study", "year", "reference", "trial", "product", "construct", "target", "costimulation"),
    *("vector", "disease", "population", "outcome", "statistic", "status", "numerator", "denominator", "percent"),
    *("value", "unit", "value_months", "lower", "upper", "interval", "timepoint", "timepoint_months"),
    *("source_table", "source_row", "source_column"),
]


def table(graph: Graph, **values: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(formats.to_csv(ask(graph, "evidence", values)))))


def test_evidence_has_the_promised_columns_first_and_in_order(graph: Graph) -> None:
    answer = ask(graph, "evidence")
    assert list(answer.variables[: len(CONTRACT)]) == CONTRACT
    assert "source_section" in answer.variables[len(CONTRACT) :]


def test_evidence_has_one_row_per_observation(graph: Graph) -> None:
    rows = table(graph)
    found = graph.query("SELECT (COUNT(*) AS ?n) WHERE { ?o a <https://w3id.org/cartkg/ontology/Observation> }")
    assert isinstance(found, ox.QuerySolutions)
    assert len(rows) == int(next(iter(found))["n"].value)
    assert len({row["observation"] for row in rows}) == len(rows)


def test_a_missing_value_is_shown_as_what_it_is_and_never_as_a_number(graph: Graph) -> None:
    missing = [row for row in table(graph) if row["status"] != "reported"]
    assert {row["status"] for row in missing} == {"not-reported", "not-estimable", "not-reached"}
    assert not any(row[name] for row in missing for name in ("value", "percent", "numerator", "denominator"))


def test_a_column_keeps_the_rows_with_a_cell_where_no_parameter_is_called_so(graph: Graph) -> None:
    found = noted(graph, "approved-products", {"costimulation": "CD137"})
    assert {row["costimulation"] for row in found} == {"4-1BB"}
    assert "rows without costimulation are left out" in found.notes
    named = {"approved": "no", "costimulation": "4-1BB", "product": "CT103A CAR T cells"}
    assert [row["product"] for row in ask(graph, "approved-products", named)] == ["CT103A CAR T cells"]
    with pytest.raises(UsageError, match="has no parameter 'disease'; it has:"):
        ask(graph, "trial-references", {"disease": "FL"})
    with pytest.raises(UsageError, match=r"there is no 'Mars'.* is a column of response-rates"):
        ask(graph, "response-rates", {"study": "Mars"})


def test_a_parameter_narrows_the_answer(graph: Graph) -> None:
    everything, narrowed = table(graph), table(graph, target="BCMA")
    assert narrowed == [row for row in everything if row["target"] == "BCMA"]
    assert 0 < len(narrowed) < len(everything)


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("evidense", {}, "did you mean evidence"),
        ("../etc/passwd", {}, "no stored query"),
        ("evidence", {"tarjet": "BCMA"}, "has no parameter 'tarjet'; it has: .*target"),
        ("response-rates", {"minimum_months": "two years"}, "is not a"),
    ],
)
def test_a_wrong_call_says_what_to_write(graph: Graph, name: str, values: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ask(graph, name, values)


@pytest.mark.parametrize(
    "written", ["EVIDENCE", "evidence.rq", "queries/provenance/evidence.rq", "evidnce", "evidence "]
)
def test_a_question_that_is_not_called_so_is_told_apart_from_the_nearest(graph: Graph, written: str) -> None:
    with pytest.raises(UsageError, match=r"no stored query is called .*; did you mean .*evidence"):
        ask(graph, written)


def test_a_header_that_is_not_yaml_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="header is not valid YAML"):
        _ = StoredQuery(tmp_path / "q.rq", "#+ summary: a: b: c").summary


def test_an_answer_has_plain_values_for_python() -> None:
    assert next(iter(ANSWER)) == {"name": "a|b, c", "number": 7, "rate": 0.5, "yes": True, "nothing": None}


ANSWER = Answer(
    ("name", "number", "rate", "yes", "nothing"),
    (
        (
            ox.Literal("a|b, c"),
            ox.Literal("7", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
            ox.Literal("0.5", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
            ox.Literal(value=True),
            None,
        ),
        (ox.NamedNode("https://w3id.org/cartkg/id/trials/x"), None, None, None, None),
    ),
)


def odd(value: str, kind: str) -> Answer:
    """An answer of one cell with a literal of this type, which it need not be a value of."""
    return Answer(("x",), ((ox.Literal(value, datatype=ox.NamedNode(f"http://www.w3.org/2001/XMLSchema#{kind}")),),))


@pytest.mark.parametrize(
    ("value", "kind"),
    [("abc", "integer"), ("1_0", "integer"), ("1.2.3", "decimal"), ("infinity", "double"), ("maybe", "boolean")],
)
def test_what_is_no_value_of_its_type_stays_as_it_is_written(value: str, kind: str) -> None:
    answer = odd(value, kind)
    assert [row["x"] for row in answer] == [value]
    assert json.loads(formats.to_json(answer)) == [{"x": value}]
    assert value in formats.to_tsv(answer).splitlines()[1].strip('"')
    assert formats.to_tsv(answer).splitlines()[1].startswith('"')


def test_json_has_no_numbers_that_json_does_not_know() -> None:
    assert json.loads(formats.to_json(odd("INF", "double")), parse_constant=pytest.fail) == [{"x": "inf"}]
    assert json.loads(formats.to_jsonl(odd("NaN", "double")), parse_constant=pytest.fail) == {"x": "nan"}


def test_a_cell_neither_breaks_a_row_nor_steers_a_terminal() -> None:
    answer = odd("one\ntwo\x1b[31m\u202ethree", "string")
    for text in (to_table(answer), to_table(answer, 20), to_records(answer), formats.to_markdown(answer)):
        assert not set(text) & set("\x1b\u202e")
    assert formats.to_markdown(answer).splitlines()[2] == "| one two [31m three |"


def test_csv_holds_bare_values() -> None:
    assert formats.to_csv(ANSWER).splitlines()[1:] == [
        '"a|b, c",7,0.5,true,',
        "https://w3id.org/cartkg/id/trials/x,,,,",
    ]


def test_tsv_holds_terms() -> None:
    assert formats.to_tsv(ANSWER).splitlines()[1].split("\t") == [
        '"a|b, c"', "7", '"0.5"^^<http://www.w3.org/2001/XMLSchema#decimal>', "true", "",
    ]  # fmt: skip


def test_json_holds_numbers_as_numbers_and_missing_values_as_null() -> None:
    assert json.loads(formats.to_json(ANSWER))[0] == {
        "name": "a|b, c", "number": 7, "rate": 0.5, "yes": True, "nothing": None,
    }  # fmt: skip


def test_markdown_escapes_the_cell_separator() -> None:
    assert "a\\|b, c" in formats.to_markdown(ANSWER)


def test_html_is_a_table() -> None:
    assert formats.to_html(ANSWER).startswith("<table")


def test_every_stored_query_is_a_question_with_a_description_and_typed_parameters() -> None:
    for query in stored_queries().values():
        assert query.summary.endswith("?"), query.name
        assert query.description, query.name
        assert query.header.get("tags"), query.name
        for parameter in query.parameters.values():
            assert parameter.label, query.name
            assert f"VALUES ?{parameter.name}" in query.text, query.name


def test_a_question_answers_by_a_name_that_it_had_before_and_says_what_to_ask(world: Graph) -> None:
    aliases = {old: query for query in stored_queries().values() for old in query.header.get("aliases") or {}}
    assert set(aliases) & set(stored_queries()) == set()
    for old, query in aliases.items():
        assert stored_query(old).name == query.name
        assert ask(world, old).variables == ask(world, query.name).variables
        assert notice(old).startswith(f"{old} is now asked as: {query.name}")
    assert notice("evidence") == ""
