"""Change one digit or one word at a time, and count how many changes are caught and located.

Digits are changed in the tables and in the copy and must be noticed by the audit. What a cell says, in any column of
any table, is changed to something else that its column allows, turned round or left out, and must be noticed by build,
audit or validate; so must what two figures of one sentence or cell are of, exchanged with one another, the two sides of
a comparison turned round, the identifiers of two rows that are exchanged, with their names, and cells of mappings. Run
it with the test environment's Python: python benchmarks/mutations.py TEXT [--with SOURCE] [--count N] [--seed N]
[--only NAME]. It prints the kill rates and every survivor, and exits with 1 if there are too many. With --unkept the
fingerprints of rows are taken away first, so that it shows what a curator's first mistake would meet.
"""

from __future__ import annotations

import csv
import io
import random
import re
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, zip_longest
from pathlib import Path

import click

from cartkg.audit import compare, consistency, read_copy
from cartkg.build import build
from cartkg.errors import DataError, UsageError
from cartkg.findings import Finding
from cartkg.rdf.folders import chosen_overlays, read_folders
from cartkg.rdf.vocabulary import Vocabulary
from cartkg.resources import DATA_DIRECTORY, ontology_files, read_table
from cartkg.source_text.document import Document
from cartkg.source_text.figures import figures
from cartkg.tables.checker import Checker
from cartkg.tables.fingerprint import KEPT, altered, fingerprint
from cartkg.tables.reader import RawRow, parse_row, read_rows
from cartkg.tables.schema import LIST_SEPARATOR, Column, Row, curated_tables
from cartkg.validate import validate_graph

LEAST, BAR = 300, 0.95
DROPPED, TURNED = 0.2, 0.5  # how often an entry is left out, and a text turned round, not exchanged
SORTS = ("tables", "copy", "meaning", "exchanges", "identifiers", "mistakes")
MISTAKES = Path(__file__).with_name("mistakes.tsv")
TURNS = """
more/less fewer/more less/more higher/lower lower/higher longer/shorter shorter/longer better/worse
worse/better most/few many/few few/many some/no no/some all/no none/all often/seldom rarely/often before/after
after/before long/short high/low low/high with/without without/with improves/worsens increased/reduced
can/cannot not/always early/late is/isn't are/aren't was/wasn't were/weren't may/can't had/lacked has/lacks
have/lack
"""
OPPOSITES = dict(pair.split("/") for pair in TURNS.split())
PLAIN, RAISED = "0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"


@dataclass
class Bench:
    """A data folder, or one laid over it, and the copy of its one source, read once."""

    data: Path
    review: Path
    overlay: Path | None = None

    def __post_init__(self) -> None:
        self.folder = self.overlay or self.data
        overlays = [self.overlay] if self.overlay else []
        self.checker = Checker(read_folders(self.data, overlays), Vocabulary.load(ontology_files()))
        rows = self.checker.checked()
        self.known: dict[tuple[str, str], Row] = {(own.table.name, own.id): own for own in rows}
        self.source = next(own.id for own in rows if own.table.name == "sources" and own.path.parent == self.folder)
        self.rows = [own for own in rows if own.source == self.source]
        self.document = read_copy(self.review, self.rows)

    def raw_rows(self, name: str) -> list[RawRow]:
        """The lines of a table of its folder, if it has that table."""
        path = self.folder / f"{name}.tsv"
        return list(read_rows(path, curated_tables()[name], [])) if path.exists() else []

    def findings(self, document: Document, rows: list[Row]) -> tuple[Finding, ...]:
        """What an audit of these rows against this copy finds."""
        return compare(document, self.checker.vocabulary, rows, self.source, self.known).report.findings

    def cells(self) -> Iterator[tuple[Row, RawRow, str]]:
        """Every cell whose figures a source prints."""
        by_line = {(own.path, own.line): own for own in self.rows}
        for name, table in curated_tables().items():
            for raw in self.raw_rows(name):
                own = by_line.get((raw.path, raw.line))
                for column in table.columns.values():
                    figures = (
                        column.role or column.printed in {"verbatim", "nearby"} or column.predicate == "ck:omitted"
                    )
                    if own and figures and re.search(r"\d", raw.cells.get(column.name, "")):
                        yield own, raw, column.name

    def catches_cell(self, own: Row, raw: RawRow, name: str, changed: str) -> bool:
        """True when a changed cell is found in its file and line, or at the place of the copy that it stands for."""
        row = parse_row(raw._replace(cells={**raw.cells, name: changed}), own.table, [])
        if row is None or not self.checker.accepts(row):
            return True
        rows = [row if other is own else other for other in self.rows]
        there = {place.locator for text in row.entries("locator") for place in self.document.under(text)}
        return any(
            (finding.path, finding.line) == (str(own.path), own.line)
            or (finding.path == str(self.review) and finding.column in there)
            for finding in self.findings(self.document, rows)
        )

    def catches_line(self, number: int, lines: list[str], copy: Path) -> bool:
        """True when a changed line of the copy is found: in the copy, or by what a row at that line says."""
        copy.write_text("\n".join(lines), encoding="utf-8")
        try:
            document = read_copy(copy, self.rows)
        except UsageError:
            return True
        there = [
            place.locator
            for place in document.places.values()
            if number in {place.line, *(line for _, line in place.breaks)}
        ]
        return any(
            (finding.path == str(copy) and finding.line == number)
            or any(f"{locator} prints" in finding.message for locator in there)
            for finding in self.findings(document, self.rows)
        )


