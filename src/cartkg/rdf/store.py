"""The built graph on disk: published whole, opened only when it matches its inputs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from ..errors import StorageError, UsageError
from ..resources import (
    ONTOLOGY_DIRECTORY,
    QUERIES_DIRECTORY,
    declarations,
    derivation_rules,
    mapping_files,
    ontology_files,
)
from ..version import __version__
from .folders import Folder
from .tokens import tokens, with_lateral

MANIFEST = "manifest.json"
QUADS = "graph.nq"
_VERSION = f"{__version__} (engine {ox.__version__})"
_DATA = re.compile(r"graph\.nq|.*\.sst|MANIFEST.*|CURRENT")
_KEPT_SECONDS = 3600
_GRAPHS = """
SELECT ?name (COUNT(*) AS ?number) WHERE {
  GRAPH ?graph { ?s ?p ?o } BIND(REPLACE(STR(?graph), "^.*/", "") AS ?name)
} GROUP BY ?name ORDER BY ?name
"""
_CLASSES = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?name (COUNT(DISTINCT ?node) AS ?number) WHERE {
  GRAPH ?home { ?node a owl:NamedIndividual , ?class } FILTER(?home != <https://w3id.org/cartkg/graph/ontology>)
  GRAPH <https://w3id.org/cartkg/graph/ontology> { ?class a owl:Class ; rdfs:label ?name }
} GROUP BY ?name ORDER BY DESC(?number) ?name
"""
_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a built graph was made from and what it must hold."""

    version: str
    data: str
    overlays: list[str]
    inputs: dict[str, str]
    directory: str
    quads: int
    graphs: dict[str, int]
    classes: dict[str, int]
    sha256: str
    files: dict[str, int]


@dataclass(frozen=True)
class Graph:
    """A built graph, open for reading."""

    manifest: Manifest
    path: Path

    @cached_property
    def store(self) -> ox.Store:
        """All triples as one graph, opened read-only when it is first used; StorageError if that fails."""
        return _opened(self.path / "store")

    @cached_property
    def named(self) -> ox.Store:
        """The same triples in their named graphs; StorageError if they can not be read."""
        return _opened(self.stored(named=True))

    def stored(self, *, named: bool) -> Path:
        """The folder of the store, or of that with named graphs, loaded, in twice the room, when first needed."""
        folder = self.path / ("named" if named else "store")
        if named and not folder.exists():
            try:
                with tempfile.TemporaryDirectory(prefix=".named-", dir=self.path) as loaded:
                    _load(Path(loaded) / "named", self.path / QUADS, ox.RdfFormat.N_QUADS)
                    (Path(loaded) / "named").rename(folder)
            except OSError as error:
                if folder.exists():  # another process was quicker
                    return folder
                raise StorageError(f"{folder}: {error.strerror or error}") from error
        return folder

    def query(self, text: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Run SPARQL 1.1 over all named graphs as one, or those of its FROM; SyntaxError if it does not parse."""
        return asked(self.named if names_graphs(text) else self.store, text)

    def select(self, text: str, *, keep: bool = False) -> ox.QuerySolutions:
        """The rows of a query that selects; if asked to, as for all of a question, kept beside the graph."""
        text = with_lateral(text, everything=keep)
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


def asked(store: ox.Store, text: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """The answer of a store: of all its graphs as one, unless FROM or FROM NAMED says of which."""
    return store.query(text, use_default_graph_as_union=not any(token.is_word("FROM") for token in tokens(text)))


def names_graphs(text: str) -> bool:
    """Whether SPARQL speaks of named graphs: by GRAPH or FROM."""
    return any(token.is_word("GRAPH") or token.is_word("FROM") for token in tokens(text))


def _opened(folder: Path) -> ox.Store:
    try:
        return ox.Store.read_only(str(folder))
    except (OSError, RuntimeError) as error:
        raise StorageError(f"{folder}: {error}; run: cartkg build --force") from error


def _load(folder: Path, file: Path, kind: ox.RdfFormat) -> None:
    """Load a file that was written by us into a new store; its terms were checked when they were made."""
    store = ox.Store(str(folder))
    store.bulk_load(path=file, format=kind, lenient=True)
    store.optimize()
    store.flush()


def _solutions(found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> ox.QuerySolutions:
    if not isinstance(found, ox.QuerySolutions):
        raise UsageError("only SELECT queries give rows")
    return found


def fingerprint(folders: Iterable[Folder]) -> dict[str, str]:
    """SHA-256 of everything a build depends on: the tables, the mappings, the ontology, the queries and the code."""
    ontology = ONTOLOGY_DIRECTORY
    kinds = {
        **{f"with-{n}" if n else "data": (folder.path, folder.files()) for n, folder in enumerate(folders)},
        "ontology": (ontology, [*ontology_files(), *derivation_rules(), *mapping_files(ontology), *declarations()]),
        "queries": (QUERIES_DIRECTORY, QUERIES_DIRECTORY.glob("*/*.rq")),
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
        return Manifest(**json.loads((directory / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def open_graph(directory: Path, folders: Iterable[Folder]) -> Graph | None:
    """The graph built from exactly these inputs by this version, or None: then it must be built."""
    manifest = read_manifest(directory)
    if manifest is None or manifest.version != _VERSION or manifest.inputs != fingerprint(folders):
        return None
    path = directory / manifest.directory
    try:
        whole = manifest.files == _sizes(path)
    except OSError:
        return None
    return Graph(manifest, path) if whole else None


def counts(store: ox.Store) -> tuple[dict[str, int], dict[str, int]]:
    """How many quads each named graph of a store has, and how many individuals each class that the tables name."""
    graphs, classes = (
        {row["name"].value: int(row["number"].value) for row in _solutions(store.query(text))}
        for text in (_GRAPHS, _CLASSES)
    )
    return graphs, classes


def publish(
    staging: Path,
    directory: Path,
    folders: Sequence[Folder],
    inputs: dict[str, str],
    counted: tuple[dict[str, int], dict[str, int]],
) -> Graph:
    """Turn a staging folder holding `graph.nq`, of which the counts are given, into the current graph.

    The manifest, replaced in one step, decides which graph is current. What it named before is left for
    those who may still read it, and swept when it is an hour old.
    """
    quads = staging / QUADS
    with quads.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    triples = staging / "graph.nt"
    with quads.open("rb") as stream, triples.open("wb") as out:
        out.writelines(line[: line.rindex(b" <")] + b" .\n" for line in stream)
    _load(staging / "store", triples, ox.RdfFormat.N_TRIPLES)
    triples.unlink()
    target = directory / f"graph-{digest[:16]}"
    if target.exists():
        target = target.with_name(f"{target.name}-{os.urandom(4).hex()}")
    staging.rename(target)
    quad_count = sum(counted[0].values())
    manifest = Manifest(_VERSION, *_named(folders), inputs, target.name, quad_count, *counted, digest, _sizes(target))
    write_atomically(directory / MANIFEST, (json.dumps(asdict(manifest), indent=1) + "\n").encode())
    for old in (*directory.glob("graph-*"), *directory.glob(".build-*")):
        with contextlib.suppress(FileNotFoundError):  # another build has ended meanwhile
            if old.name != target.name and time.time() - old.stat().st_mtime > _KEPT_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
    return Graph(manifest, target)


def _named(folders: Iterable[Folder]) -> tuple[str, list[str]]:
    """The paths of the folder of data and of those laid over it."""
    data, *overlays = (str(folder.path.resolve()) for folder in folders)
    return data, overlays


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
