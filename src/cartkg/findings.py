"""What a check found, as values: where, which rule, what is wrong and what to write; and who is told what is done."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

_GRADES = ("violation", "warning", "info")
_LONGEST = 1000
_LONGEST_NAME = 200
_MOST_ALIKE = 50
Say = Callable[[str], None]  # tells in words what is being done


def silent(_: str) -> None:
    """Tell nobody."""


def nearest(given: str, known: Iterable[str], most: int = 1, likeness: float = 0.6) -> list[str]:
    """The known names that are most like a given one; none for what is too long to be a name misspelt."""
    return difflib.get_close_matches(given, list(known), most, likeness) if len(given) <= _LONGEST_NAME else []


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, located as closely as it can be."""

    rule: str
    message: str
    remedy: str = ""
    path: str = ""
    line: int | None = None
    column: str = ""
    node: str = ""
    severity: str = "violation"

    @property
    def place(self) -> str:
        """File, line and column as one clickable prefix; the node where there is no file."""
        if not self.path:
            return self.node
        line = "" if self.line is None else f":{self.line}"
        return f"{self.path}{line}"

    def __str__(self) -> str:
        column = f" {self.column}:" if self.column else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        grade = "" if self.severity == "violation" else f" {self.severity}:"
        said = f"{self.message}{remedy}"
        shown = said if len(said) <= _LONGEST else said[:_LONGEST] + "…"
        return f"{self.place}:{column}{grade} {shown} [{self.rule}]"


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check: what was checked, and every finding."""

    subject: str
    checked: str
    findings: tuple[Finding, ...] = ()

    @property
    def conforms(self) -> bool:
        """True when there is no violation; a warning is none."""
        return all(finding.severity != "violation" for finding in self.findings)

    def summary(self) -> str:
        """One line: how many violations, or that there are none."""
        counts = Counter(finding.severity for finding in self.findings)
        told = [f"{count} {name}{'s' if count > 1 else ''}" for name in _GRADES if (count := counts[name])]
        verdict = ", ".join([*(["conforms"] if self.conforms else []), *told])
        return f"{self.subject}: {verdict} ({self.checked})"

    def __str__(self) -> str:
        return "\n".join([*self.lines(), self.summary()])

    def lines(self) -> Iterator[str]:
        """The findings as text; of many of one rule in one file and column the first, and how many more there are."""
        alike = Counter((found.rule, found.path, found.column) for found in self.findings)
        seen: Counter[tuple[str, str, str]] = Counter()
        for finding in self.findings:
            kind = finding.rule, finding.path, finding.column
            seen[kind] += 1
            if seen[kind] <= _MOST_ALIKE:
                yield str(finding)
            elif seen[kind] == alike[kind]:
                column = f" {finding.column}:" if finding.column else ""
                yield f"{finding.path}:{column} and {alike[kind] - _MOST_ALIKE} more like this [{finding.rule}]"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "subject": self.subject,
            "checked": self.checked,
            "conforms": self.conforms,
            "findings": [asdict(finding) for finding in self.findings],
        }
