"""The built graph on disk: published whole, opened only when it matches its inputs."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import file_digest
from pathlib import Path

import pyoxigraph as ox

from ..errors import StorageError, UsageError
from ..files import digest, holding, read_regular, sealed, stamp, unsealed, write_atomically
from ..version import __version__
from .folders import Folder, fingerprint
from .tokens import tokens, with_lateral

MANIFEST = "manifest.json"
QUADS = "graph.nq"
SEAL = "seal"
VERSION = f"{__version__} (engine {ox.__version__})"
_SETTLED = 2_000_000_000  # nanoseconds after which a change leaves another time behind, on any file system
_HOUR = 3600
_REMEDY = "run: cartkg build --force"


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
    size: int
    files: dict[str, str]


@dataclass(frozen=True, eq=False)
class Graph:
    """A built graph, open for reading; its folder is not swept as long as this is there."""

    manifest: Manifest
    path: Path

    def __post_init__(self) -> None:
        held = contextlib.ExitStack()
        held.enter_context(holding(self.path))
        weakref.finalize(self, held.close)

    def __str__(self) -> str:
        return f"cartkg {self.manifest.version.split()[0]}, graph {self.manifest.sha256[:12]}"

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
        return self._with_names if named else self.path / "store"

    @cached_property
    def _with_names(self) -> Path:
        folder = self._home / "named"
        if not self._is_whole(folder):
            self._load_named(folder)
        return folder

    @cached_property
    def _home(self) -> Path:
        """Where the store with named graphs goes: beside the graph, or elsewhere for a while, if that is read-only."""
        if os.access(self.path, os.W_OK):
            return self.path
        mine = tempfile.TemporaryDirectory(prefix="cartkg-")
        weakref.finalize(self, mine.cleanup)
        return Path(mine.name)

    def _is_whole(self, folder: Path) -> bool:
        """Whether the store with named graphs, which no manifest lists, is what was sealed when it was loaded."""
        try:
            files = json.loads(unsealed(read_regular(folder.with_suffix(".json")), self.manifest.sha256))
            return bool(files == hashes_of(folder))
        except (OSError, ValueError):
            return False

    def _load_named(self, folder: Path) -> None:
        try:
            with tempfile.TemporaryDirectory(prefix=".named-", dir=folder.parent) as loaded:
                fresh = Path(loaded) / "named"
                self.check_quads()
                load(fresh, self.path / QUADS, ox.RdfFormat.N_QUADS)
                hashes = json.dumps(hashes_of(fresh)).encode()
                if folder.exists():
                    if self._is_whole(folder):  # another process was quicker
                        return
                    folder.rename(Path(loaded) / "damaged")
                fresh.rename(folder)
                write_atomically(folder.with_suffix(".json"), sealed(hashes, self.manifest.sha256))
        except OSError as error:
            if not self._is_whole(folder):
                raise StorageError(f"{folder}: {error.strerror or error}") from error

    def query(self, text: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Run SPARQL 1.1 over all named graphs as one, or those of its FROM; SyntaxError if it does not parse."""
        # The store is one graph: to ask it for a union would look each triple up twice.
        return asked(self.named, text) if names_graphs(text) else self.store.query(text)

    def select(self, text: str, *, keep: bool = False) -> ox.QuerySolutions:
        """The rows of a query that selects; if asked to, as for all of a question, kept beside the graph."""
        text = with_lateral(text, everything=keep)
        if not keep:
            return solutions(self.query(text))
        kept, about = self.path / "answers" / f"{digest(text.encode())}.json", (self.manifest.sha256, text)
        try:
            results = unsealed(read_regular(kept), *about)
        except (OSError, ValueError):
            results = bytes(solutions(self.query(text)).serialize(format=ox.QueryResultsFormat.JSON) or b"")
            with contextlib.suppress(StorageError):
                if kept.is_file() or not kept.exists():
                    write_atomically(kept, sealed(results, *about))
        return solutions(ox.parse_query_results(results, format=ox.QueryResultsFormat.JSON))

    def rows(self, text: str) -> list[dict[str, str]]:
        """The rows of a query that selects, as bare text by variable; what is unbound is empty."""
        return texts(self.select(text, keep=True))

    def quads(self) -> Iterator[ox.Quad]:
        """All quads in the order they were built, which is the same for the same inputs."""
        self.check_quads()
        return ox.parse(path=self.path / QUADS, format=ox.RdfFormat.N_QUADS)

    def check_quads(self) -> Path:
        """The file of all quads; StorageError where it is not the one that was built."""
        file = self.path / QUADS
        try:
            with file.open("rb") as stream:
                same = file_digest(stream, "sha256").hexdigest() == self.manifest.sha256
        except OSError as error:
            raise StorageError(f"{file}: {error.strerror or error}; {_REMEDY}") from error
        if not same:
            raise StorageError(f"{file}: is damaged: it is not what was built; {_REMEDY}")
        return file

    def verify(self) -> int:
        """Hash every file of the graph; how many there are, or StorageError where one is not what was built."""
        self.check_quads()
        stores = [folder for folder in (self.path / "store", self.path / "named") if folder.exists()]
        same = hashes_of(stores[0]) == self.manifest.files and read_manifest(self.path) == self.manifest
        if not same or not all(map(self._is_whole, stores[1:])):
            raise StorageError(f"{self.path}: is damaged: it is not what was built; {_REMEDY}")
        return 2 + sum(len(list(folder.iterdir())) for folder in stores)


