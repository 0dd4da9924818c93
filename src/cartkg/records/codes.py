"""What a record calls things and what a curator says they are: proposals, confirmed in a table for spreadsheets."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import UsageError
from ..files import read_given
from ..findings import Finding
from ..queries.formats import comma_separated
from ..tables.reader import choices
from ..tables.schema import LIST_SEPARATOR

CODES = "codes.csv"
_COLUMNS = ("source", "kind", "printed", "detail", "proposed", "code")
_LONGEST = 50


def slug(text: str) -> str:
    """A text as a part of an id."""
    words = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
    return words[:_LONGEST].strip("-") or "x"


def columns_of(path: Path, names: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """The cells of each line of a CSV in these columns, with its number; UsageError for one that is no such table."""
    text = read_given(path)
    mark = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        if missing := set(names) - set(reader.fieldnames or ()):
            raise UsageError(f"{path}: line 1 has no column {', '.join(sorted(missing))}; it needs {', '.join(names)}")
        return [(reader.line_num, {name: (row[name] or "").strip() for name in names}) for row in reader]
    except csv.Error as error:
        raise UsageError(f"{path}: line {reader.line_num}: {error}; save it as CSV") from error


@dataclass
class Codes:
    """The confirmed codes of a folder; `asked` collects what an import came upon, in its order."""

    path: Path
    confirmed: dict[tuple[str, str, str], tuple[int, str]] = field(default_factory=dict)
    others: list[dict[str, str]] = field(default_factory=list)
    asked: dict[tuple[str, str, str], dict[str, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Codes:
        """Those of a file, or none; UsageError for one that is no such table."""
        codes = cls(path)
        for line, cells in columns_of(path, _COLUMNS) if path.exists() else ():
            codes.others.append(cells)
            key = (cells["source"], cells["kind"], cells["printed"])
            if codes.confirmed.setdefault(key, (line, cells["code"]))[1] != cells["code"]:
                message = f"{cells['printed']!r} has another code in line {codes.confirmed[key][0]}"
                codes.findings.append(Finding("code-unique", message, "keep one", str(path), line, "code"))
        return codes

    def ask(
        self, source: str, kind: str, printed: str, allowed: Iterable[str], proposed: str = "", detail: str = "",
        *, listed: bool = False,
    ) -> str:  # fmt: skip
        """The confirmed code of what a record prints, or nothing yet; one that is not allowed is a finding.

        Of what is `listed`, it may be several.
        """
        key = (source, kind, printed)
        line, code = self.confirmed.get(key, (0, ""))
        if key not in self.asked:
            self.asked[key] = dict(zip(_COLUMNS, (*key, detail, proposed, code), strict=True))
            known = set(allowed)
            for one in filter(None, code.split(LIST_SEPARATOR) if listed else [code]):
                if one not in known:
                    remedy = choices({other for other in known if ":" not in other}, one)
                    message = f"{one!r} is no {kind} that is known"
                    self.findings.append(Finding("code-known", message, remedy, str(self.path), line, "code"))
        return code

    def refuse(self, source: str, kind: str, printed: str, message: str, instead: str) -> None:
        """Find the confirmed code of what a record prints wrong, and say what to write."""
        line, _ = self.confirmed[source, kind, printed]
        self.findings.append(Finding("code-known", message, f"write {instead}", str(self.path), line, "code"))

    @property
    def idle(self) -> list[tuple[str, str, str]]:
        """What has a code, but is no longer called so by its record: source, kind, and words."""
        sources = {source for source, _, _ in self.asked}
        return [key for key, (_, code) in self.confirmed.items()
                if code and key[0] in sources and key not in self.asked]  # fmt: skip

    def text(self) -> str:
        """The table: what was asked, what other sources asked before, and confirmed codes that nothing asks for now."""
        sources, idle = {source for source, _, _ in self.asked}, set(self.idle)
        kept = [row for row in self.others
                if row["source"] not in sources or (row["source"], row["kind"], row["printed"]) in idle]  # fmt: skip
        return comma_separated(_COLUMNS, (row.values() for row in (*kept, *self.asked.values())), exact=True)

    @property
    def open(self) -> int:
        """How many have no code yet."""
        return sum(not row["code"] for row in self.asked.values())
