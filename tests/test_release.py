"""A release is one folder that another graph can take in: whole, described, checked, and the same each time."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib

import cartkg
from cartkg.errors import ExternalError, StorageError
from cartkg.export import export_all
from cartkg.files import SUMS
from cartkg.rdf.serialise import FORMATS, is_module_header, suffix
from cartkg.rdf.vocabulary import INDIVIDUALS, PREFIXES, expand, graph_name, shorten, type_
from cartkg.reasoning.java import find_robot, functional_syntax
from cartkg.release.about import ALL_PREFIXES, described, publish
from cartkg.release.changes import State, compare, read_state
from cartkg.resources import RELEASE_DIRECTORY, document

from . import tools
from .conftest import WORLD

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartkg.rdf.store import Graph

    from .conftest import Run

DEFINITION, COPY = expand("skos:definition"), ox.NamedNode("http://purl.obolibrary.org/obo/IAO_0000115")
SYNTAXES = ("ttl", "rdf", "jsonld", "nt")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def triples(path: Path) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(path=path, format=ox.RdfFormat.from_extension(path.suffix[1:]))]


def test_the_folder_holds_what_was_promised(release: Path, graph: Graph) -> None:
    names = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()}
    single = {name for name in names if not name.startswith(("queries/", "mappings/", "tables/", "frames/"))}
    assert single == {
        *(f"cartkg.{suffix(name)}" for name in FORMATS), *(f"ontology.{syntax}" for syntax in SYNTAXES),
        *(f"{part}.ttl" for part in graph.manifest.graphs), "context.jsonld", "kgx/nodes.tsv", "kgx/edges.tsv",
        "CHANGES.md", "changes.json", "dataset.ttl", "dataset.jsonld", "service.ttl", "shapes.ttl", "core.ttl",
        "open-shapes.ttl", "kgx/prefixes.json", "ro-crate-metadata.json", "README.md", "SHA256SUMS", "CITATION.cff",
        "LICENSE", "LICENSE-DATA", "w3id/cartkg/.htaccess", "w3id/cartkg/README.md",
    }  # fmt: skip
    assert any(name.startswith("queries/provenance/evidence") for name in names)
    assert any(name.endswith(".sssom.tsv") for name in names)


def test_the_checksums_hold_and_notice_a_changed_byte(release: Path, tmp_path: Path) -> None:
    def check(folder: Path) -> int:
        return subprocess.run(
            ["sha256sum", "-c", "--quiet", SUMS], cwd=folder, capture_output=True, check=False
        ).returncode

    assert check(release) == 0
    for name in ("LICENSE", SUMS):
        (tmp_path / name).write_bytes((release / name).read_bytes())
    lines = (tmp_path / SUMS).read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / SUMS).write_text("".join(line for line in lines if line.endswith("  LICENSE\n")), encoding="utf-8")
    assert check(tmp_path) == 0
    (tmp_path / "LICENSE").write_bytes((release / "LICENSE").read_bytes() + b" ")
    assert check(tmp_path) == 1


def test_the_checksums_name_every_other_file(release: Path) -> None:
    named = {line.partition("  ")[2] for line in (release / SUMS).read_text(encoding="utf-8").splitlines()}
    assert named == {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()} - {SUMS}


@pytest.mark.parametrize("stem", ["ontology", "cartkg"])
def test_every_syntax_says_the_same(release: Path, stem: str) -> None:
    counts = {syntax: len(triples(release / f"{stem}.{syntax}")) for syntax in ("ttl", "rdf", "nt")}
    parsed = rdflib.Graph().parse(release / f"{stem}.jsonld", format="json-ld")
    assert set(counts.values()) == {len(parsed)}


@pytest.mark.parametrize("stem", ["ontology", "cartkg"])
def test_release_files_hold_the_definition_of_each_term_for_obo_tools_too(release: Path, stem: str) -> None:
    terms = {t.subject for t in triples(release / "ontology.ttl")}
    said = [t for t in triples(release / f"{stem}.ttl") if t.subject in terms]
    one, other = ({(t.subject, t.object) for t in said if t.predicate == p} for p in (DEFINITION, COPY))
    assert one == other
    assert one


def test_a_plain_export_holds_definitions_once(graph: Graph) -> None:
    assert all(quad.predicate != COPY for quad in graph.quads())


@pytest.mark.parametrize("file", ["cartkg.nq", "cartkg.trig"])
def test_the_data_set_holds_all_named_graphs(release: Path, graph: Graph, file: str) -> None:
    homes = {quad.graph_name for quad in ox.parse(path=release / file)}
    assert homes == {graph_name(part) for part in graph.manifest.graphs}
    assert compare(read_state(release / file), State.of(graph.quads())).same


def test_the_description_counts_what_the_graph_holds(release: Path) -> None:
    said = {(t.subject.value, t.predicate.value): t.object.value for t in triples(release / "dataset.ttl")}  # type: ignore[union-attr]
    everything = [quad for quad in ox.parse(path=release / "cartkg.nq") if quad.graph_name != graph_name("queries")]
    merged = {quad.triple for quad in everything if not is_module_header(quad)}
    dataset, void = "https://w3id.org/cartkg/dataset", PREFIXES["void"]
    assert said[dataset, void + "triples"] == str(len(merged))
    own = {t.subject.value for t in merged if isinstance(t.subject, ox.NamedNode)}
    assert said[dataset, void + "entities"] == str(sum(1 for iri in own if iri.startswith(INDIVIDUALS)))
    observations = {t for t in merged if t.predicate == type_ and t.object == expand("ck:Observation")}
    assert said[f"{dataset}/class/ck.Observation", void + "entities"] == str(len(observations))
    for part in ("asserted", "inferred", "provenance"):
        assert said[graph_name(part).value, void + "triples"] == str(len(triples(release / f"{part}.ttl")))


def test_an_editor_learns_from_the_description_which_properties_a_kind_has_with_which_values(release: Path) -> None:
    store = ox.Store()
    store.bulk_load(path=release / "dataset.ttl")
    asked = """
        PREFIX void: <http://rdfs.org/ns/void#> PREFIX void-ext: <http://ldf.fi/void-ext#>
        SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype ?triples WHERE {
          ?dataset void:classPartition ?cp . ?cp void:class ?subjectClass ; void:propertyPartition ?pp .
          ?pp void:property ?prop ; void:triples ?triples .
          OPTIONAL { { ?pp void:classPartition [ void:class ?objectClass ] }
            UNION { ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] } } }"""
    rows = [[shorten(cell.value) if cell else "" for cell in row] for row in store.query(asked)]  # type: ignore[union-attr]
    printed = [one for one in ox.parse(path=release / "cartkg.nq") if one.predicate == expand("ck:percent")]
    observed = {one.subject for one in ox.parse(path=release / "cartkg.nq") if one.object == expand("ck:Observation")}
    count = str(len({(one.subject, one.object) for one in printed if one.subject in observed}))
    assert ["ck:Observation", "ck:percent", "", "xsd:decimal", count] in rows
    assert ("ck:Observation", "ck:ofCohort", "ck:Cohort") in {tuple(row[:3]) for row in rows}
    assert ("ck:Cohort", "ck:cohortOf", "ck:Study") in {tuple(row[:3]) for row in rows}


def test_the_description_names_each_dump_with_its_size_and_checksum(release: Path) -> None:
    said = triples(release / "dataset.ttl")
    dumps = {t.object.value for t in said if t.predicate == expand("void:dataDump")}  # type: ignore[union-attr]
    base = f"https://w3id.org/cartkg/release/{cartkg.__version__}/"
    assert {iri.removeprefix(base) for iri in dumps} >= {"cartkg.ttl", "cartkg.nq", "ontology.rdf", "mappings.ttl"}
    for iri in dumps:
        content = (release / iri.removeprefix(base)).read_bytes()
        facts = {t.predicate.value: t.object.value for t in said if t.subject == ox.NamedNode(iri)}  # type: ignore[union-attr]
        assert facts[ALL_PREFIXES["dcat"] + "byteSize"] == str(len(content))
        assert facts[PREFIXES["schema"] + "sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("kind", ["void:Dataset", "dcat:Dataset", "schema:Dataset"])
def test_catalogues_find_title_description_licence_and_date(release: Path, kind: str) -> None:
    prefix, _, name = kind.partition(":")
    said = rdflib.Graph().parse(release / "dataset.jsonld", format="json-ld")
    dataset = rdflib.URIRef("https://w3id.org/cartkg/dataset")
    assert (dataset, rdflib.RDF.type, rdflib.URIRef(ALL_PREFIXES[prefix] + name)) in said
    properties = {
        "schema": ("name", "description", "license", "datePublished", "creator", "version", "keywords"),
    }.get(prefix, ("title", "description", "license", "issued", "creator"))
    base = PREFIXES["schema"] if prefix == "schema" else PREFIXES["dcterms"]
    for name in properties:
        assert said.value(dataset, rdflib.URIRef(base + name), any=True) is not None, name
    assert len(said) == len(triples(release / "dataset.ttl"))


def test_descriptions_have_no_blank_node_and_stay_out_of_the_graph(release: Path, graph: Graph) -> None:
    for file in ("dataset.ttl", "service.ttl"):
        assert not [t for t in triples(release / file) if ox.BlankNode in {type(t.subject), type(t.object)}]
    kinds = {ox.NamedNode(ALL_PREFIXES["dcat"] + "Dataset"), ox.NamedNode(ALL_PREFIXES["sd"] + "Service")}
    assert not [quad for quad in graph.quads() if quad.object in kinds]


def test_the_service_description_names_endpoint_language_and_graphs(release: Path, graph: Graph) -> None:
    said = rdflib.Graph().parse(release / "service.ttl")
    sd = rdflib.Namespace(ALL_PREFIXES["sd"])
    service = said.value(predicate=rdflib.RDF.type, object=sd.Service)
    assert said.value(service, sd.endpoint) == rdflib.URIRef("https://w3id.org/cartkg/sparql")
    assert said.value(service, sd.supportedLanguage) == sd.SPARQL11Query
    assert (service, sd.feature, sd.UnionDefaultGraph) in said
    names = {str(name) for name in said.objects(predicate=sd.name)}
    assert names == {graph_name(part).value for part in graph.manifest.graphs}


_CRATE = """
import sys
from rocrate.rocrate import ROCrate
crate = ROCrate(sys.argv[1])
root = crate.root_dataset
for name in ("name", "description", "datePublished", "license"):
    assert root[name], name