def asked(store: ox.Store, text: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """The answer of a store: of all its graphs as one, unless FROM or FROM NAMED says of which."""
    return store.query(text, use_default_graph_as_union=not any(token.is_word("FROM") for token in tokens(text)))


@lru_cache(maxsize=256)
def names_graphs(text: str) -> bool:
    """Whether SPARQL speaks of named graphs: by GRAPH or FROM."""
    return any(token.is_word("GRAPH") or token.is_word("FROM") for token in tokens(text))


def _opened(folder: Path) -> ox.Store:
    try:
        return ox.Store.read_only(str(folder))
    except (OSError, RuntimeError) as error:
        raise StorageError(f"{folder}: {error}; {_REMEDY}") from error


def load(folder: Path, file: Path, kind: ox.RdfFormat) -> None:
    """Load a file that was written by us into a new store; its terms were checked when they were made."""
    store = ox.Store(str(folder))
    store.bulk_load(path=file, format=kind, lenient=True)
    store.optimize()
    store.flush()
    del store
    (folder / "LOG").unlink(missing_ok=True)


def solutions(found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> ox.QuerySolutions:
    """The rows of an answer; UsageError for one that has none."""
    if not isinstance(found, ox.QuerySolutions):
        raise UsageError("only SELECT queries give rows")
    return found


def texts(found: ox.QuerySolutions) -> list[dict[str, str]]:
    """The rows of an answer, as bare text by variable; what is unbound is empty."""
    names = [variable.value for variable in found.variables]
    return [{name: getattr(row[name], "value", "") for name in names} for row in found]


def read_manifest(directory: Path) -> Manifest | None:
    """The manifest of a graph directory, or None where there is none, or one that is damaged."""
    try:
        found = json.loads(read_regular(directory / MANIFEST))
        return Manifest(**found) if found.pop(SEAL) == digest(json.dumps(found).encode()) else None
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None


def open_graph(directory: Path, folders: Iterable[Folder]) -> Graph | None:
    """The graph built from exactly these inputs by this version, or None: then it must be built.

    The current one, or an earlier one beside it: versions that share a directory do not build in turn.
    """
    if read_manifest(directory) is None:
        return None
    inputs = fingerprint(folders)
    for home in (directory, *sorted(directory.glob("graph-*"))):
        manifest = read_manifest(home)
        if manifest is not None and manifest.version == VERSION and manifest.inputs == inputs:
            graph = Graph(manifest, directory / manifest.directory)
            with contextlib.suppress(OSError):
                size = (graph.path / QUADS).stat().st_size
                if size == manifest.size and _as_built(graph):
                    with contextlib.suppress(OSError):  # a graph of somebody else is there to be read, too
                        os.utime(graph.path)
                    return graph
    return None


def _as_built(graph: Graph) -> bool:
    """Whether every file of the store is what was built, by its hash, or was within the hour and is untouched since."""
    store, about = graph.path / "store", json.dumps(graph.manifest.files)
    found = {file.name: stamp(file) for file in sorted(store.iterdir())}
    stamps, kept = json.dumps(found).encode(), graph.path / "checked.json"
    with contextlib.suppress(OSError, ValueError):
        if time.time() - kept.stat().st_mtime < _HOUR and unsealed(read_regular(kept), about) == stamps:
            return True
    if graph.manifest.files != hashes_of(store):
        return False
    if max(changed for *_, changed in found.values()) < time.time_ns() - _SETTLED:
        with contextlib.suppress(StorageError):
            write_atomically(kept, sealed(stamps, about))
    return True


def hashes_of(store: Path) -> dict[str, str]:
    """SHA-256 of every file of a store."""
    return {file.name: digest(read_regular(file)) for file in sorted(store.iterdir())}