def another_digit(text: str, position: int, chance: random.Random) -> str:
    """The text with the digit at a position replaced by a different one of its kind."""
    digits = RAISED if text[position] in RAISED else PLAIN
    digit = chance.choice([other for other in digits if other != text[position]])
    return text[:position] + digit + text[position + 1 :]


def turned(text: str, chance: random.Random) -> str:
    """A text that says something else: with the opposite of one word, another digit, or a sentence denied."""
    places = [found for found in re.finditer(r"\d|\b[a-z]+\b", text) if found[0].isdigit() or found[0] in OPPOSITES]
    if not places:
        return f"It is not so that {text[0].lower()}{text[1:]}" if text.endswith(".") else text
    found = chance.choice(places)
    if found[0].isdigit():
        return another_digit(text, found.start(), chance)
    return text[: found.start()] + OPPOSITES[found[0]] + text[found.end() :]


def equivalent(bench: Bench, own: Row, name: str, changed: str) -> bool:
    """True when a changed list of references holds only numbers that its place, or its table row, cites too.

    Where a table picks from the references of a place, the copy can not tell one of them from another.
    """
    role = own.table.columns[name].role
    if role is None or role.kinds != ("reference",):
        return False
    texts = {re.sub(r"/column-\d+$", "", text) for text in own.entries("locator")}
    places = [place for text in texts for place in bench.document.under(text)]
    cited = {str(figure.value) for place in places for figure in figures(place.text) if figure.kind == "reference"}
    return set(changed.split(LIST_SEPARATOR)) <= cited


def in_tables(bench: Bench, count: int, chance: random.Random) -> list[str]:
    """Survivors of single-digit changes of cells."""
    figures = [(*cell, found.start()) for cell in bench.cells() for found in re.finditer(r"\d", cell[1].cells[cell[2]])]
    survivors = []
    for own, raw, name, position in chance.choices(figures, k=count):
        changed = another_digit(raw.cells[name], position, chance)
        if not bench.catches_cell(own, raw, name, changed):
            kind = "equivalent" if equivalent(bench, own, name, changed) else "survived"
            place = f"{own.path.name}:{own.line}"
            survivors.append(f"{kind}: {place}: {name}: {raw.cells[name]} -> {changed}")
    return survivors


def in_copy(bench: Bench, count: int, chance: random.Random) -> list[str]:
    """Survivors of single-digit changes of the copy."""
    lines = bench.review.read_text(encoding="utf-8").splitlines()
    inside = {place.line for place in bench.document.places.values()}
    digits = [
        (number, found.start())
        for number, line in enumerate(lines, 1)
        if number in inside
        for found in re.finditer(f"[{PLAIN}{RAISED}]", line)
    ]
    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        for number, position in chance.choices(digits, k=count):
            line = lines[number - 1]
            changed = another_digit(line, position, chance)
            copy = [*lines[: number - 1], changed, *lines[number:]]
            if not bench.catches_line(number, copy, Path(folder) / "copy.txt"):
                survivors.append(
                    f"survived: {number}: {line[max(0, position - 30) : position + 20]} -> {changed[position]}"
                )
    return survivors


