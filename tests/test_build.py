"""Building is repeatable, incremental and all or nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

import cartkg
from cartkg.build import build
from cartkg.errors import StorageError
from cartkg.queries.asking import ask
from cartkg.rdf.folders import read_folders
from cartkg.rdf.store import open_graph, read_manifest
from cartkg.rdf.vocabulary import PREFIXES, Vocabulary
from cartkg.resources import DATA_DIRECTORY, ontology_files
from cartkg.tables.schema import curated_tables

from .conftest import replace_cell

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph


@pytest.mark.no_cover
def test_the_same_inputs_give_the_same_bytes_under_any_hash_seed(graph: Graph, tmp_path: Path) -> None:
    """The graph here was built under a seed drawn by lot."""
    subprocess.run(
        [sys.executable, "-m", "cartkg", "build", "--out", tmp_path],
        env=os.environ | {"PYTHONHASHSEED": "1"},
        check=True,
        capture_output=True,
    )
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert manifest.sha256 == graph.manifest.sha256


def test_an_unchanged_graph_is_opened_and_not_rebuilt(graph: Graph, graph_directory: Path) -> None:
    said: list[str] = []
    again = build(DATA_DIRECTORY, graph_directory, said.append)
    assert said == []
    assert again.manifest == graph.manifest


@pytest.mark.no_cover
def test_a_changed_cell_makes_a_new_graph(invented: Path, tmp_path: Path) -> None:
    first = build(invented, tmp_path / "out").manifest
    replace_cell(invented / "trials.tsv", 2, "note", "changed")
    second = build(invented, tmp_path / "out").manifest
    assert first.sha256 != second.sha256
    assert first.directory != second.directory


@pytest.mark.no_cover
def test_old_graphs_and_abandoned_builds_are_swept_when_nobody_can_still_read_them(
    invented: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    first = build(invented, out).manifest
    (out / ".build-abandoned").mkdir()
    for stale in (out / first.directory, out / ".build-abandoned"):
        os.utime(stale, (0, 0))
    replace_cell(invented / "trials.tsv", 2, "note", "changed")
    second = build(invented, out).manifest
    assert sorted(path.name for path in out.iterdir()) == [second.directory, "manifest.json"]


@pytest.mark.no_cover
def test_building_again_by_force_leaves_a_graph_that_is_being_read(invented: Path, tmp_path: Path) -> None:
    first = build(invented, tmp_path / "out")
    second = build(invented, tmp_path / "out", force=True)
    assert first.path != second.path
    assert len(list(first.store)) == len(list(second.store)) == first.manifest.quads


def test_a_kept_answer_that_is_damaged_is_computed_again(invented: Path, tmp_path: Path) -> None:
    graph = build(invented, tmp_path / "out")
    before = ask(graph, "indications").rows
    kept = next((graph.path / "answers").iterdir())
    kept.write_bytes(b"")
    assert ask(graph, "indications").rows == before
    assert kept.stat().st_size > 0


@pytest.mark.no_cover
def test_named_graphs_are_loaded_when_a_query_speaks_of_them(invented: Path, tmp_path: Path) -> None:
    graph = build(invented, tmp_path / "out")
    text = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert not (graph.path / "named").exists()
    assert [row["n"].value for row in graph.select(text)] == [str(graph.manifest.quads)]
    assert (graph.path / "named").is_dir()
    with (graph.path / "graph.nq").open("rb") as quads:
        assert len(set(quads)) == graph.manifest.quads == len(graph.store)


def test_a_store_that_can_not_be_opened_is_a_storage_error(invented: Path, tmp_path: Path) -> None:
    graph = build(invented, tmp_path / "out")
    shutil.rmtree(graph.path / "store")
    with pytest.raises(StorageError, match="cartkg build --force"):
        graph.query("ASK {}")


@pytest.mark.no_cover
def test_a_failed_build_leaves_the_old_graph(invented: Path, tmp_path: Path) -> None:
    first = build(invented, tmp_path / "out").manifest
    old = replace_cell(invented / "trials.tsv", 2, "basis", "hearsay")
    with pytest.raises(Exception, match="violation"):
        build(invented, tmp_path / "out")
    replace_cell(invented / "trials.tsv", 2, "basis", old)
    opened = open_graph(tmp_path / "out", read_folders(invented, ()))
    assert opened is not None
    assert opened.manifest == first


@pytest.mark.no_cover
@pytest.mark.parametrize("damage", ["manifest", "missing", "cut"])
def test_a_damaged_graph_is_not_opened(invented: Path, tmp_path: Path, damage: str) -> None:
    out = tmp_path / "out"
    directory = build(invented, out).manifest.directory
    manifest = out / "manifest.json"
    if damage == "manifest":
        manifest.write_text("{", encoding="utf-8")
    elif damage == "missing":
        (out / directory / "store" / "CURRENT").unlink()
    else:
        table = next((out / directory / "store").glob("*.sst"))
        table.write_bytes(table.read_bytes()[:-1])
    assert open_graph(out, read_folders(invented, ())) is None


def test_a_store_found_whole_is_hashed_again_after_an_hour_or_when_a_file_of_it_was_touched(
    invented: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cartkg.rdf.store._SETTLED", 0)
    graph, folders = build(invented, tmp_path / "out"), read_folders(invented, ())
    assert open_graph(tmp_path / "out", folders) is not None
    kept = graph.path / "checked.json"
    os.utime(kept, (0, 0))
    assert open_graph(tmp_path / "out", folders) is not None
    written = kept.stat().st_mtime_ns
    assert written > 0
    assert open_graph(tmp_path / "out", folders) is not None
    assert kept.stat().st_mtime_ns == written
    file = next((graph.path / "store").glob("*.sst"))
    before, content = file.stat(), file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert open_graph(tmp_path / "out", folders) is None


def test_a_folder_that_can_not_be_written_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError):
        build(DATA_DIRECTORY, tmp_path / "file" / "out")


def test_every_row_becomes_a_named_individual_of_its_class_with_one_label(graph: Graph) -> None:
    for table, model in curated_tables().items():
        lines = (DATA_DIRECTORY / f"{table}.tsv").read_text(encoding="utf-8").splitlines()[1:]
        found = graph.query(
            f"""PREFIX ck: <{PREFIXES["ck"]}> PREFIX owl: <{PREFIXES["owl"]}> PREFIX rdfs: <{PREFIXES["rdfs"]}>
            SELECT ?node (COUNT(DISTINCT ?label) AS ?labels) WHERE {{
              ?node a owl:NamedIndividual , {model.rdf_class} ; rdfs:label ?label .
              FILTER(STRSTARTS(STR(?node), "https://w3id.org/cartkg/id/{table}/"))
            }} GROUP BY ?node"""
        )
        assert isinstance(found, ox.QuerySolutions)
        counts = [int(row["labels"].value) for row in found]
        assert (table, len(counts)) == (table, len(lines))
        assert set(counts) <= {1}


def test_rows_and_places_have_the_classes_above_their_own_so_that_no_question_needs_a_path(graph: Graph) -> None:
    found = graph.query(
        """PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT ?node ?above WHERE {
          ?node a owl:NamedIndividual , ?class . FILTER(STRSTARTS(STR(?node), "https://w3id.org/cartkg/id/"))
          ?class rdfs:subClassOf ?above . FILTER(isIRI(?above))
          FILTER NOT EXISTS { ?node a ?above }
        }"""
    )
    assert isinstance(found, ox.QuerySolutions)
    assert list(found) == []


@pytest.mark.parametrize("which", ["graph", "world"])
def test_no_triple_stands_in_two_named_graphs_where_it_would_count_twice(
    request: pytest.FixtureRequest, which: str
) -> None:
    found: Graph = request.getfixturevalue(which)
    triples = Counter(quad.triple for quad in found.quads())
    assert [triple for triple, times in triples.items() if times > 1] == []


def test_the_data_hold_no_blank_node_and_use_declared_terms_only(graph: Graph) -> None:
    declared = Vocabulary.load(ontology_files()).declared
    own = PREFIXES["ck"]
    undeclared = set()
    for quad in graph.quads():
        if quad.graph_name.value.endswith("/ontology"):
            continue
        assert isinstance(quad.subject, ox.NamedNode)
        assert not isinstance(quad.object, ox.BlankNode)
        terms = {quad.predicate.value, quad.object.value if isinstance(quad.object, ox.NamedNode) else ""}
        undeclared |= {term for term in terms if term.startswith(own) and term not in declared}
    assert undeclared == set()


def test_broken_ontology_names_file_and_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("@prefix a: <http://a/> .\na:b a:c a:d a:e .\n", encoding="utf-8")
    with pytest.raises(StorageError, match=r"broken\.ttl:2: not valid Turtle"):
        Vocabulary.load([broken])


def test_every_module_of_the_code_counts_as_an_input(graph: Graph) -> None:
    package = Path(cartkg.__file__).parent
    modules = {f"code/{file.relative_to(package).as_posix()}" for file in package.rglob("*.py")}
    assert {name for name in graph.manifest.inputs if name.startswith("code/")} == modules
