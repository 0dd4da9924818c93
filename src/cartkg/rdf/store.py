"""The built graph on disk: published whole, opened only when it matches its inputs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from ..errors import StorageError, UsageError
from ..resources import (
    declarations,
    derivation_rules,
    mapping_files,
    ontology_directory,
    ontology_files,
    queries_directory,
)
from ..version import __version__
from .tokens import with_lateral

MANIFEST = "manifest.json"
QUADS = "graph.nq"
_VERSION = f"{__version__} (engine {ox.__version__})"
_DATA = re.compile(r"graph\.nq|.*\.sst|MANIFEST.*|CURRENT")
_KEPT_SECONDS = 3600
_SIZES = "SELECT ?graph (COUNT(*) AS ?size) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph"
_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a built graph was made from and what it must hold."""

    version: str
    data: str
    inputs: dict[str, str]
    directory: str
    quads: int
    graphs: dict[str, int]
    sha256: str
    files: dict[str, int]


@dataclass(frozen=True)
class Graph:
    """A built graph, open for reading."""

    manifest: Manifest
    path: Path

    @cached_property
    def store(self) -> ox.Store:
        """The store, opened read-only when it is first used; StorageError if that fails."""
        try:
            return ox.Store.read_only(str(self.path / "store"))
        except (OSError, RuntimeError) as error:
            raise StorageError(f"{self.path}: {error}; run: cartkg build --force") from error

    def query(self, text: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Run SPARQL 1.1 over the union of all named graphs; SyntaxError if it does not parse."""
        return self.store.query(text, use_default_graph_as_union=True)

    def select(self, text: str, *, keep: bool = False) -> ox.QuerySolutions:
        """The rows of a query that selects; if asked to, kept beside the graph, which never changes."""
        text = with_lateral(text)
        if not keep:
            return _solutions(self.query(text))
        kept = self.path / "answers" / f"{hashlib.sha256(text.encode()).hexdigest()}.json"
        with contextlib.suppress(OSError, SyntaxError, ValueError):
            return _solutions(ox.parse_query_results(kept.read_bytes(), format=ox.QueryResultsFormat.JSON))
        results = bytes(_solutions(self.query(text)).serialize(format=ox.QueryResultsFormat.JSON) or b"")
        with contextlib.suppress(StorageError):
            write_atomically(kept, results)
        return _solutions(ox.parse_query_results(results, format=ox.QueryResultsFormat.JSON))

    def rows(self, text: str) -> list[dict[str, str]]:
        """The rows of a query that selects, as bare text by variable; what is unbound is empty."""
        found = self.select(text, keep=True)
        names = [variable.value for variable in found.variables]
        return [{name: getattr(row[name], "value", "") for name in names} for row in found]

    def quads(self) -> Iterator[ox.Quad]:
        """All quads in the order they were built, which is the same for the same inputs."""
        return ox.parse(path=self.path / QUADS, format=ox.RdfFormat.N_QUADS)


def _solutions(found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> ox.QuerySolutions:
    if not isinstance(found, ox.QuerySolutions):
        raise UsageError("only SELECT queries give rows")
    return found


def fingerprint(data: Path) -> dict[str, str]:
    """SHA-256 of everything a build depends on: the tables, the mappings, the ontology, the queries and the code."""
    if not data.is_dir():
        raise UsageError(f"{data}: no such data folder")
    ontology = ontology_directory()
    kinds = {
        "data": (data, [*(file for file in data.glob("[!.]*.tsv") if file.is_file()), *mapping_files(data)]),
        "ontology": (ontology, [*ontology_files(), *derivation_rules(), *mapping_files(ontology), *declarations()]),
        "queries": (queries_directory(), queries_directory().glob("*/*.rq")),
        "code": (_PACKAGE, _PACKAGE.rglob("*.py")),
    }
    return {
        f"{kind}/{file.relative_to(base).as_posix()}": hashlib.sha256(file.read_bytes()).hexdigest()
        for kind, (base, files) in kinds.items()
        for file in sorted(files)
    }


def read_manifest(directory: Path) -> Manifest | None:
    """The manifest of a graph directory, or None where there is none that can be read."""
    try:
        content: dict[str, Any] = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(**content)
    except (OSError, ValueError, TypeError):
        return None


def open_graph(directory: Path, data: Path) -> Graph | None:
    """The graph built from exactly these inputs by this version, or None: then it must be built."""
    manifest = read_manifest(directory)
    if manifest is None or manifest.version != _VERSION or manifest.inputs != fingerprint(data):
        return None
    path = directory / manifest.directory
    try:
        whole = manifest.files == _sizes(path)
    except OSError:
        return None
    return Graph(manifest, path) if whole else None


def sizes_of_graphs(store: ox.Store) -> dict[str, int]:
    """How many quads each named graph of a store has, by its short name."""
    found = _solutions(store.query(_SIZES))
    return {row["graph"].value.rsplit("/", 1)[1]: int(row["size"].value) for row in found}


def publish(staging: Path, directory: Path, data: Path, inputs: dict[str, str], graphs: dict[str, int]) -> Graph:
    """Turn a staging folder holding `graph.nq`, of which the sizes of named graphs are given, into the current graph.

    The manifest, replaced in one step, decides which graph is current. What it named before is left for
    those who may still read it, and swept when it is an hour old.
    """
    quads = staging / QUADS
    with quads.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    store = ox.Store(str(staging / "store"))
    store.bulk_load(path=quads, format=ox.RdfFormat.N_QUADS)
    store.optimize()
    store.flush()
    del store
    target = directory / f"graph-{digest[:16]}"
    if target.exists():
        target = target.with_name(f"{target.name}-{os.urandom(4).hex()}")
    staging.rename(target)
    manifest = Manifest(
        _VERSION, str(data.resolve()), inputs, target.name, sum(graphs.values()), graphs, digest, _sizes(target)
    )
    content = {field: getattr(manifest, field) for field in Manifest.__slots__}
    write_atomically(directory / MANIFEST, (json.dumps(content, indent=1) + "\n").encode())
    for old in (*directory.glob("graph-*"), *directory.glob(".build-*")):
        with contextlib.suppress(FileNotFoundError):  # another build has ended meanwhile
            if old.name != target.name and time.time() - old.stat().st_mtime > _KEPT_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
    return Graph(manifest, target)


def _sizes(folder: Path) -> dict[str, int]:
    """Sizes of the files a graph consists of, by which a cut or missing one is noticed."""
    files = (folder / QUADS, *sorted((folder / "store").iterdir()))
    return {file.name: file.stat().st_size for file in files if _DATA.match(file.name)}


def write_atomically(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file so that it is at any time either the old one or the new one, whole.

    What does not fit into memory comes in blocks. A symbolic link is followed; a device or pipe is written to and
    stays what it is.
    """
    path = path.resolve()
    blocks = (content,) if isinstance(content, bytes) else content
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                stream.writelines(blocks)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            stream.writelines(blocks)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise StorageError(f"{path}: {error.strerror or error}") from error
