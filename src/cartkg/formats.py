"""Write answers for people and programs: table, Markdown, CSV, TSV and JSON."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Term = ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple
_XSD = "http://www.w3.org/2001/XMLSchema#"
_IRI_BASE = "https://w3id.org/cartkg/"


@dataclass(frozen=True)
class Answer:
    """The rows a query returned; an unbound variable is None."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, str | int | float | bool | None]]:
        for row in self.rows:
            yield dict(zip(self.variables, map(to_python, row), strict=True))

    def __str__(self) -> str:
        return to_table(self)

    def _repr_html_(self) -> str:
        return str(_pretty(self, short).get_html_string(format=True))


def to_python(term: Term | None) -> str | int | float | bool | None:
    """A term as a plain value: number, truth value, or string."""
    if not isinstance(term, ox.Literal):
        return None if term is None else plain(term)
    kind = term.datatype.value.removeprefix(_XSD)
    if kind == "integer":
        return int(term.value)
    if kind in {"decimal", "double", "float"}:
        return float(term.value)
    return term.value == "true" if kind == "boolean" else term.value


def plain(term: Term | None) -> str:
    """A term as SPARQL's CSV format writes it: its bare value."""
    if term is None:
        return ""
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def short(term: Term | None) -> str:
    """A term for people: own IRIs without their base."""
    return plain(term).removeprefix(_IRI_BASE)


def to_table(answer: Answer, width: int | None = None) -> str:
    """A table for a terminal, no wider than `width` characters; columns without values are left out."""
    from prettytable import TableStyle

    used = [
        index for index in range(len(answer.variables)) if not answer.rows or any(row[index] for row in answer.rows)
    ]
    shown = Answer(
        tuple(answer.variables[index] for index in used),
        tuple(tuple(row[index] for index in used) for row in answer.rows),
    )
    table = _pretty(shown, short)
    table.set_style(TableStyle.SINGLE_BORDER)
    if width:
        table.max_table_width = width
    count = f"{len(answer)} row{'' if len(answer) == 1 else 's'}"
    hidden = len(answer.variables) - len(used)
    empty = f", {hidden} empty column{'' if hidden == 1 else 's'} not shown" if hidden else ""
    return f"{table.get_string()}\n{count}{empty}\n"


def to_markdown(answer: Answer) -> str:
    """A Markdown table."""
    from prettytable import TableStyle

    table = _pretty(answer, lambda term: short(term).replace("|", "\\|"))
    table.set_style(TableStyle.MARKDOWN)
    return f"{table.get_string()}\n"


def _pretty(answer: Answer, show: Callable[[Term | None], str]):  # type: ignore[no-untyped-def]  # noqa: ANN202
    from prettytable import PrettyTable

    table = PrettyTable(list(answer.variables), align="l")
    table.add_rows([[show(term) for term in row] for row in answer.rows])
    return table


def to_csv(answer: Answer) -> str:
    """Comma-separated values as SPARQL 1.1 defines them, but with plain line ends."""
    import csv

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(answer.variables)
    writer.writerows([plain(term) for term in row] for row in answer.rows)
    return out.getvalue()


def to_tsv(answer: Answer) -> str:
    """Tab-separated values as SPARQL 1.1 defines them: terms in Turtle syntax."""
    lines = ["\t".join(f"?{name}" for name in answer.variables)]
    lines.extend("\t".join("" if term is None else _turtle(term) for term in row) for row in answer.rows)
    return "\n".join(lines) + "\n"


def _turtle(term: Term) -> str:
    if isinstance(term, ox.Literal) and term.datatype.value in {_XSD + "integer", _XSD + "boolean"}:
        return term.value
    return str(term).replace("\t", "\\t")


def to_json(answer: Answer) -> str:
    """An array of objects with numbers as numbers and missing values as null."""
    return json.dumps(list(answer), ensure_ascii=False, indent=1) + "\n"


WRITERS: dict[str, Callable[[Answer], str]] = {
    "table": to_table,
    "csv": to_csv,
    "tsv": to_tsv,
    "json": to_json,
    "markdown": to_markdown,
}
