"""Build the graph: check the tables, stream their rows to quads, add what follows, publish it whole."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .errors import DataError, StorageError
from .queries import catalogue
from .rdf.store import QUADS, Graph, fingerprint, open_graph, publish
from .rdf.vocabulary import Vocabulary, graph_name
from .reasoning.rules import infer, is_of_individuals
from .resources import data_directory, default_graph_directory, mapping_files, ontology_directory, ontology_files
from .tables.checker import Checker
from .tables.quads import Mapper
from .tables.sssom import MappingReader

if TYPE_CHECKING:
    from collections.abc import Callable

_MAPPINGS = graph_name("mappings")
_QUERIES = graph_name("queries")


def build(
    data: Path | None = None,
    out: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
    *,
    force: bool = False,
) -> Graph:
    """Build the graph of a data folder, or open it when nothing has changed.

    Raises DataError with every finding when the tables are wrong; what was there before stays current.
    """
    data = data or data_directory()
    out = out or default_graph_directory(data)
    if not force and (graph := open_graph(out, data)) is not None:
        return graph
    inputs = fingerprint(data)
    progress("reading the ontology")
    vocabulary = Vocabulary.load(ontology_files())
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".build-", dir=out) as folder:
            staging = Path(folder) / "staging"
            staging.mkdir()
            _write(data, vocabulary, staging, progress)
            progress("loading the store")
            return publish(staging, out, data, inputs)
    except OSError as error:
        remedy = "name another folder with --out, or set CARTKG_GRAPH"
        raise StorageError(f"{error.filename or out}: {error.strerror or error}; {remedy}") from error


def _write(data: Path, vocabulary: Vocabulary, staging: Path, progress: Callable[[str], None]) -> None:
    checker = Checker(data, vocabulary)
    mapper = Mapper(vocabulary, checker.index.labels)
    asserted = staging / "asserted.ttl"
    progress("reading the tables")
    with (staging / QUADS).open("wb") as quads, asserted.open("wb") as individuals:
        home = graph_name("ontology")
        ox.serialize((_placed(triple, home) for triple in vocabulary.triples), quads, format=ox.RdfFormat.N_QUADS)
        for row in checker.rows():
            found = list(mapper.quads(row))
            ox.serialize(found, quads, format=ox.RdfFormat.N_QUADS)
            of_individuals = (quad.triple for quad in found if is_of_individuals(quad))
            ox.serialize(of_individuals, individuals, format=ox.RdfFormat.N_TRIPLES)
        mappings = MappingReader(vocabulary, checker.index.lines, checker.findings)
        files = (*mapping_files(data), *mapping_files(ontology_directory()))
        mapped = dict.fromkeys(mappings.triples(files))
        ox.serialize((_placed(triple, _MAPPINGS) for triple in mapped), quads, format=ox.RdfFormat.N_QUADS)
        ox.serialize((_placed(triple, _QUERIES) for triple in catalogue.triples()), quads, format=ox.RdfFormat.N_QUADS)
        report = checker.report()
        if not report.conforms:
            raise DataError(report)
        individuals.flush()
        progress("inferring")
        inferred = graph_name("inferred")
        entailed = (_placed(triple, inferred) for triple in infer(vocabulary, asserted))
        ox.serialize(entailed, quads, format=ox.RdfFormat.N_QUADS)
    asserted.unlink()


def _placed(triple: ox.Triple, home: ox.NamedNode) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, home)
