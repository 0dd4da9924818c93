"""Begin a source of one's own: a folder that can be laid over the data, with the tables that a report mostly needs."""

from __future__ import annotations

import re
from pathlib import Path

from .errors import UsageError
from .files import put_files
from .rdf.folders import DESCRIPTION, begun_overlay, description
from .rdf.vocabulary import Vocabulary
from .resources import ONTOLOGY_DIRECTORY
from .tables.fingerprint import KEPT
from .tables.reader import choices, tabbed
from .tables.schema import curated_tables

# Those that a report of a trial or series fills; every other table of data/README.md may be added.
TABLES = (
    "sources",
    "parts",
    "trials",
    "regimens",
    "studies",
    "cohorts",
    "follow-ups",
    "observations",
    "discrepancies",
    "omissions",
)
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def new_source(folder: Path, title: str, authors: str, year: int, kind: str, base: str) -> list[Path]:
    """Write the folder and name its files; UsageError where it is not empty or its name can not begin ids."""
    identifier = folder.resolve().name
    if not _IDENTIFIER.fullmatch(identifier):
        remedy = "name it in small letters, digits and hyphens: ids of its rows begin with that"
        raise UsageError(f"{folder}: {identifier!r} can not begin an id; {remedy}")
    vocabulary = Vocabulary.load()
    kinds = curated_tables()["sources"].columns["kind"].codes(vocabulary)
    if kind not in kinds:
        raise UsageError(f"{kind!r} is no kind of source; {choices(kinds, kind)}")
    for name, text in (("title", title), ("authors", authors)):
        if not text.strip() or not text.isprintable():
            raise UsageError(f"{name}: {text!r} is empty, or more than a line of text; write it on one line")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: there is something already; name a new folder")
    cites = kind not in vocabulary.class_codes("ck:PrimaryReport")
    tables = (*TABLES, "references", "citations") if cites else TABLES
    part, sort = ("References", "cited-references") if cites else ("Abstract", "abstract")
    rows = {
        "sources": {"id": identifier, "label": title, "kind": kind, "title": title, "authors": authors,
                    "year": str(year)},
        "parts": {"id": f"{identifier}.{part.lower()}", "label": part, "source": identifier, "kind": sort,
                  "position": "1", "heading": part},
    }  # fmt: skip
    files = {f"{name}.tsv": _table(name, rows.get(name)) for name in tables}
    target = begun_overlay(folder, base)
    files[DESCRIPTION] = description(target)
    template = (ONTOLOGY_DIRECTORY / "new-source.md").read_text(encoding="utf-8")
    words = {"title": title, "folder": folder, "identifier": identifier}
    files["README.md"] = "".join((template.format_map(words), *map(_meanings, tables)))
    files[".gitignore"] = "*.txt\n*.pdf\n*.md\n!README.md\n"
    return sorted(put_files(folder, files))


def _table(name: str, row: dict[str, str] | None) -> str:
    columns = [column for column in curated_tables()[name].columns if column != KEPT]
    return tabbed([columns, *([[row.get(column, "") for column in columns]] if row else [])])


def _meanings(name: str) -> str:
    """What a table and its columns hold, as Markdown."""
    table, vocabulary = curated_tables()[name], Vocabulary.load()
    listed = {column.name: f" One of: {', '.join(sorted(column.codes(vocabulary)))}."
              for column in table.columns.values()
              if column.kind in {"term", "class"} and ":" in column.target}  # fmt: skip
    columns = (f"- `{column.name}`{'' if column.required else ' (may be empty)'}: {column.meaning}"
               f"{listed.get(column.name, '')}\n"
               for column in table.columns.values() if column.name != KEPT)  # fmt: skip
    return f"\n## {name}.tsv\n\n{table.meaning}\n\n{''.join(columns)}"
