"""What a check found, as values: where, which rule, what is wrong and what to write instead."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


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
        return f"{self.place}:{column} {self.message}{remedy} [{self.rule}]"


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check: what was checked, and every finding."""

    subject: str
    checked: str
    findings: tuple[Finding, ...] = ()

    @property
    def conforms(self) -> bool:
        """True when there is no violation."""
        return not self.findings

    def summary(self) -> str:
        """One line: how many violations, or that there are none."""
        count = len(self.findings)
        verdict = f"{count} violation{'s' if count > 1 else ''}" if count else "conforms"
        return f"{self.subject}: {verdict} ({self.checked})"

    def __str__(self) -> str:
        return "\n".join([*(str(finding) for finding in self.findings), self.summary()])

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "subject": self.subject,
            "checked": self.checked,
            "conforms": self.conforms,
            "findings": [asdict(finding) for finding in self.findings],
        }
