"""Timeline: reports by year and product, with what each product is approved for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..errors import UsageError
from ..queries.asking import ask
from ..rdf.store import Graph
from ..rdf.vocabulary import grouped
from .looks import ABSENT, NOT_STATED, PLAIN, Line, Style, asked, number, only, origin, styles
from .sheet import Axis, Column, Mark, Picture, Row

_COLUMNS = (Column("Product", 190), Column("Reports and patients treated", 220), Column("Approved for", 190))
_SPREAD = 0.22
_OPEN = replace(PLAIN, filled=False)


def timeline(graph: Graph, values: Mapping[str, object]) -> Picture:
    """Each product's reports in the years they appeared, grouped by target."""
    found = sorted(
        ask(graph, "find-studies", values), key=lambda row: (number(row["year"]) or float("inf"), f"{row['study']}")
    )
    years = [int(value) for row in found if (value := number(row["year"])) is not None]
    if not years:
        raise UsageError("no report with a year to draw; `cartkg query find-studies` shows what there is")
    approved = grouped((str(row["product"]), _use(row)) for row in ask(graph, "indications"))
    targets = grouped((str(row["target"]), row) for row in found)
    looks = styles(sorted(targets, key=lambda name: (name == NOT_STATED, name.casefold())))
    largest = max((number(row["treated"]) or 0 for row in found), default=0) or 1
    rows: list[Row] = []
    for target, look in looks.items():
        rows.append(Row(heading=target, style=look))
        products = grouped((str(row["product"]), row) for row in targets[target])
        for product, reports in sorted(products.items(), key=lambda item: item[0].casefold()):
            cells = product, "\n".join(map(_report, reports)), "\n".join(approved.get(product, [ABSENT]))
            rows.append(Row(cells, _marks(reports, look, largest)))
    low, high = min(years), max(years)
    notes = ["The graph holds no dates of approval: years are those of reports, and approvals are listed without one."]
    if len(years) < len(found):
        notes.append("A report without a stated year is listed and has no mark.")
    shown = {str(row["product"]) for row in found}
    unseen = sorted(set(approved) - shown)
    if unseen and not values:
        notes.append(f"Approved, without a report in the graph: {', '.join(unseen)}.")
    return Picture(
        "Reports by year, product and target",
        f"{len({row['study_iri'] for row in found})} reports of {len(shown)} products; "
        f"{len(shown & set(approved))} of them with approvals.{only(values)}",
        (*notes, origin(graph, asked("find-studies", values), "indications")),
        _COLUMNS,
        1,
        Axis("Year of report", low - 0.5, high + 0.5, tuple((year, str(year)) for year in range(low, high + 1)), 300),
        tuple(rows),
        (
            (Mark("point", 0, 0, PLAIN, 1.0), "a report; the mark is that of the target, larger for a larger n"),
            (Mark("point", 0, 0, _OPEN, 0.3), "number of patients not stated"),
        ),
    )


def _use(row: Line) -> str:
    """An approved use as `disease, age group (authority)`."""
    age = f", {row['age_group']}" if row["age_group"] else ""
    return f"{row['disease']}{age} ({str(row['authority']).upper()})"


def _report(row: Line) -> str:
    patients = "n not stated" if row["treated"] is None else f"n = {row['treated']}"
    year = "" if row["year"] is not None else ", year not stated"
    return f"{row['study']}{year}, {patients}"


def _marks(reports: Sequence[Line], look: Style, largest: float) -> tuple[Mark, ...]:
    """A mark per report; those of one year stand side by side."""
    marks: list[Mark] = []
    for year, rows in grouped((number(row["year"]), row) for row in reports).items():
        for index, row in enumerate(rows if year is not None else ()):
            x = (year or 0) + (index - (len(rows) - 1) / 2) * min(_SPREAD, 0.8 / len(rows))
            treated = number(row["treated"])
            style = look if treated else replace(look, filled=False)
            marks.append(Mark("point", x, x, style, (treated or 0) / largest, node=str(row["study_iri"])))
    return tuple(marks)
