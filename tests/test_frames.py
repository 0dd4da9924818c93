"""Answers become data frames and files whose columns have the types of their values."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import polars as pl
import pyoxigraph as ox
import pytest

from cartkg.errors import ExternalError, UsageError
from cartkg.queries.answers import Answer
from cartkg.queries.frames import kinds, to_pandas, to_parquet, to_polars, to_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Run

XSD = "http://www.w3.org/2001/XMLSchema#"
CODES = {"status": ["not-reached", "reported"], "name": ["a"]}


def typed(value: str, kind: str) -> ox.Literal:
    return ox.Literal(value, datatype=ox.NamedNode(XSD + kind))


ANSWER = Answer(
    ("name", "count", "rate", "mixed", "sure", "status", "node", "nothing"),
    (
        (ox.Literal("=SUM(A1)"), typed("7", "integer"), typed("0.5", "decimal"), typed("1", "integer"),
         ox.Literal(value=True), ox.Literal("reported"), ox.NamedNode("http://a/b"), None),
        (None, None, None, typed("1.5", "double"), None, ox.Literal("not-reached"), None, None),
    ),
)  # fmt: skip
NARROWER = Answer(ANSWER.variables, ())


def test_the_kind_of_a_column_is_that_of_its_values() -> None:
    assert list(kinds(ANSWER).values()) == [
        "text", "integer", "decimal", "decimal", "boolean", "text", "text", "text",
    ]  # fmt: skip


def test_an_empty_column_has_the_kind_it_usually_has() -> None:
    assert kinds(NARROWER, ANSWER) == kinds(ANSWER)
    assert set(kinds(NARROWER).values()) == {"text"}


def test_a_pandas_frame_has_nullable_types_and_categories() -> None:
    frame = to_pandas(ANSWER, CODES)
    assert frame.dtypes.astype(str).tolist() == [
        "string", "Int64", "Float64", "Float64", "boolean", "category", "string", "string",
    ]  # fmt: skip
    assert frame["status"].cat.categories.tolist() == CODES["status"]
    assert frame["count"].isna().tolist() == [False, True]
    assert to_pandas(NARROWER, CODES, ANSWER).dtypes.astype(str).tolist()[1:5] == [
        "Int64", "Float64", "Float64", "boolean",
    ]  # fmt: skip


def test_a_polars_frame_has_types_and_enums() -> None:
    frame = to_polars(ANSWER, CODES)
    assert frame.dtypes == [
        pl.String, pl.Int64, pl.Float64, pl.Float64, pl.Boolean, pl.Enum(CODES["status"]), pl.String, pl.String,
    ]  # fmt: skip
    assert frame["count"].to_list() == [7, None]


def test_a_column_with_other_values_than_the_codes_stays_text() -> None:
    assert str(to_pandas(ANSWER, CODES)["name"].dtype) == "string"


def test_a_parquet_file_keeps_the_types() -> None:
    content = to_parquet(ANSWER)
    assert pl.read_parquet(io.BytesIO(content)).equals(to_polars(ANSWER, {}))
    assert content == to_parquet(ANSWER)


def test_a_workbook_holds_numbers_as_numbers_and_no_formula() -> None:
    content = to_xlsx(ANSWER)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ANSWER.variables
    assert rows[1] == ("=SUM(A1)", 7, 0.5, 1, True, "reported", "http://a/b", None)
    assert sheet["A2"].data_type == "s"
    assert content == to_xlsx(ANSWER)


def test_no_number_is_too_odd_for_a_frame_or_a_file() -> None:
    huge = Answer(("x",), ((ox.Literal("9" * 30, datatype=ox.NamedNode(XSD + "integer")),),))
    assert kinds(huge) == {"x": "text"}
    endless = Answer(("x",), ((ox.Literal("INF", datatype=ox.NamedNode(XSD + "double")),),))
    mistyped = Answer(("x",), ((ox.Literal("abc", datatype=ox.NamedNode(XSD + "integer")),),))
    for answer, text in ((huge, "9" * 30), (mistyped, "abc"), (endless, "inf")):
        assert str(to_pandas(answer, {})["x"][0]) == str(to_polars(answer, {})["x"][0]) == text
        assert str(pl.read_parquet(io.BytesIO(to_parquet(answer)))["x"][0]) == text
        assert openpyxl.load_workbook(io.BytesIO(to_xlsx(answer)))["answer"]["A2"].value == text


def test_what_excel_would_leave_out_is_refused() -> None:
    with pytest.raises(UsageError, match="32,767 characters in a cell; write csv or parquet"):
        to_xlsx(Answer(("x",), ((ox.Literal("x" * 32_768),),)))


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ExternalError, match=r"pandas is not installed; write: pip install 'cartkg\[frames\]'"):
        to_pandas(ANSWER, {})


@pytest.mark.parametrize("style", ["xlsx", "parquet"])
def test_the_command_writes_typed_files(run: Callable[..., Run], tmp_path: Path, style: str) -> None:
    path = tmp_path / f"evidence.{style}"
    assert run("query", "evidence", "--format", style, "--out", path).code == 0
    frame = pd.read_excel(path) if style == "xlsx" else pl.read_parquet(path)
    assert frame["source_table"].sum() > 0
    assert len(frame) > 100