Change = tuple[Row, RawRow, dict[str, str]]


@dataclass
class Meanings:
    """Changes of what cells say, each tried against build, audit and validate."""

    bench: Bench
    chance: random.Random

    def __post_init__(self) -> None:
        by_line = {(own.path, own.line): own for own in self.bench.known.values()}
        self.cells: dict[str, list[tuple[Row, RawRow]]] = defaultdict(list)
        self.places = sorted(self.bench.document.places)
        for name, table in curated_tables().items():
            for raw in self.bench.raw_rows(name):
                for column in filter(_says_something, table.columns.values()):
                    if raw.cells.get(column.name):
                        self.cells[f"{name}.{column.name}"].append((by_line[raw.path, raw.line], raw))

    def changed(self, kind: str, own: Row, raw: RawRow) -> str:
        """The cell with one entry replaced by another that the column allows, turned round or left out."""
        column = own.table.columns[kind.partition(".")[2]]
        cell = raw.cells[column.name]
        entries = cell.split(LIST_SEPARATOR) if column.is_list else [cell]
        place = self.chance.randrange(len(entries))
        others = sorted({*self.allowed(kind, column, own)} - set(entries))
        if self.chance.random() < DROPPED and (len(entries) > 1 or not column.required):
            del entries[place]
        elif column.kind in {"integer", "decimal"}:
            entries[place] = another_digit(cell, self.chance.choice(_digits(cell)), self.chance)
        else:
            says = column.kind in {"prose", "text"} and self.chance.random() < TURNED
            entries[place] = turned(entries[place], self.chance) if says else self.chance.choice(others or entries)
        return LIST_SEPARATOR.join(entries)

    def allowed(self, kind: str, column: Column, own: Row) -> Iterable[str]:
        """What a cell of this row could hold: codes, ids or places, or what other rows have in this column."""
        if column.kind in {"term", "class", "vocabulary"}:
            return column.codes(self.bench.checker.vocabulary, column.vocabulary_of(own))
        if column.kind == "choice":
            return column.targets
        if column.kind == "locator":
            return self.places
        if column.points:
            scope = column.row_id(own.source, "")
            known = (name for table, name in self.bench.known if table == column.target)
            return (name.removeprefix(scope) for name in known if name.startswith(scope))
        return (entry for row, _ in self.cells[kind] for entry in row.entries(column.name))

    def caught(self, *changes: Change) -> bool:
        """True where build, audit or validate locates a change: at its row, or at one that it is linked with."""
        rows: dict[int, Row] = {}
        for own, raw, cells in changes:
            now = {**raw.cells, **cells}
            row = parse_row(raw._replace(cells=now), own.table, [])
            if row is None or not self.bench.checker.accepts(row):
                return True
            if "locator" not in own.table.columns and now.get(KEPT) and altered(now):
                return True
            rows[id(own)] = row
        changed = [rows.get(id(other), other) for other in self.bench.rows]
        try:  # where parts begin decides how the copy is read
            parts = any(own.table.name == "parts" for own, _, _ in changes)
            document = read_copy(self.bench.review, changed) if parts else self.bench.document
        except UsageError:
            return True
        known = {**self.bench.known, **{(row.table.name, row.id): row for row in rows.values()}}
        bench, alone = self.bench, {"faithful", "worded", "place"}  # what is found by a row alone; the rest needs all
        for compared in ([row for row in rows.values() if row.source == bench.source], changed):
            audit = compare(document, bench.checker.vocabulary, compared, bench.source, known)
            if any(found.rule in alone and _named(found, changes) for found in audit.report.findings):
                return True
        entries = [text for own, _, _ in changes for text in own.entries("locator")]
        there = {place.locator for text in entries for place in bench.document.under(text)}
        return any(
            _named(finding, changes) or (finding.path == str(bench.review) and finding.column in there)
            for finding in audit.report.findings
        ) or self._invalid(changes)

    def _invalid(self, changes: Sequence[Change]) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            there = Path(folder) / self.bench.folder.name
            shutil.copytree(self.bench.folder, there)
            for own, raw, cells in changes:
                path = there / own.path.name
                lines = path.read_text(encoding="utf-8").splitlines()
                new = io.StringIO()
                csv.writer(new, delimiter="\t", lineterminator="").writerow({**raw.cells, **cells}.values())
                lines[raw.line - 1] = new.getvalue()
                path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            data, overlays = (self.bench.data, [there]) if self.bench.overlay else (there, [])
            try:
                graph = build(data, Path(folder) / "graph", overlays=overlays)
                if any(_named(finding, changes) for finding in validate_graph(graph, data).findings):
                    return True
                places = [text for own, _, _ in changes for text in own.entries("locator")]
                return any(text in finding.node for finding in consistency(graph).findings for text in places)
            except DataError as error:
                return any(_named(finding, changes) for finding in error.report.findings)


