"""Write answers for programs and pages: Markdown, HTML, CSV, TSV, JSON and Turtle."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable

import pyoxigraph as ox

from ..errors import UsageError
from ..rdf.vocabulary import BASE, PREFIXES
from .answers import Answer, Term, Value, is_number, plain, to_python

_FORMULA = frozenset("=+-@\t\r")
_MARKUP = re.compile(r"<(?=[A-Za-z/!?])")


def short(term: Term | None) -> str:
    """A term for people: own IRIs without their base."""
    return plain(term).removeprefix(BASE)


def line(term: Term | None) -> str:
    """The same on one line: nothing in it breaks a row, steers a terminal or turns the direction of writing."""
    text = short(term)
    return text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)


def to_markdown(answer: Answer) -> str:
    """A Markdown table."""
    return markdown(answer.variables, [[line(term) for term in row] for row in answer.rows])


def markdown(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table of cells that hold one line each."""
    names = list(header)
    lines = [names, *([_MARKUP.sub("&lt;", str(cell)).replace("|", "\\|") for cell in row] for row in rows)]
    lines.insert(1, ["---"] * len(names))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def to_html(answer: Answer) -> str:
    """An HTML table."""
    from html import escape

    head = "".join(f"<th>{escape(name)}</th>" for name in answer.variables)
    body = "".join(f"<tr>{''.join(f'<td>{escape(short(term))}</td>' for term in row)}</tr>\n" for row in answer.rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"


def to_csv(answer: Answer, *, exact: bool = False) -> str:
    """Comma-separated values as SPARQL 1.1 defines them, but with plain line ends, and safe unless `exact`."""
    return comma_separated(answer.variables, ([plain(term) for term in row] for row in answer.rows), exact=exact)


def comma_separated(header: Iterable[str], rows: Iterable[Iterable[object]], *, exact: bool = False) -> str:
    """CSV of any rows; unless `exact`, what a spreadsheet would run as a formula has an apostrophe before it."""
    out = io.StringIO()
    cells = rows if exact else (map(_safe, row) for row in rows)
    csv.writer(out, lineterminator="\n").writerows((header, *cells))
    return out.getvalue()


def _safe(cell: object) -> object:
    if isinstance(cell, str) and cell and cell[0] in _FORMULA and not is_number(cell):
        return f"'{cell}"
    return cell


def to_tsv(answer: Answer, *, exact: bool = False) -> str:
    """Tab-separated values as SPARQL 1.1 defines them, terms in Turtle syntax, and safe unless `exact`."""
    lines = ["\t".join(f"?{name}" for name in answer.variables)]
    for row in answer.rows:
        terms = row if exact else map(_safe_term, row)
        lines.append("\t".join("" if term is None else _turtle(term) for term in terms))
    return "\n".join(lines) + "\n"


def _safe_term(term: Term | None) -> Term | None:
    if not isinstance(term, ox.Literal) or (safe := _safe(term.value)) == term.value:
        return term
    return ox.Literal(str(safe), language=term.language) if term.language else ox.Literal(str(safe))


def _turtle(term: Term) -> str:
    if isinstance(to_python(term), int):
        return plain(term)
    return str(term).replace("\t", "\\t")


def to_json(answer: Answer) -> str:
    """An array of objects with numbers as numbers and missing values as null."""
    return json.dumps(json_rows(answer), ensure_ascii=False, indent=1) + "\n"


def to_jsonl(answer: Answer) -> str:
    """One JSON object a line, with numbers as numbers and missing values as null."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in json_rows(answer))


def json_rows(answer: Answer) -> list[dict[str, Value]]:
    """Each row by column, with text for what JSON has no number for."""
    return [{name: _jsonable(value) for name, value in row.items()} for row in answer]


def _jsonable(value: Value) -> Value:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def to_turtle(answer: Answer) -> str:
    """The triples that a CONSTRUCT or DESCRIBE query gave, as Turtle; UsageError for any other answer."""
    if answer.variables != ("subject", "predicate", "object"):
        raise UsageError("only the triples of CONSTRUCT and DESCRIBE can be written as turtle")
    triples = sorted((ox.Triple(*row) for row in answer.rows), key=str)  # type: ignore[arg-type]
    return bytes(ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b"").decode()


WRITERS: dict[str, Callable[[Answer], str]] = {
    "csv": to_csv,
    "tsv": to_tsv,
    "json": to_json,
    "jsonl": to_jsonl,
    "markdown": to_markdown,
    "html": to_html,
    "turtle": to_turtle,
}
EXACT = {"csv": to_csv, "tsv": to_tsv}
