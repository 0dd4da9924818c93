"""Citations as PubMed saves them (`.nbib`, the MEDLINE format) as sources, of which rows can then be curated.

The tags are those of https://www.nlm.nih.gov/bsd/mms/medlineelements.html.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import UsageError
from ..files import read_given
from .overlay import Rows

_FIELD = re.compile(r"([A-Z]{2,4}) *- (.*)")
_YEAR = re.compile(r"(?:19|20)\d\d")


def citations(path: Path) -> list[Rows]:
    """The rows of each citation of a file; UsageError for one that has none, or one without number, title or year."""
    found = [_fields(record) for record in re.split(r"\n\s*\n", read_given(path)) if record.strip()]
    if not any(found):
        raise UsageError(f"{path}: holds no citation; save it from PubMed with “Send to: Citation manager” (.nbib)")
    return [_rows(path, fields) for fields in found]


def _fields(record: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    last: list[str] = []
    for line in record.splitlines():
        if field := _FIELD.fullmatch(line):
            last = fields.setdefault(field[1], [])
            last.append(field[2].strip())
        elif last and line.startswith(" "):
            last[-1] = f"{last[-1]} {line.strip()}"
    return fields


def _rows(path: Path, fields: dict[str, list[str]]) -> Rows:
    number, title = fields.get("PMID", [""])[0], fields.get("TI", [""])[0].rstrip(".")
    authors, year = fields.get("AU") or fields.get("CN") or [], _YEAR.match(fields.get("DP", [""])[0])
    if missing := [tag for tag, there in (("PMID", number), ("TI", title), ("AU", authors), ("DP", year)) if not there]:
        raise UsageError(f"{path}: the citation {number or title or '?'} has no {', '.join(missing)}; save it whole")
    rows = Rows(f"pmid-{number}")
    several = " et al." if len(authors) > 1 else ""
    year_of = year[0] if year else ""
    dois = [entry.removesuffix("[doi]").strip() for tag in ("LID", "AID") for entry in fields.get(tag, ())
            if entry.endswith("[doi]")]  # fmt: skip
    rows.add(
        "sources", rows.source, label=f"{authors[0].split()[0]}{several} {year_of} (PMID {number})", kind="paper",
        title=title, authors=", ".join(authors), journal=fields.get("TA", [""])[0], year=year_of,
        published=fields["DP"][0], doi=dois[0] if dois else "", url=f"https://pubmed.ncbi.nlm.nih.gov/{number}/",
        language=_LANGUAGES.get(fields.get("LA", [""])[0], ""),
    )  # fmt: skip
    for position, part in enumerate(("title", "abstract"), 1):
        heading = "" if part == "title" else "Abstract"
        rows.add("parts", f"{rows.source}.{part}", label=f"PMID {number}: {part}", kind=part, position=str(position),
                 heading=heading)  # fmt: skip
    return rows


_LANGUAGES = {"eng": "en", "fre": "fr", "ger": "de", "spa": "es", "ita": "it", "chi": "zh", "jpn": "ja", "por": "pt"}