for entity in crate.get_by_type("File"):
    assert (crate.source / entity.id).is_file(), entity.id
print(len(crate.get_by_type("File")))
"""


def test_the_folder_opens_as_an_ro_crate(release: Path) -> None:
    done = tools.check("python", "-c", _CRATE, release)
    assert done.returncode == 0, done.stderr
    files = [path for path in release.rglob("*") if path.is_file()]
    # All but the metadata file itself, and README and checksums, which are written with or after it.
    assert int(done.stdout) == len(files) - 2


@pytest.mark.nightly
def test_roc_validator_finds_every_requirement_and_recommendation_of_an_ro_crate_met_and_notices_one_that_is_not(
    release: Path, small_release: Path, tmp_path: Path
) -> None:
    script = tools.ROOT / "tests" / "crate_check.py"
    done = tools.check("python", script, release)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    folder = tmp_path / "crate"
    shutil.copytree(small_release, folder)
    file = folder / "ro-crate-metadata.json"
    said = file.read_text(encoding="utf-8")
    file.write_text(said.replace('"url":', '"email":').replace('"contentSize":', '"bulk":'), encoding="utf-8")
    found = tools.check("python", script, folder).stdout
    assert "RECOMMENDED\tThe organization SHOULD have a URL." in found
    assert 'JSON-LD key "bulk" are not allowed' in found


_BIOLINK = """
import json, pathlib, sys, yaml
import biolink_model
folder = pathlib.Path(next(iter(biolink_model.__path__)))
model = yaml.safe_load((folder / "schema" / "biolink_model.yaml").read_text())
camel = {"".join(word[0].upper() + word[1:] for word in name.split()): body for name, body in model["classes"].items()}
def related(name):
    while name:
        if name == "related to":
            return True
        name = model["slots"].get(name, {}).get("is_a")
    return False