def _says_something(column: Column) -> bool:
    """True for all that a row says; its id and fingerprint say nothing, nor does a remark of the curator."""
    return column.kind != "identifier" and column.name not in {KEPT, "note"}


def _digits(text: str) -> list[int]:
    return [found.start() for found in re.finditer(r"\d", text)]


def _has_meaning(column: Column) -> bool:
    """True for cells that say what a figure or statement is of, rather than what the curator thinks of it."""
    coded = column.kind in {"row", "scoped", "across", "term", "class", "locator"} and column.printed != "curated"
    said = column.predicate == "ck:statement" or column.name in {"counted", "likely_reading"}
    return said or (coded and column.name != "source")


def _named(finding: Finding, changes: Sequence[Change]) -> bool:
    """True where a finding is at a changed row, or names it or what it now points at."""
    for own, _, cells in changes:
        entries = (own.id, *(entry for cell in cells.values() for entry in cell.split(LIST_SEPARATOR) if entry))
        at = Path(finding.path).parts[-2:] == own.path.parts[-2:] and finding.line == own.line
        told = re.search(rf"(?<![\w.-]){re.escape(own.id)}(?![\w-])", finding.message)
        if at or told or any(finding.node.endswith(f"/{entry}") for entry in entries):
            return True
    return False


Tally = tuple[Counter[str], Counter[str], list[str]]


def in_meaning(bench: Bench, count: int, chance: random.Random) -> Tally:
    """How many changes of each kind were tried and caught, taken in turn, and the survivors."""
    meanings, tried, caught, survivors = Meanings(bench, chance), Counter[str](), Counter[str](), []
    for cells in meanings.cells.values():
        chance.shuffle(cells)
    rounds = zip_longest(*meanings.cells.values())
    turns = [(kind, cell) for turn in rounds for kind, cell in zip(meanings.cells, turn, strict=True) if cell]
    for kind, (own, raw) in turns:
        name = kind.partition(".")[2]
        changed = meanings.changed(kind, own, raw)
        if changed == raw.cells[name]:
            continue
        tried[kind] += 1
        if meanings.caught((own, raw, {name: changed})):
            caught[kind] += 1
        else:
            survivors.append(f"survived: {own.path.name}:{own.line}: {name}: {raw.cells[name]} -> {changed}")
        if tried.total() == count:
            break
    return tried, caught, survivors


def in_exchanges(bench: Bench, count: int, chance: random.Random) -> Tally:
    """How many exchanges were tried and caught by column: of what two figures of one place are of, or are compared."""
    meanings, tried, caught, survivors = Meanings(bench, chance), Counter[str](), Counter[str](), []
    lines = {(raw.path, raw.line): raw for name in curated_tables() for raw in bench.raw_rows(name)}
    measured = [
        own
        for own in bench.rows
        if {"cohort", "statistic"} <= own.table.columns.keys() and own.path.parent == bench.folder
    ]
    swaps: list[tuple[str, list[Change]]] = []
    for own in measured:
        raw = lines[own.path, own.line]
        if own["against"] and own["statistic"] != "p-value":  # which is of both sides alike
            swaps.append(("direction", [(own, raw, {"cohort": raw.cells["against"], "against": raw.cells["cohort"]})]))
    for one, other in combinations(measured, 2):
        if one.table is not other.table or one["locator"] != other["locator"]:
            continue
        raws = [lines[own.path, own.line].cells for own in (one, other)]
        for name, column in one.table.columns.items():
            cells = [raw.get(name, "") for raw in raws]
            if (_has_meaning(column) or column.printed == "grade") and cells[0] != cells[1]:
                changes = [
                    (own, lines[own.path, own.line], {name: cell})
                    for own, cell in zip((one, other), reversed(cells), strict=True)
                ]
                swaps.append((name, changes))
    for kind, changes in chance.sample(swaps, min(count, len(swaps))):
        tried[kind] += 1
        if meanings.caught(*changes):
            caught[kind] += 1
        else:
            shown = " and ".join(own.id for own, _, _ in changes)
            survivors.append(f"survived: {changes[0][0].path.name}: {kind} of {shown} exchanged")
    return tried, caught, survivors


