"""Timeline: reports by year and product, with what each product is approved for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..queries.asking import ask
from .picture import ABSENT, NOT_STATED, PLAIN, Axis, Column, Mark, Picture, Row, asked, number, only, origin, styles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..queries.answers import Value
    from ..rdf.store import Graph
    from .picture import Style

_COLUMNS = (Column("Product", 190), Column("Reports and patients treated", 220), Column("Approved for", 190))
_SPREAD = 0.22


def timeline(graph: Graph, values: Mapping[str, object]) -> Picture:
    """Each product's reports in the years they appeared, grouped by target."""
    found = sorted(ask(graph, "find-studies", values), key=_year_and_name)
    if not any(row["year"] is not None for row in found):
        raise UsageError("no report with a year to draw; `cartkg query find-studies` shows what there is")
    approved = _approved(graph)
    products: dict[str, dict[str, list[Mapping[str, Value]]]] = {}
    for row in found:
        products.setdefault(str(row["target"]), {}).setdefault(str(row["product"]), []).append(row)
    looks = styles(sorted(products, key=lambda name: (name == NOT_STATED, name.casefold())))
    years = sorted({int(value) for row in found if (value := number(row["year"])) is not None})
    largest = max((number(row["treated"]) or 0 for row in found), default=0) or 1
    rows: list[Row] = []
    for target, look in looks.items():
        rows.append(Row(heading=target, style=look))
        for product in sorted(products[target], key=str.casefold):
            reports = products[target][product]
            marks = _marks(reports, look, largest)
            rows.append(
                Row((product, "\n".join(map(_report, reports)), "\n".join(approved.get(product, [ABSENT]))), marks)
            )
    low, high = years[0] - 0.5, years[-1] + 0.5
    undated = any(row["year"] is None for row in found)
    notes = ["The graph holds no dates of approval: years are those of reports, and approvals are listed without one."]
    if undated:
        notes.append("A report without a stated year is listed and has no mark.")
    shown = {product for group in products.values() for product in group}
    unseen = sorted(set(approved) - shown)
    if unseen and not values:
        notes.append(f"Approved, without a report in the graph: {', '.join(unseen)}.")
    return Picture(
        "Reports by year, product and target",
        f"{len({row['study_iri'] for row in found})} reports of {len(shown)} products; "
        f"{len(shown & set(approved))} of them with approvals.{only(values)}",
        _COLUMNS,
        1,
        Axis(
            "Year of report",
            low,
            high,
            tuple((float(year), str(year)) for year in range(years[0], years[-1] + 1)),
            width=300,
        ),
        tuple(rows),
        (
            (Mark("point", 0, 0, PLAIN, 1.0), "a report; the mark is that of the target, larger for a larger n"),
            (Mark("point", 0, 0, _open(PLAIN), 0.3), "number of patients not stated"),
        ),
        (*notes, origin(graph, f"{asked('find-studies', values)}, indications")),
    )


def _year_and_name(report: Mapping[str, Value]) -> tuple[float, str]:
    return number(report["year"]) or float("inf"), str(report["study"])


def _approved(graph: Graph) -> dict[str, list[str]]:
    """Approved uses by product, as `disease, age group (authority)`."""
    uses: dict[str, list[str]] = {}
    for row in ask(graph, "indications"):
        age = f", {row['age_group']}" if row["age_group"] else ""
        uses.setdefault(str(row["product"]), []).append(f"{row['disease']}{age} ({str(row['authority']).upper()})")
    return uses


def _report(row: Mapping[str, Value]) -> str:
    patients = "n not stated" if row["treated"] is None else f"n = {row['treated']}"
    year = "" if row["year"] is not None else ", year not stated"
    return f"{row['study']}{year}, {patients}"


def _marks(reports: list[Mapping[str, Value]], look: Style, largest: float) -> tuple[Mark, ...]:
    """A mark per report; those of one year stand side by side."""
    by_year: dict[int, list[Mapping[str, Value]]] = {}
    for row in reports:
        year = number(row["year"])
        if year is not None:
            by_year.setdefault(int(year), []).append(row)
    marks: list[Mark] = []
    for year, rows in by_year.items():
        for index, row in enumerate(rows):
            x = year + (index - (len(rows) - 1) / 2) * min(_SPREAD, 0.8 / len(rows))
            treated = number(row["treated"])
            marks.append(Mark("point", x, x, look if treated else _open(look), (treated or 0) / largest))
    return tuple(marks)


def _open(look: Style) -> Style:
    return replace(look, filled=False)