def usable(body):
    return not (body.get("abstract") or body.get("mixin") or body.get("deprecated"))
json.dump({
    "categories": sorted(name for name, body in camel.items() if usable(body)),
    "predicates": sorted(
        name.replace(" ", "_") for name, body in model["slots"].items() if related(name) and not body.get("deprecated")
    ),
    "prefixes": json.loads((folder / "prefixmaps" / "biolink_model_prefix_map.json").read_text()),
    "levels": sorted(model["enums"]["KnowledgeLevelEnum"]["permissible_values"]),
    "agents": sorted(model["enums"]["AgentTypeEnum"]["permissible_values"]),
}, sys.stdout)
"""


@pytest.fixture(scope="module")
def biolink() -> dict[str, set[str]]:
    done = tools.check("python", "-c", _BIOLINK)
    assert done.returncode == 0, done.stderr
    return {key: set(values) for key, values in json.loads(done.stdout).items()}


def test_categories_and_predicates_are_those_of_biolink(biolink: dict[str, set[str]], release: Path) -> None:
    nodes, edges = table(release / "kgx/nodes.tsv"), table(release / "kgx/edges.tsv")
    assert {node["category"].removeprefix("biolink:") for node in nodes} <= biolink["categories"]
    assert {edge["predicate"].removeprefix("biolink:") for edge in edges} <= biolink["predicates"]
    assert {edge["knowledge_level"] for edge in edges} <= biolink["levels"]
    assert {edge["agent_type"] for edge in edges} <= biolink["agents"]


@pytest.mark.parametrize(
    ("kind", "name"), [("categories", "Cohorte"), ("categories", "StudyResult"), ("predicates", "treats_well")]
)
def test_what_biolink_does_not_have_would_be_noticed(biolink: dict[str, set[str]], kind: str, name: str) -> None:
    assert name not in biolink[kind]


def test_biolink_knows_the_prefixes_that_we_write_for_it(biolink: dict[str, set[str]]) -> None:
    rows = table(RELEASE_DIRECTORY / "biolink-prefixes.tsv")
    assert {row["biolink"] for row in rows} <= biolink["prefixes"]


def test_nodes_are_named_once_and_no_edge_dangles(release: Path) -> None:
    nodes, edges = table(release / "kgx/nodes.tsv"), table(release / "kgx/edges.tsv")
    names = [node["id"] for node in nodes]
    assert len(set(names)) == len(names)
    assert len({edge["id"] for edge in edges}) == len(edges)
    assert {edge[end] for edge in edges for end in ("subject", "object")} <= set(names)
    assert all(node["name"] for node in nodes)
    for row in (*nodes, *edges):
        assert None not in row.values()


@pytest.mark.parametrize(("kind", "key"), [("nodes", "category"), ("edges", "predicate")])
def test_each_rule_for_biolink_finds_something(release: Path, kind: str, key: str) -> None:
    rules = (RELEASE_DIRECTORY / f"kgx-{kind}.rq").read_text(encoding="utf-8")
    assert set(re.findall(r"biolink:\w+", rules)) == {row[key] for row in table(release / f"kgx/{kind}.tsv")}


def test_an_edge_names_the_papers_of_the_row_that_states_it(release: Path) -> None:
    edges = table(release / "kgx/edges.tsv")
    nodes = {node["iri"]: node["id"] for node in table(release / "kgx/nodes.tsv")}
    product = nodes[f"{INDIVIDUALS}products/axicabtagene-ciloleucel"]
    treats = {edge["object"]: edge for edge in edges if edge["predicate"] == "biolink:treats"
              and edge["subject"] == product}  # fmt: skip
    edge = treats["cartkg.diseases:aggressive-b-cell-lymphoma"]
    assert edge["basis"] == "inferred"
    assert any(paper.startswith("PMID:") for paper in edge["publications"].split("|"))


@pytest.mark.nightly
def test_kgx_finds_nothing_wrong_with_its_tables_and_notices_a_name_that_is_no_curie(
    release: Path, tmp_path: Path
) -> None:
    folder = release / "kgx"
    nodes, edges, prefixes = folder / "nodes.tsv", folder / "edges.tsv", folder / "prefixes.json"
    script = tools.ROOT / "tests" / "kgx_check.py"
    done = tools.check("python", script, nodes, edges, prefixes)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    wrong = tmp_path / "edges.tsv"
    wrong.write_text(edges.read_text(encoding="utf-8").replace("cartkg.cohorts:", "cartkg:cohorts/"), encoding="utf-8")
    assert "is not a proper CURIE" in tools.check("python", script, nodes, wrong, prefixes).stdout


def test_a_figure_is_an_edge_with_its_people(release: Path) -> None:
    edges = {edge["iri"]: edge for edge in table(release / "kgx/edges.tsv") if edge["iri"]}
    rates = [edge for edge in edges.values() if edge["has_total"]]
    assert len(edges) > 80
    assert {edge["predicate"] for edge in edges.values()} == {"biolink:has_phenotype"}
    assert all(0 <= float(edge["has_percentage"]) <= 100 for edge in edges.values())
    assert all(int(edge["has_count"] or 0) <= int(edge["has_total"]) for edge in rates)


def test_no_node_stands_alone_and_an_unnamed_disease_is_none(release: Path) -> None:
    nodes, edges = table(release / "kgx/nodes.tsv"), table(release / "kgx/edges.tsv")
    assert {node["id"] for node in nodes} == {edge[end] for edge in edges for end in ("subject", "object")}
    assert not [node for node in nodes if "histology" in node["name"] and node["category"] == "biolink:Disease"]
    named = {node["name"]: node["id"] for node in nodes}
    assert (named["CD19"], named["BCMA"]) == ("UniProtKB:P15391", "UniProtKB:Q02223")


def test_the_changes_name_the_release_before(release: Path) -> None:
    said = json.loads((release / "changes.json").read_text(encoding="utf-8"))
    assert (said["old"], said["new"], said["vanished"]) == ("0.1.0", cartkg.__version__, [])
    assert (release / "CHANGES.md").read_text(encoding="utf-8").startswith("# Changes from 0.1.0 to ")


@pytest.mark.parametrize(
    ("path", "accept", "file"),
    [
        ("ontology", "text/turtle", "ontology.ttl"),
        ("ontology", "application/rdf+xml", "ontology.rdf"),
        ("ontology/CAR", "application/ld+json", "ontology.jsonld"),
        (f"ontology/{cartkg.__version__}", "*/*", "ontology.ttl"),
        ("id/antigens/cd19", "text/html", "cartkg.ttl"),
        ("dataset", "application/ld+json", "dataset.jsonld"),
        ("graph/inferred", "*/*", "inferred.ttl"),
        ("query/evidence", "*/*", "queries.ttl"),
        (f"release/{cartkg.__version__}/kgx/nodes.tsv", "*/*", "kgx/nodes.tsv"),
    ],
)
def test_the_redirects_lead_to_files_of_the_release(release: Path, path: str, accept: str, file: str) -> None:
    target, wanted = "", True
    for line in (release / "w3id/cartkg/.htaccess").read_text(encoding="utf-8").splitlines():
        word, *rest = line.split()[:1] + line.split()[1:] or [""]
        if word == "RewriteCond":
            wanted = re.search(rest[1], accept) is not None
        elif word == "RewriteRule":
            found = re.search(rest[0], path)
            if found and wanted and not target:
                target = re.sub(r"\$(\d)", lambda group, found=found: found[int(group[1])] or "", rest[1])
            wanted = True
    assert re.fullmatch(rf"https://cartkg\.example\.org/[a-z0-9.]+/{re.escape(file)}", target)
    assert (release / file).is_file()


def test_the_redirects_are_said_to_be_unregistered(release: Path) -> None:
    assert "NOT REGISTERED" in (release / "w3id/cartkg/.htaccess").read_text(encoding="utf-8")
    assert "not registered" in (release / "README.md").read_text(encoding="utf-8")


def test_every_file_is_described_and_an_unknown_one_refused(release: Path) -> None:
    names = [path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()]
    assert len(described(names)) == len(names)
    with pytest.raises(StorageError, match="surprise"):
        described(["surprise.txt"])


@pytest.mark.no_cover
def test_a_release_is_the_same_in_another_folder_and_under_another_hash_seed(
    process: Callable[..., Run], small_release: Path, tmp_path: Path
) -> None:
    """The release here was made under a seed drawn by lot."""
    environment = {"PYTHONHASHSEED": "1", "ROBOT_JAR": str(tmp_path / "none.jar")}
    done = process("export", "--all", tmp_path / "out", "--data", WORLD, "--graph", tmp_path / "graph", env=environment)
    assert done.code == 0, done.err
    assert "no OWL functional syntax" in done.err
    one, other = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (tmp_path / "out", small_release)
    )
    assert len(done.out.splitlines()) == len(one)
    assert one == other
    assert Path("CHANGES.md") not in one


@pytest.mark.no_cover
def test_a_release_can_be_compared_with_a_file_of_ones_own(
    run: Callable[..., Run], world: Graph, tmp_path: Path
) -> None:
    before = tmp_path / "before.nq"
    before.write_bytes((world.path / "graph.nq").read_bytes())
    done = run(
        "export", "--all", "out", "--since", before, "--data", WORLD, "--graph", tmp_path / "world",
        env={"ROBOT_JAR": "none.jar"},
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "Nothing differs." in (tmp_path / "out" / "CHANGES.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [("--since", "x.nq"), ("--all", "out", "--only", "asserted")])
def test_options_that_do_not_go_together_are_refused(run: Callable[..., Run], arguments: tuple[str, ...]) -> None:
    assert run("export", *arguments).code == 2


def test_a_release_that_can_not_be_written_leaves_the_folder_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, {"a": b"old", "b/c": b"old"})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    calls = iter([None, OSError(28, "No space left on device")])

    def full(_: int) -> None:
        if error := next(calls):
            raise error

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        publish(tmp_path, {"a": b"new", "b/c": b"new"})
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert not list(tmp_path.glob(".new-*"))


def test_what_an_earlier_release_left_is_removed_and_other_files_stay(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine", encoding="utf-8")
    folder = tmp_path / "release"
    publish(folder, {"a": b"1", "gone": b"1"})
    (folder / "mine").write_text("mine", encoding="utf-8")
    with (folder / SUMS).open("a", encoding="utf-8") as stream:
        stream.write(f"{'0' * 64}  ../outside.txt\n")
    publish(folder, {"a": b"2"})
    assert {path.name for path in folder.iterdir()} == {"a", "mine", SUMS}
    assert outside.exists()


@pytest.mark.nightly
@pytest.mark.no_cover
def test_the_functional_syntax_is_written_where_robot_is(
    robot: tuple[str, ...], world: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROBOT_JAR", robot[-1])
    export_all(world, tmp_path)
    for stem in ("ontology", "cartkg"):
        assert b"Ontology(<https://w3id.org/cartkg/ontology>" in (tmp_path / f"{stem}.ofn").read_bytes()
    assert functional_syntax((tmp_path / "ontology.rdf").read_bytes()) == (tmp_path / "ontology.ofn").read_bytes()


def test_what_robot_can_not_read_is_an_error(robot: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROBOT_JAR", robot[-1])
    with pytest.raises(ExternalError, match="did not convert"):
        functional_syntax(b"not RDF/XML <")


def test_robot_is_found_by_name_or_in_its_package_or_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jar = tmp_path / "robot.jar"
    monkeypatch.setenv("ROBOT_JAR", str(jar))
    with pytest.raises(ExternalError, match="no such file"):
        find_robot()
    jar.write_bytes(b"")
    assert find_robot() == jar
    monkeypatch.delenv("ROBOT_JAR")
    package = tmp_path / "cmem_plugin_reason"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "cmem_plugin_reason", raising=False)
    with pytest.raises(ExternalError, match=r"ROBOT is missing: pip install .*ROBOT_JAR"):
        find_robot()
    (package / "robot.jar").write_bytes(b"")
    assert find_robot() == package / "robot.jar"


def test_a_damaged_citation_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cartkg.release import about

    (tmp_path / "CITATION.cff").write_text("title: only\n", encoding="utf-8")
    monkeypatch.setattr(about, "document", lambda name: tmp_path / name)
    with pytest.raises(StorageError, match="CITATION"):
        about.Citation.read()


def test_the_citation_has_one_version_and_the_date_of_the_changelog_and_header(graph: Graph) -> None:
    from cartkg.release.about import Citation

    said = Citation.read()
    assert said.version == cartkg.__version__
    changelog = (document("CITATION.cff").parent / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {said.version} ({said.released})" in changelog
    header = ox.NamedNode("https://w3id.org/cartkg/ontology")
    issued = graph.store.quads_for_pattern(header, expand("dcterms:issued"), None, None)
    assert {quad.object.value for quad in issued} <= {said.released}