def in_mistakes(bench: Bench, _count: int, _chance: random.Random) -> Tally:
    """How many of the listed mistakes in the rows of this source were caught by table, and the survivors."""
    meanings, tried, caught, survivors = Meanings(bench, _chance), Counter[str](), Counter[str](), []
    lines = {(raw.path, raw.line): raw for name in curated_tables() for raw in bench.raw_rows(name)}
    mistakes: dict[str, dict[tuple[str, str], dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for row in read_table(MISTAKES):
        if row["source"] == bench.source:
            mistakes[row["mistake"]][row["table"], row["row"]][row["column"]] = row["cell"]
    for mistake, rows in mistakes.items():
        owns = [(bench.known[key], cells) for key, cells in rows.items()]
        changes = [(own, raw := lines[own.path, own.line], _rewritten(bench, own, raw, cells)) for own, cells in owns]
        kind = changes[0][0].path.name
        tried[kind] += 1
        if meanings.caught(*changes):
            caught[kind] += 1
        else:
            survivors.append(f"survived: {kind}: {mistake} ({', '.join(own.id for own, _ in owns)})")
    return tried, caught, survivors


def _rewritten(bench: Bench, own: Row, raw: RawRow, cells: dict[str, str]) -> dict[str, str]:
    """The cells of a row that was written with them from the start: with a fingerprint that has their codes."""
    row = parse_row(raw._replace(cells={**raw.cells, **cells}), own.table, [])
    if row is None or not raw.cells.get(KEPT):
        return cells
    places = (
        place
        for name in ("locator", "counterpart")
        for text in row.entries(name)
        for place in bench.document.under(text)
    )
    return {**cells, KEPT: fingerprint(row, " ".join(place.text for place in places))}


def in_identifiers(bench: Bench, count: int, chance: random.Random) -> Tally:
    """How many changes of mappings were tried and caught by file and column, and the survivors.

    Half of them exchange two exact matches of one vocabulary, with their names; the rest change one cell to another
    that the column holds.
    """
    tried, caught, survivors = Counter[str](), Counter[str](), []
    exchanges, changes = [], defaultdict(list)
    for path in sorted((bench.data / "mappings").iterdir()):
        lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        top = next(number for number, cells in enumerate(lines) if not cells[0].startswith("#"))
        head, body = lines[top], range(top + 1, len(lines))
        named = [head.index(name) for name in ("object_id", "object_label", "comment") if name in head]
        exact = [number for number in body if "skos:exactMatch" in lines[number]]
        for one, other in combinations(exact, 2):
            ours, theirs = (lines[number][head.index("object_id")].partition(":")[0] for number in (one, other))
            if ours == theirs and lines[one][0] != lines[other][0]:
                cells = {(one, place): lines[other][place] for place in named}
                cells |= {(other, place): lines[one][place] for place in named}
                exchanges.append((f"{path.name}: exchanged", path, lines, cells))
        for place, name in enumerate(head):
            held = sorted({lines[number][place] for number in body})
            for number in body if name not in {"comment", KEPT} and len(held) > 1 else ():
                cell = chance.choice([other for other in held if other != lines[number][place]])
                changes[f"{path.name}: {name}"].append((path, lines, {(number, place): cell}))
    chosen = chance.sample(exchanges, min(count // 2, len(exchanges)))
    for kind in (few := sorted(changes)):
        most = min(len(changes[kind]), -(-count // 2 // len(few)))
        chosen += [(kind, *change) for change in chance.sample(changes[kind], most)]
    for kind, path, lines, cells in chosen:
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "data"
            shutil.copytree(bench.data, data)
            text = (
                "\t".join(cells.get((number, place), cell) for place, cell in enumerate(line)) + "\n"
                for number, line in enumerate(lines)
            )
            (data / "mappings" / path.name).write_text("".join(text), "utf-8")
            number = min(cells)[0]
            subject = lines[number][0].rpartition("/")[2]
            try:
                findings = validate_graph(build(data, Path(folder) / "graph"), data).findings
            except DataError as error:
                findings = error.report.findings
        tried[kind] += 1
        if any(
            (found.path.endswith(path.name) and found.line == number + 1)
            or f"/{subject}" in f"{found.node} {found.message}"
            for found in findings
        ):
            caught[kind] += 1
        else:
            survivors.append(f"survived: {path.name}:{number + 1}: {lines[number][0]}: {list(cells.values())}")
    return tried, caught, survivors


@click.command()
@click.argument("review", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False), default=None)
@click.option("--with", "overlay", help="A source laid over the data, of which TEXT is a copy.")
@click.option("--unkept", is_flag=True, help="Take the fingerprints of rows away first.")
@click.option("--count", default=200, show_default=True, help="Changes of the tables, and as many of the copy.")
@click.option("--seed", default=1, show_default=True)
@click.option("--only", type=click.Choice(SORTS), multiple=True, default=SORTS, help="One sort of change.")
def main(
    review: Path, data: Path | None, overlay: str | None, unkept: bool, count: int, seed: int, only: tuple[str, ...]
) -> None:
    """Print how many changes are caught and located."""
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(data or DATA_DIRECTORY, review, *chosen_overlays([overlay] if overlay else []))
        if unkept:
            bench = without_fingerprints(bench, Path(temporary))
        measure(bench, count, seed, only)


def without_fingerprints(bench: Bench, there: Path) -> Bench:
    """The same from a copy whose rows have no fingerprints; where data must keep them, they have them still."""
    folder = there / bench.folder.name
    shutil.copytree(bench.folder, folder)
    for name, table in curated_tables().items():
        rows = bench.raw_rows(name)
        if rows and (bench.overlay or "locator" not in table.columns) and KEPT in rows[0].cells:
            lines = [[cell for column, cell in raw.cells.items() if column != KEPT] for raw in rows]
            head = [column for column in rows[0].cells if column != KEPT]
            text = io.StringIO()
            csv.writer(text, delimiter="\t", lineterminator="\n").writerows([head, *lines])
            (folder / f"{name}.tsv").write_text(text.getvalue(), encoding="utf-8")
    return Bench(bench.data, bench.review, folder) if bench.overlay else Bench(folder, bench.review)


def measure(bench: Bench, count: int, seed: int, only: tuple[str, ...]) -> None:
    """Print what is caught of each sort of change, and exit."""
    if before := bench.findings(bench.document, bench.rows):
        print(f"the audit finds {len(before)} things before any change; mend them first")
        sys.exit(1)
    survived = 0
    for name, mutate in (("tables", in_tables), ("copy", in_copy)):
        if name not in only:
            continue
        survivors = mutate(bench, count, random.Random(seed))
        same = sum(survivor.startswith("equivalent") for survivor in survivors)
        survived += len(survivors) - same
        print(
            f"{name}: {count - len(survivors)} of {count - same} changes caught and located, "
            f"{same} more equivalent (seed {seed})"
        )
        for survivor in survivors:
            print(f"  {survivor}")
    for name, exchange, number in (
        ("meaning", in_meaning, max(count, LEAST)),
        ("exchanges", in_exchanges, count),
        ("identifiers", in_identifiers, 0 if bench.overlay else count),
        ("mistakes", in_mistakes, count),
    ):
        if name not in only or not number:
            continue
        tried, caught, survivors = exchange(bench, number, random.Random(seed))
        print(f"{name}: {caught.total()} of {tried.total()} changes caught and located (seed {seed})")
        for kind, times in tried.items():
            print(f"  {kind}: {caught[kind]} of {times}")
        for survivor in survivors:
            print(f"  {survivor}")
        survived += caught.total() < BAR * tried.total()
    sys.exit(1 if survived else 0)


if __name__ == "__main__":
    main()
