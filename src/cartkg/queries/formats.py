"""Write answers for people and programs: table, Markdown, HTML, CSV, TSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable

import pyoxigraph as ox

from ..errors import UsageError
from ..rdf.vocabulary import BASE, PREFIXES
from .answers import Answer, Term, Value, plain, to_python

_GAP = "  "
_NARROWEST = 8


def short(term: Term | None) -> str:
    """A term for people: own IRIs without their base."""
    return plain(term).removeprefix(BASE)


def line(term: Term | None) -> str:
    """The same on one line: nothing in it breaks a row, steers a terminal or turns the direction of writing."""
    text = short(term)
    return text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)


def to_table(answer: Answer, width: int | None = None) -> str:
    """A table for a terminal, its cells wrapped to fit `width` characters; columns without values are left out."""
    used = [index for index in range(len(answer.variables)) if any(row[index] for row in answer.rows)]
    used = used or list(range(len(answer.variables)))
    header = [answer.variables[index] for index in used]
    cells = [[line(row[index]) for index in used] for row in answer.rows]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    if width:
        widths = _narrowed(widths, width - len(_GAP) * (len(widths) - 1))
    lines = [*_wrapped(header, widths), _GAP.join("─" * size for size in widths)]
    for row in cells:
        lines += _wrapped(row, widths)
    hidden = len(answer.variables) - len(used)
    empty = f", {hidden} empty column{'' if hidden == 1 else 's'} not shown" if hidden else ""
    return "\n".join([*lines, f"{len(answer)} row{'' if len(answer) == 1 else 's'}{empty}", ""])


def _narrowed(widths: list[int], room: int) -> list[int]:
    """Take from the widest column until all fit; no column gets narrower than a short word."""
    narrowed = list(widths)
    while sum(narrowed) > room and max(narrowed) > _NARROWEST:
        narrowed[narrowed.index(max(narrowed))] -= 1
    return narrowed


def _wrapped(row: list[str], widths: list[int]) -> list[str]:
    if all(len(cell) <= size for cell, size in zip(row, widths, strict=True)):
        pieces = [[cell] for cell in row]
    else:
        from textwrap import wrap

        pieces = [wrap(cell, size) or [""] for cell, size in zip(row, widths, strict=True)]
    height = max(map(len, pieces))
    padded = [piece + [""] * (height - len(piece)) for piece in pieces]
    return [
        _GAP.join(cell.ljust(size) for cell, size in zip(line, widths, strict=True)).rstrip()
        for line in zip(*padded, strict=True)
    ]


def to_markdown(answer: Answer) -> str:
    """A Markdown table."""
    return markdown(answer.variables, [[line(term) for term in row] for row in answer.rows])


def markdown(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table of cells that hold one line each."""
    names = list(header)
    lines = [names, *([str(cell).replace("|", "\\|") for cell in row] for row in rows)]
    lines.insert(1, ["---"] * len(names))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def to_html(answer: Answer) -> str:
    """An HTML table."""
    from html import escape

    head = "".join(f"<th>{escape(name)}</th>" for name in answer.variables)
    body = "".join(f"<tr>{''.join(f'<td>{escape(short(term))}</td>' for term in row)}</tr>\n" for row in answer.rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"


def to_csv(answer: Answer) -> str:
    """Comma-separated values as SPARQL 1.1 defines them, but with plain line ends."""
    return comma_separated(answer.variables, ([plain(term) for term in row] for row in answer.rows))


def comma_separated(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """CSV of any rows."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows((header, *rows))
    return out.getvalue()


def to_tsv(answer: Answer) -> str:
    """Tab-separated values as SPARQL 1.1 defines them: terms in Turtle syntax."""
    lines = ["\t".join(f"?{name}" for name in answer.variables)]
    lines.extend("\t".join("" if term is None else _turtle(term) for term in row) for row in answer.rows)
    return "\n".join(lines) + "\n"


def _turtle(term: Term) -> str:
    if isinstance(to_python(term), int):
        return plain(term)
    return str(term).replace("\t", "\\t")


def to_json(answer: Answer) -> str:
    """An array of objects with numbers as numbers and missing values as null."""
    return json.dumps(list(map(_jsonable, answer)), ensure_ascii=False, indent=1) + "\n"


def to_jsonl(answer: Answer) -> str:
    """One JSON object a line, with numbers as numbers and missing values as null."""
    return "".join(json.dumps(_jsonable(row), ensure_ascii=False) + "\n" for row in answer)


def _jsonable(row: dict[str, Value]) -> dict[str, Value]:
    """A row with text for what JSON has no number for."""
    endless = {name for name, value in row.items() if isinstance(value, float) and not math.isfinite(value)}
    return {name: str(value) if name in endless else value for name, value in row.items()}


def to_turtle(answer: Answer) -> str:
    """The triples that a CONSTRUCT or DESCRIBE query gave, as Turtle; UsageError for any other answer."""
    if answer.variables != ("subject", "predicate", "object"):
        raise UsageError("only the triples of CONSTRUCT and DESCRIBE can be written as turtle")
    triples = sorted((ox.Triple(*row) for row in answer.rows), key=str)  # type: ignore[arg-type]
    return bytes(ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b"").decode()


WRITERS: dict[str, Callable[[Answer], str]] = {
    "table": to_table,
    "csv": to_csv,
    "tsv": to_tsv,
    "json": to_json,
    "jsonl": to_jsonl,
    "markdown": to_markdown,
    "html": to_html,
    "turtle": to_turtle,
}
