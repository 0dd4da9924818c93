"""The tables as CSV with a data dictionary that programs read (a Frictionless data package), for people without RDF."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..queries.asking import ask
from ..queries.formats import comma_separated, to_csv
from ..queries.frames import kinds, workbook
from ..rdf.folders import read_folders
from ..rdf.serialise import context, terms
from ..rdf.store import Graph
from ..rdf.vocabulary import LICENCE, expand
from ..resources import RELEASE_DIRECTORY, read_table
from ..tables.reader import rows_of
from ..tables.schema import Column, Table, curated_tables
from .about import Citation

_TYPES = {"integer": "integer", "decimal": "number"}
_EVIDENCE = "evidence"


def package(graph: Graph, citation: Citation) -> dict[str, bytes]:
    """The files of the package: every table that has rows, the tidy evidence, and what their columns mean."""
    folders = read_folders(Path(graph.manifest.data), map(Path, graph.manifest.overlays))
    rows = {name: [raw.cells for _, raw in rows_of(table, folders, [])] for name, table in curated_tables().items()}
    tables = {name: curated_tables()[name] for name, cells in rows.items() if cells}
    answer = ask(graph, _EVIDENCE)
    files = {f"{_EVIDENCE}.csv": to_csv(answer).encode()}
    for name, table in tables.items():
        cells = ([row.get(column, "") for column in table.columns] for row in rows[name])
        files[f"{name}.csv"] = comma_separated(table.columns, cells, exact=True).encode()
    meanings = {row["column"]: row["meaning"] for row in read_table(RELEASE_DIRECTORY / "evidence.tsv")}
    fields = [_field(name, _TYPES.get(kind, "string"), meanings[name]) for name, kind in kinds(answer).items()]
    resources = [_resource(_EVIDENCE, "One row per reported result: of whom, with what, and where printed.", fields)]
    resources += [_curated(table, tables) for table in tables.values()]
    said = {
        "name": "cartkg", "id": citation.iri, "title": citation.title, "description": citation.abstract,
        "version": citation.version, "created": f"{citation.released}T00:00:00Z", "keywords": list(citation.keywords),
        "licenses": [{"name": "CC-BY-4.0", "path": LICENCE}],
        "contributors": [{"title": author, "role": "author"} for author in citation.authors], "resources": resources,
    }  # fmt: skip
    files["datapackage.json"] = (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()
    return {f"tables/{name}": content for name, content in files.items()}


def excel(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a package in one Excel workbook: what the columns mean, then a sheet for each table.

    Figures of the evidence are numbers; cells of curated tables stay text, as they are printed.
    """
    resources = json.loads(files["tables/datapackage.json"])["resources"]
    told = [[one["name"], *(field[key] for key in ("name", "type", "description"))]
            for one in resources for field in one["schema"]["fields"]]  # fmt: skip
    sheets: dict[str, list[list[Any]]] = {"columns": [["table", "column", "type", "meaning"], *told]}
    for one in resources:
        head, *rows = csv.reader(io.StringIO(files[f"tables/{one['path']}"].decode()))
        typed = [field["type"] if one["name"] == _EVIDENCE else "" for field in one["schema"]["fields"]]
        sheets[one["name"]] = [head, *([*map(_typed, typed, row)] for row in rows)]
    return {"tables/cartkg.xlsx": workbook(sheets)}


def _typed(kind: str, cell: str) -> int | float | str | None:
    return {"integer": int, "number": float}.get(kind, str)(cell) if cell else None


def frames() -> dict[str, bytes]:
    """For each kind of row a JSON-LD frame: its objects whole, and of the rows they point to the name."""
    names = {term.iri: name for name, term in terms().items()}
    label = {"@embed": "@always", "@explicit": True, "@omitDefault": True, "label": {}}
    found = {}
    for table in curated_tables().values():
        links = sorted(names[expand(one.predicate).value] for one in table.mapped.values() if one.kind == "row")
        kind = table.rdf_class.partition(":")[2]
        frame = {
            "@context": context(),
            "type": kind,
            "@embed": "@never",
            "@omitDefault": True,
            **dict.fromkeys(links, label),
        }
        found[f"frames/{table.name}.jsonld"] = (json.dumps(frame, indent=1) + "\n").encode()
    return found


def _curated(table: Table, tables: Mapping[str, Table]) -> dict[str, Any]:
    fields = list(map(_of_column, table.columns.values()))
    found = _resource(table.name, table.meaning, fields)
    keys = [
        {
            "fields": [name],
            "reference": {"resource": "" if column.target == table.name else column.target, "fields": ["id"]},
        }
        for name, column in table.columns.items()
        if column.kind == "row" and not column.is_list and column.target in tables
    ]
    found["schema"] |= {"primaryKey": ["id"]} | ({"foreignKeys": keys} if keys else {})
    return found


def _resource(name: str, meaning: str, fields: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "name": name, "path": f"{name}.csv", "description": meaning, "profile": "tabular-data-resource",
        "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "schema": {"fields": list(fields)},
    }  # fmt: skip


def _of_column(column: Column) -> dict[str, Any]:
    kind = "string" if column.is_list else _TYPES.get(column.kind, "string")
    more = " Several entries are separated by |." if column.is_list else ""
    field = _field(column.name, kind, column.meaning + more)
    return field | ({"constraints": {"required": True}} if column.required else {})


def _field(name: str, kind: str, meaning: str) -> dict[str, Any]:
    return {"name": name, "type": kind, "description": meaning}
