"""Where the ontology, data and queries are: inside the installed package, or in the checkout."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from .errors import StorageError

_PACKAGE = Path(__file__).resolve().parent
_PACKAGED = _PACKAGE / "resources"
_CHECKOUT = _PACKAGE.parents[1]
_ROOT = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT

DATA_DIRECTORY = _ROOT / "data"  # the curated tables of the review
SOURCES_DIRECTORY = _ROOT / "sources"  # further sources, each of which can be laid over the review by its name
ONTOLOGY_DIRECTORY = _ROOT / "ontology"
SHAPES_DIRECTORY = ONTOLOGY_DIRECTORY / "shapes"
RELEASE_DIRECTORY = ONTOLOGY_DIRECTORY / "release"  # what only the files of a release are made with
QUERIES_DIRECTORY = _ROOT / "queries"  # one subfolder per topic


def derivation_rules() -> list[Path]:
    """The rules that derive facts, in the order of their numbers."""
    return sorted((ONTOLOGY_DIRECTORY / "derive").glob("*.rq"))


def ontology_files() -> list[Path]:
    """The ontology modules in a fixed order."""
    return sorted(ONTOLOGY_DIRECTORY.glob("*.ttl"))


def mapping_files(folder: Path) -> list[Path]:
    """The mappings beside tables or ontology modules, in a fixed order."""
    return [file for file in sorted((folder / "mappings").glob("[!.]*.tsv")) if file.is_file()]


def declarations() -> list[Path]:
    """What is declared beside the ontology: tables, their columns, and the prefixes that mapping files may use."""
    return sorted(ONTOLOGY_DIRECTORY.glob("*.tsv"))


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a declaration."""
    with path.open(encoding="utf-8", newline="") as file:
        read = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if not read.fieldnames:
            raise StorageError(f"{path}: is empty; put back what was there")
        return list(read)


def document(name: str) -> Path:
    """A file that goes along with the graph: a licence, or how to cite it."""
    return _ROOT / name


def earlier_releases() -> dict[str, Path]:
    """What earlier releases said, by version, oldest first."""
    files = (_ROOT / "releases").glob("*.nq.gz")
    found = {file.name.removesuffix(".nq.gz"): file for file in files}
    return dict(sorted(found.items(), key=lambda item: [int(part) for part in item[0].split(".")]))


def default_graph_directory(data: Path, overlays: Iterable[Path] = ()) -> Path:
    """Where the graph of a data folder, and of what is laid over it, is kept.

    Below `$CARTKG_GRAPH`, `build/` of a checkout, or the user's cache.
    """
    if named := os.environ.get("CARTKG_GRAPH"):
        base = Path(named)
    elif _ROOT is _CHECKOUT:
        base = _CHECKOUT / "build"
    else:
        from platformdirs import user_cache_path

        base = user_cache_path("cartkg", appauthor=False)
    folders = [data.resolve(), *(path.resolve() for path in overlays)]
    if folders == [DATA_DIRECTORY.resolve()]:
        return base
    names = os.pathsep.join(map(str, folders)).encode(errors="surrogateescape")
    return base / f"data-{hashlib.sha256(names).hexdigest()[:12]}"
