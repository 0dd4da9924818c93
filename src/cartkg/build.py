"""Build the graph: check the tables, stream their rows to quads, add what follows, publish it whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from .errors import DataError, StorageError
from .files import holding
from .findings import Say, silent
from .queries import catalogue
from .rdf.folders import Folder, Snapshot, read_folders
from .rdf.publishing import counts, publish
from .rdf.store import QUADS, Graph, open_graph
from .rdf.vocabulary import Vocabulary, graph_name
from .reasoning.entailment import derive, infer
from .resources import DATA_DIRECTORY, ONTOLOGY_DIRECTORY, default_graph_directory, mapping_files
from .tables.checker import Checker
from .tables.quads import Mapper
from .tables.sssom import MappingReader


def build(
    data: Path | None = None,
    out: Path | None = None,
    progress: Say = silent,
    *,
    force: bool = False,
    overlays: Sequence[Path] = (),
) -> Graph:
    """Build the graph of a data folder and of those laid over it, or open it when nothing has changed.

    Raises DataError with every finding when the tables are wrong; what was there before stays current.
    """
    data = data or DATA_DIRECTORY
    out = out or default_graph_directory(data, overlays)
    folders = read_folders(data, overlays)
    if not force and (graph := open_graph(out, folders)) is not None:
        return graph
    snapshot = Snapshot(folders)
    progress("reading the ontology")
    vocabulary = Vocabulary.load()
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".build-", dir=out) as folder, holding(Path(folder)):
            staging = Path(folder) / "staging"
            staging.mkdir()
            counted = _write(folders, vocabulary, staging / QUADS, progress)
            progress("loading the store")
            return publish(staging, out, folders, snapshot, counted)
    except OSError as error:
        remedy = "name another folder with --out, or set CARTKG_GRAPH"
        raise StorageError(f"{error.filename or out}: {error.strerror or error}; {remedy}") from error


def _write(
    folders: Sequence[Folder], vocabulary: Vocabulary, quads: Path, progress: Say
) -> tuple[dict[str, int], dict[str, int]]:
    """Write all quads to a file, and count them by named graph, and individuals by class.

    What follows from the tables is asked of a store in memory, which is several times faster there than on disk.
    """
    progress("reading the tables")
    with quads.open("wb") as file:
        ox.serialize(_stated(folders, vocabulary), file, format=ox.RdfFormat.N_QUADS)
    store = ox.Store()
    store.load(path=quads, format=ox.RdfFormat.N_QUADS, lenient=True)
    progress("inferring")
    with quads.open("ab") as file:
        entailed = ox.serialize(infer(vocabulary, store), format=ox.RdfFormat.N_TRIPLES) or b""
        _add(entailed, "inferred", store, file)
        progress("deriving")
        for statements in derive(store):
            _add(statements, "derived", store, file)
    return counts(store)


def _stated(folders: Sequence[Folder], vocabulary: Vocabulary) -> Iterator[ox.Quad]:
    """The quads of ontology, tables, mappings and queries; DataError where something is wrong with them."""
    checker = Checker(folders, vocabulary)
    mapper = Mapper(checker.vocabulary, checker.labels, checker.bases)
    yield from _placed(vocabulary.triples, "ontology")
    for row in checker.rows():
        yield from mapper.quads(row)
    mappings = MappingReader(vocabulary, checker.lines, checker.findings, checker.torn, checker.names)
    mapped = (*(folder.path for folder in folders), ONTOLOGY_DIRECTORY)
    files = (file for folder in mapped for file in mapping_files(folder))
    yield from _placed(dict.fromkeys(mappings.triples(files)), "mappings")
    yield from _placed(catalogue.triples(), "queries")
    report = checker.report()
    if not report.conforms:
        raise DataError(report)


def _placed(triples: Iterable[ox.Triple], home: str) -> Iterator[ox.Quad]:
    graph = graph_name(home)
    return (ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples)


def _add(statements: bytes, home: str, store: ox.Store, file: BinaryIO) -> None:
    """Add N-Triples to a named graph of the store and, line by line, to the file: as text, since there are many."""
    graph = graph_name(home)
    store.load(statements, format=ox.RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
    file.write(statements.replace(b" .\n", f" {graph} .\n".encode()))
