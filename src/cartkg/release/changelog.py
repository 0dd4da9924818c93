"""A comparison of two states of the graph, written for readers and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .changes import Change, Changes, Entry

_HEADINGS = {
    ("term", "added"): "Terms added",
    ("term", "removed"): "Terms removed",
    ("term", "deprecated"): "Terms deprecated",
    ("term", "changed"): "Terms changed",
    ("row", "added"): "Facts added",
    ("row", "removed"): "Facts removed",
    ("row", "deprecated"): "Facts deprecated",
    ("row", "changed"): "Facts changed",
}


def to_dict(changes: Changes, old: str, new: str) -> dict[str, object]:
    """Every difference, for programs."""
    return {"old": old, "new": new, "same": changes.same, **asdict(changes)}


def to_markdown(changes: Changes, old: str, new: str) -> str:
    """Every difference, for readers: terms first, then facts with their place, then mappings."""
    lines = [f"# Changes from {old} to {new}", ""]
    lines += [f"- {line}" for line in _counts(changes)] or ["Nothing differs."]
    for (kind, status), heading in _HEADINGS.items():
        if entries := changes.select(kind, status):
            lines += ["", f"## {heading}", ""]
            for entry in entries:
                lines += [f"- {_line(entry)}", *(f"  - {_cell(change)}" for change in entry.changes)]
    for heading, pairs in (("Axioms on several terms", changes.axioms), ("Mappings", changes.mappings)):
        if pairs:
            lines += ["", f"## {heading}", "", *(f"- {status}: {text}" for status, text in pairs)]
    if changes.vanished:
        lines += ["", "## IRIs gone without a replacement", "", *(f"- <{iri}>" for iri in changes.vanished)]
    return "\n".join(lines) + "\n"


def to_text(changes: Changes, shown: int) -> str:
    """How much differs, and the first few of each kind."""
    lines = []
    for (kind, status), heading in _HEADINGS.items():
        entries = changes.select(kind, status)
        if entries:
            lines.append(f"{heading}: {len(entries)}")
        for entry in entries[:shown]:
            lines += [f"  {_line(entry)}", *(f"    {_cell(change)}" for change in entry.changes)]
        if shown and len(entries) > shown:
            lines.append(f"  … and {len(entries) - shown} more")
    for heading, pairs in (("Axioms on several terms", changes.axioms), ("Mappings", changes.mappings)):
        if pairs:
            lines += [f"{heading}: {len(pairs)}", *(f"  {status}: {text}" for status, text in pairs[:shown])]
        if shown and len(pairs) > shown:
            lines.append(f"  … and {len(pairs) - shown} more")
    lines += [f"gone without a replacement: {iri}" for iri in changes.vanished]
    return "\n".join(lines or ["no difference"]) + "\n"


def _counts(changes: Changes) -> list[str]:
    counted = [(heading, len(changes.select(*key))) for key, heading in _HEADINGS.items()]
    mapped = Counter(status for status, _ in changes.mappings)
    counted += [(f"Mappings {status}", mapped[status]) for status in ("added", "removed")]
    return [f"{heading}: {number}" for heading, number in counted if number]


def _line(entry: Entry) -> str:
    parts = [f"{entry.label} <{entry.iri}>"]
    if entry.file:
        parts.append(entry.file)
    parts += entry.places
    if entry.replaced_by:
        parts.append(f"replaced by {entry.replaced_by}")
    return "; ".join(parts)


def _cell(change: Change) -> str:
    name = f"{change.column} ({change.property})" if change.column else change.property
    return f"{name}: {', '.join(change.before) or '(nothing)'} → {', '.join(change.after) or '(nothing)'}"
