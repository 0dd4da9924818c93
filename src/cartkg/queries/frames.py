"""Answers as data frames and as files with typed columns: pandas, polars, Excel and Parquet."""

from __future__ import annotations

import importlib
import io
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..errors import UsageError, needing
from .answers import Answer, Value, plain, to_python

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

_INTEGER, _DECIMAL, _BOOLEAN, _TEXT = "integer", "decimal", "boolean", "text"
_PANDAS = {_INTEGER: "Int64", _DECIMAL: "Float64", _BOOLEAN: "boolean", _TEXT: "string"}
_TYPES = {int: _INTEGER, float: _DECIMAL, bool: _BOOLEAN, str: _TEXT}
_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)


def kinds(answer: Answer, usual: Answer | None = None) -> dict[str, str]:
    """The kind of each column: integer, decimal, boolean or text.

    A column without a value takes the kind it has in the usual answer of the same question, so that a narrower
    answer has the same types.
    """
    found = {name: _kind(cells) for name, cells in _cells(answer).items()}
    known = kinds(usual) if usual else {}
    return {name: kind or known.get(name) or _TEXT for name, kind in found.items()}


def _cells(answer: Answer) -> dict[str, tuple[Any, ...]]:
    columns = zip(*answer.rows, strict=True) if answer.rows else [()] * len(answer.variables)
    return dict(zip(answer.variables, columns, strict=True))


def _kind(column: tuple[Any, ...]) -> str:
    types = {_type(to_python(term)) for term in column if term is not None}
    if types == {_INTEGER, _DECIMAL}:
        return _DECIMAL
    return _TEXT if len(types) > 1 else next(iter(types), "")


def _type(value: Value) -> str:
    """The kind of one value; a whole number that no column of 64 bits holds is text."""
    huge = isinstance(value, int) and not -(2**63) <= value < 2**63
    return _TEXT if huge else _TYPES[type(value)]


def to_pandas(answer: Answer, codes: Mapping[str, list[str]], usual: Answer | None = None) -> pd.DataFrame:
    """A pandas frame: Int64, Float64, boolean and string, all nullable; a category where a column holds codes."""
    pandas = library("pandas")
    coded = _coded(answer, codes) & _coded(usual or answer, codes)
    frame: pd.DataFrame = pandas.DataFrame({
        name: pandas.array(values, dtype=pandas.CategoricalDtype(codes[name]) if name in coded else _PANDAS[kind])
        for name, kind, values in _columns(answer, usual)
    })  # fmt: skip
    return frame


def to_polars(answer: Answer, codes: Mapping[str, list[str]], usual: Answer | None = None) -> pl.DataFrame:
    """A polars frame: Int64, Float64, Boolean and String; an Enum where a column holds codes."""
    polars = library("polars")
    types = {_INTEGER: polars.Int64, _DECIMAL: polars.Float64, _BOOLEAN: polars.Boolean, _TEXT: polars.String}
    coded = _coded(answer, codes) & _coded(usual or answer, codes)
    frame: pl.DataFrame = polars.DataFrame([
        polars.Series(name, values, dtype=polars.Enum(codes[name]) if name in coded else types[kind])
        for name, kind, values in _columns(answer, usual)
    ])  # fmt: skip
    return frame


def to_parquet(answer: Answer, usual: Answer | None = None) -> bytes:
    """An Apache Parquet file; the same answer gives the same bytes."""
    out = io.BytesIO()
    to_polars(answer, {}, usual).write_parquet(out)
    return out.getvalue()


def to_xlsx(answer: Answer, usual: Answer | None = None) -> bytes:
    """An Excel workbook of one sheet; the same answer gives the same bytes."""
    columns = [values for _, _, values in _columns(answer, usual)]
    return workbook({"answer": [answer.variables, *zip(*columns, strict=True)]})


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """An Excel workbook, the first row of a sheet being its head: numbers as numbers and nothing as a formula."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = library("xlsxwriter").Workbook(out, options)
    book.set_properties({"created": _EPOCH})
    bold = book.add_format({"bold": True})
    for name, (head, *rows) in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, head, bold)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                finite = value if not isinstance(value, float) or math.isfinite(value) else str(value)
                if value is not None and sheet.write(number, column, finite) < 0:
                    raise UsageError("Excel holds 1,048,576 rows and 32,767 characters in a cell; write csv or parquet")
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    book.close()
    return out.getvalue()


def _columns(answer: Answer, usual: Answer | None) -> list[tuple[str, str, list[Any]]]:
    types = kinds(answer, usual)
    return [
        (name, types[name], [_value(term, types[name]) for term in cells]) for name, cells in _cells(answer).items()
    ]


def _value(term: Any, kind: str) -> Any:
    value = to_python(term)
    if value is None:
        return None
    if kind == _DECIMAL:
        return float(value)
    return str(getattr(term, "value", term)) if kind == _TEXT else value


def _coded(answer: Answer, codes: Mapping[str, list[str]]) -> set[str]:
    """The columns that hold nothing but codes of the property they are named after."""
    return {
        name
        for name, cells in _cells(answer).items()
        if name in codes and {plain(term) for term in cells if term is not None} <= set(codes[name])
    }


def library(name: str, extra: str = "frames") -> Any:
    """A module that comes with an extra; ExternalError says what to install."""
    with needing(extra):
        return importlib.import_module(name)
