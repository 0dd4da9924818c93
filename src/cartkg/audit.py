"""Audit: re-read a copy of a source and prove that rows are faithful to it and leave nothing printed out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from typing import Any

from .errors import UsageError
from .findings import Finding, Report
from .queries.formats import markdown
from .queries.stored import stored_queries
from .rdf.folders import read_folders
from .rdf.store import Graph
from .rdf.vocabulary import Vocabulary
from .resources import DATA_DIRECTORY
from .source_text.context import Context
from .source_text.coverage import Comparison
from .source_text.document import Document, Heading, read_document
from .source_text.expected import forgotten
from .source_text.labels import Labels
from .source_text.places import Printing
from .source_text.prose import Prose
from .source_text.wording import Wording
from .tables.checker import Checker
from .tables.locators import parse_locator
from .tables.schema import Row

_STYLES = {"table": "table", "box": "box", "figure": "figure", "key-points": "list", "reference-list": "entries",
           "cited-references": "cited", "outside": "outside", "module": "module"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the source: how many figures it prints, and what became of them."""

    part: str
    printed: int
    carried: int
    left_out: int
    missed: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A printed figure that no row carries on purpose, and why."""

    place: str
    printed: str
    reason: str


@dataclass(frozen=True)
class Audit:
    """What an audit compared and found; `changes` counts what was cleaned in the copy before reading it."""

    source: str
    figures: dict[str, int]
    words: dict[str, int]
    sections: tuple[Section, ...]
    left_out: tuple[LeftOut, ...]
    references: int
    cited: int
    changes: dict[str, int]
    report: Report

    @property
    def proofs(self) -> dict[str, tuple[int, int, dict[str, int]]]:
        """How many figures and words of rows were looked for and found where their rows say, and by table."""
        found = Counter(finding.rule for finding in self.report.findings)
        kinds = {"faithful": self.figures, "worded": self.words}
        totals = {rule: sum(by_table.values()) for rule, by_table in kinds.items()}
        return {rule: (totals[rule], totals[rule] - found[rule], by_table) for rule, by_table in kinds.items()}

    @property
    def total(self) -> dict[str, int]:
        """How many figures all parts of the source print, and what became of them."""
        return {name: sum(getattr(section, name) for section in self.sections) for name in Section.__slots__[1:]}

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "source": self.source,
            **{
                rule: {"checked": checked, "found": found, "by_table": by_table}
                for rule, (checked, found, by_table) in self.proofs.items()
            },
            "complete": {
                **self.total,
                "references": self.references,
                "cited": self.cited,
                "by_part": [asdict(section) for section in self.sections],
            },
            "left_out": [asdict(entry) for entry in self.left_out],
            "cleaned": self.changes,
            "findings": [asdict(finding) for finding in self.report.findings],
        }

    def to_markdown(self) -> str:
        """A report for a page: what was compared, what is left out and why, and what is wrong."""
        lines = [f"# Audit of {self.source}", "", str(self).rstrip(), "", "## Printed figures by part", ""]
        lines += [markdown(("part", "printed", "carried", "left out", "missed"), map(astuple, self.sections))]
        lines += ["## Left out", "", markdown(("place", "printed", "reason"), map(astuple, self.left_out))]
        lines += ["## Findings", ""]
        lines += [f"- {finding}" for finding in self.report.findings] or ["None."]
        return "\n".join(lines) + "\n"

    def completeness(self) -> str:
        """Per part, how many figures are printed and what became of them; then what is left out and why."""
        width = max(len(section.part) for section in self.sections)
        lines = [f"{'part':<{width}}  printed  carried  left out  missed"]
        lines += [
            f"{s.part:<{width}}  {s.printed:>7}  {s.carried:>7}  {s.left_out:>8}  {s.missed:>6}" for s in self.sections
        ]
        lines += ["", "left out:", *(f"  {e.place}: {e.printed} ({e.reason})" for e in self.left_out)]
        return "\n".join(lines) + "\n"

    def __str__(self) -> str:
        figures, words = (
            f"{rule}: {found} of {checked} {what} of rows are printed where they say "
            f"({100 * found / checked if checked else 0:.2f}%)"
            for (rule, (checked, found, _)), what in zip(self.proofs.items(), ("figures", "words"), strict=True)
        )
        printed, carried, left_out, _ = self.total.values()
        cleaned = "; ".join(f"{name} ({count})" for name, count in sorted(self.changes.items()))
        return (
            f"{figures}\n{words}\n"
            f"complete: {carried + left_out} of {printed} printed figures are accounted for "
            f"({carried} carried by rows, {left_out} left out with a reason); "
            f"{self.cited} of {self.references} references are cited\n"
            f"cleaned before reading: {cleaned or 'nothing'}\n"
        )


def audit(review: Path, data: Path | None = None, source: str | None = None, overlays: Sequence[Path] = ()) -> Audit:
    """Compare the tables of one source with a copy of its text.

    Raises UsageError when the copy can not be read or is not that source, DataError when the tables are wrong.
    """
    folders = read_folders(data or DATA_DIRECTORY, overlays)
    checker = Checker(folders, Vocabulary.load())
    rows = checker.checked()
    chosen = _chosen(rows, source)
    own = [row for row in rows if row.source == chosen]
    document = read_copy(review, own)
    return compare(document, checker.vocabulary, own, chosen, {(row.table.name, row.id): row for row in rows})


def consistency(graph: Graph) -> Report:
    """What the queries of the topic audit find in a graph, and no discrepancy flags.

    Their rows start with the finding in words; `flagged` holds the ids of the discrepancies that concern it.
    """
    findings, found = [], 0
    for query in stored_queries().values():
        if query.topic == "audit":
            for cells in graph.rows(query.text):
                found += 1
                if not cells["flagged"]:
                    where = ", ".join(cells[name] for name in ("study", "claim", "cell") if cells.get(name))
                    remedy = "correct the row, or flag it in discrepancies.tsv"
                    findings.append(Finding(query.name, cells["finding"], remedy, node=where))
    return Report(str(graph.path), f"{found} things that do not add up among the rows", tuple(findings))


def read_copy(path: Path, rows: list[Row]) -> Document:
    """A copy of the source of these rows, without the entries of a list of which only those cited are curated."""
    document = read_document(path, headings(rows))
    lists = tuple(f"{row.id.removeprefix(f'{row.source}.')}/" for row in rows if row["kind"] == "cited-references")
    known = {int(row["number"]) for row in rows if row.table.name == "references"}
    places = {
        name: place for name, place in document.places.items() if not name.startswith(lists) or place.ordinal in known
    }
    return replace(document, places=places) if lists else document


def headings(rows: Iterable[Row]) -> list[Heading]:
    """How a copy announces the parts of its source, in the order of the source."""
    parts = sorted((row for row in rows if row.table.name == "parts"), key=lambda part: int(part["position"]))
    return [
        Heading(
            part.id.removeprefix(f"{part.source}."),
            part["heading"],
            _STYLES.get(part["kind"], "text"),
            int(part["heading_number"] or 0),
        )
        for part in parts
        if part["heading"]
    ]


def compare(
    document: Document, vocabulary: Vocabulary, rows: list[Row], source: str, known: dict[tuple[str, str], Row]
) -> Audit:
    """Compare the rows of a source with a copy that is already taken apart; `known` holds every row."""
    wording = Wording(document, vocabulary, known)
    context, prose, labels = Context(document, vocabulary, known), Prose(wording, known), Labels(vocabulary, known)
    comparison = Comparison(document, context, wording, prose, labels, known)
    for row in rows:
        comparison.add(row)
    printings = list(comparison.printings())
    uncited = _uncited(rows)
    findings = [
        *_structure(document, rows),
        *comparison.findings,
        *prose.findings(document.places),
        *comparison.misread_times(),
        *(_missed(document.path, printing) for printing in printings if printing.fate == "missed"),
        *forgotten(comparison.cited, comparison.figures),
        *_idle(printings),
        *uncited,
    ]
    fates: dict[str, Counter[str]] = defaultdict(Counter)
    for printing in printings:
        fates[parse_locator(printing.place.locator).part][printing.fate] += 1
    sections = tuple(
        Section(part, found.total(), found["carried"], found["left out"], found["missed"])
        for part, found in fates.items()
    )
    left_out = tuple(
        LeftOut(printing.place.locator, printing.figure.printed, printing.omission["reason"])
        for printing in printings
        if printing.omission and printing.fate == "left out"
    )
    compared = f"{comparison.found.total()} figures of rows against {len(printings)} printed ones"
    report = Report(str(document.path), compared, tuple(findings))
    listed = sum(row.table.name == "references" for row in rows)
    looked_for = dict(comparison.found), dict(comparison.words)
    return Audit(source, *looked_for, sections, left_out, listed, listed - len(uncited), document.changes, report)


def _chosen(rows: list[Row], source: str | None) -> str:
    sources = [row.id for row in rows if row.table.name == "sources"]
    if source is None and len(sources) == 1:
        return sources[0]
    if source in sources:
        return str(source)
    named = "name one with --source" if source is None else f"there is no source {source!r}"
    raise UsageError(f"{named}; the tables hold: {', '.join(sources)}")


def _structure(document: Document, rows: list[Row]) -> list[Finding]:
    """Findings for tables of the copy that have more or fewer rows than the tables of data speak of."""
    named: dict[str, int] = {}
    for row in rows:
        for text in row.entries("locator"):
            place = parse_locator(text)
            named[place.part] = max(named.get(place.part, 0), place.row)
    printed = Counter(
        place.part for name in document.places if (place := parse_locator(name)).row and place.column == 1
    )
    lost = [
        Finding("structure", f"{part} has {printed[part]} rows, but data speak of {count}",
                "look for a row that the copy has lost or gained", str(document.path), None, part)
        for part, count in named.items()
        if count and printed[part] != count
    ]  # fmt: skip
    known = {text for row in rows if row.table.name == "headers" for text in row.entries("locator")}
    parts = {parse_locator(text).part for text in known}
    headed = (
        place for name, place in document.places.items() if "/header/" in name and name.partition("/")[0] in parts
    )
    return lost + [
        Finding("complete", f"“{place.text}” heads a column and is no row of headers.tsv",
                "add the row", str(document.path), place.line, place.locator)
        for place in headed
        if place.locator not in known
    ]  # fmt: skip


def _missed(path: Path, printing: Printing) -> Finding:
    place, figure = printing.place, printing.figure
    shown = f"“{figure.printed}”" if str(figure.value) in figure.printed else f"{figure.value} in “{figure.printed}”"
    remedy, line = "add the row, or list it with a reason in omissions.tsv", place.line_at(figure.start)
    return Finding("complete", f"{shown} is carried by no row", remedy, str(path), line, place.locator)


def _idle(printings: list[Printing]) -> list[Finding]:
    """Findings for omissions of figures that rows carry after all."""
    listed = [(printing.omission, printing) for printing in printings if printing.omission]
    needed = {(omission.line, printing.entry) for omission, printing in listed if not printing.carried}
    idle = {(omission.line, printing.entry): omission for omission, printing in listed if printing.carried}
    return [
        omission.finding("omission-needed", "printed", f"“{entry}” is carried by rows", "delete the entry")
        for (line, entry), omission in idle.items()
        if (line, entry) not in needed
    ]


def _uncited(rows: list[Row]) -> list[Finding]:
    """Findings for references that nothing cites."""
    remedy = "add the row to citations.tsv, or check the number"
    cited = {number for row in rows if row.table.name == "citations" for number in row.entries("references")}
    return [
        row.finding("reference-used", "number", "no place cites it", remedy)
        for row in rows
        if row.table.name == "references" and row.id.removeprefix(f"{row.source}.") not in cited
    ]
