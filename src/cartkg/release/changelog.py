"""A comparison of two states of the graph, written for readers and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

from .changes import Change, Changes, Entry

_HEADINGS = {
    (kind, status): f"{name} {status}"
    for kind, name in (("term", "Terms"), ("row", "Facts"))
    for status in ("added", "removed", "deprecated", "changed")
}


def to_dict(changes: Changes, old: str, new: str) -> dict[str, object]:
    """Every difference, for programs."""
    return {"old": old, "new": new, "same": changes.same, **asdict(changes)}


def to_markdown(changes: Changes, old: str, new: str) -> str:
    """Every difference, for readers: terms first, then facts with their place, then mappings."""
    counted = [(heading, len(changes.select(*key))) for key, heading in _HEADINGS.items()]
    mapped = Counter(status for status, _ in changes.mappings)
    counted += [(f"Mappings {status}", mapped[status]) for status in ("added", "removed")]
    lines = [f"# Changes from {old} to {new}", ""]
    lines += [f"- {heading}: {number}" for heading, number in counted if number] or ["Nothing differs."]
    for heading, found in _sections(changes):
        lines += ["", f"## {heading}", ""]
        for text, cells in found:
            lines += [f"- {text}", *(f"  - {cell}" for cell in cells)]
    if changes.vanished:
        lines += ["", "## IRIs gone without a replacement", "", *(f"- <{iri}>" for iri in changes.vanished)]
    return "\n".join(lines) + "\n"


def to_text(changes: Changes, shown: int) -> str:
    """How much differs, and the first few of each kind."""
    lines = []
    for heading, found in _sections(changes):
        lines.append(f"{heading}: {len(found)}")
        for text, cells in found[:shown]:
            lines += [f"  {text}", *(f"    {cell}" for cell in cells)]
        if shown and len(found) > shown:
            lines.append(f"  … and {len(found) - shown} more")
    lines += [f"gone without a replacement: {iri}" for iri in changes.vanished]
    return "\n".join(lines or ["no difference"]) + "\n"


def headed(changes: Changes) -> dict[str, list[Entry]]:
    """The terms and rows that differ, under the heading of their kind."""
    return {heading: entries for key, heading in _HEADINGS.items() if (entries := changes.select(*key))}


def _sections(changes: Changes) -> Iterator[tuple[str, list[tuple[str, list[str]]]]]:
    """What differs under the heading of its kind: each entry in a line, with its cells."""
    for heading, entries in headed(changes).items():
        yield heading, [(_line(entry), [_cell(change) for change in entry.changes]) for entry in entries]
    for heading, pairs in (("Axioms on several terms", changes.axioms), ("Mappings", changes.mappings)):
        if pairs:
            yield heading, [(f"{status}: {text}", []) for status, text in pairs]


def _line(entry: Entry) -> str:
    replaced = f"replaced by {entry.replaced_by}" if entry.replaced_by else ""
    return "; ".join(filter(None, (f"{entry.label} <{entry.iri}>", entry.file, *entry.places, replaced)))


def _cell(change: Change) -> str:
    name = f"{change.column} ({change.property})" if change.column else change.property
    return f"{name}: {', '.join(change.before) or '(nothing)'} → {', '.join(change.after) or '(nothing)'}"
