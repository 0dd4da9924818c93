"""Every shape lets its right rows pass and stops its wrong rows, and nothing else stops them."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
import rdflib
from pyshacl import validate
from rdflib import RDF, SH, URIRef

from cartkg.rdf.reference_engine import ParseOnceGraph
from cartkg.rdf.vocabulary import expand
from cartkg.tables import TABLES
from cartkg.tables.columns import Statement
from cartkg.tables.reader import columns

ROOT = Path(__file__).parents[1]
ONTOLOGY = ROOT / "ontology"
SHAPES = ONTOLOGY / "shapes"
FIXTURES = Path(__file__).parent / "shapes"
FILES = sorted(FIXTURES.glob("*/*.ttl"))
BASE = "https://w3id.org/cartkg/"
TERM = BASE + "ontology/"
SHAPE = BASE + "shape/"
PURE_TARGETS = {"Row", "Sourced", "Measured", "Figures", "TableLocator"}
# Parameters of a property shape, and the component that a result names when it is violated.
COMPONENTS = {
    SH.minCount: SH.MinCountConstraintComponent,
    SH.maxCount: SH.MaxCountConstraintComponent,
    SH.datatype: SH.DatatypeConstraintComponent,
    SH["class"]: SH.ClassConstraintComponent,
    SH.minInclusive: SH.MinInclusiveConstraintComponent,
    SH.maxInclusive: SH.MaxInclusiveConstraintComponent,
    SH.minLength: SH.MinLengthConstraintComponent,
    SH.pattern: SH.PatternConstraintComponent,
    SH.languageIn: SH.LanguageInConstraintComponent,
    SH["in"]: SH.InConstraintComponent,
    SH.hasValue: SH.HasValueConstraintComponent,
    SH.disjoint: SH.DisjointConstraintComponent,
    SH.lessThanOrEquals: SH.LessThanOrEqualsConstraintComponent,
    SH.qualifiedMinCount: SH.QualifiedMinCountConstraintComponent,
    SH.sparql: SH.SPARQLConstraintComponent,
}
NOT_CONSTRAINTS = {
    RDF.type,
    SH.path,
    SH.message,
    SH.targetClass,
    SH.targetSubjectsOf,
    SH.property,
    SH.qualifiedValueShape,
}


@pytest.fixture(autouse=True, scope="module")
def literals_as_written():
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    yield
    rdflib.NORMALIZE_LITERALS = before


def parse(*files: Path, into: rdflib.Graph | None = None) -> rdflib.Graph:
    graph = rdflib.Graph() if into is None else into
    for file in files:
        with file.open("rb") as stream:
            graph.parse(stream, format="turtle", publicID=BASE)
    return graph


@pytest.fixture(scope="module")
def shapes():
    return parse(*sorted(SHAPES.glob("*.ttl")))


@pytest.fixture(scope="module")
def ontology():
    return parse(*sorted(ONTOLOGY.glob("*.ttl")))


@pytest.fixture(scope="module")
def background(ontology):
    graph = ParseOnceGraph()
    for triple in ontology:
        graph.add(triple)
    return parse(FIXTURES / "world.ttl", into=graph)


def findings(graph: rdflib.Graph, shapes: rdflib.Graph, nodes: list[URIRef]) -> dict[str, set[tuple[str, URIRef]]]:
    """What pySHACL says of the nodes: for each, the shapes and components that stop it."""
    _, report, _ = validate(
        graph, shacl_graph=shapes, focus_nodes=nodes, advanced=False, js=False, inference="none", inplace=True
    )
    found = defaultdict(set)
    for result in report.subjects(RDF.type, SH.ValidationResult):
        shape = str(report.value(result, SH.sourceShape)).removeprefix(SHAPE)
        found[str(report.value(result, SH.focusNode))].add((shape, report.value(result, SH.sourceConstraintComponent)))
        assert isinstance(report.value(result, SH.resultPath), (URIRef, type(None))), "a path that names no column"
        assert "{" not in str(report.value(result, SH.resultMessage)), "a placeholder that nothing fills"
        assert len(list(report.objects(result, SH.resultMessage))) == 1, "more than one message"
    return found


def check(
    file: Path, background: rdflib.Graph, shapes: rdflib.Graph
) -> tuple[list[str], dict[str, set[tuple[str, URIRef]]]]:
    """The nodes that the first line of a fixture is about, and what is found in the whole fixture."""
    about = [BASE + "id/" + name for name in file.read_text().splitlines()[0].split(":", 1)[1].split()]
    fixture = parse(file)
    assert set(about) <= {str(s) for s in fixture.subjects()}, "the first line names a node that is not there"
    added = [triple for triple in fixture if triple not in background]
    for triple in added:
        background.add(triple)
    try:
        nodes = sorted({s for s in fixture.subjects() if isinstance(s, URIRef)})
        return about, findings(background, shapes, nodes)
    finally:
        for triple in added:
            background.remove(triple)


def parameters(shapes: rdflib.Graph, name: str) -> set[URIRef]:
    own = shapes.predicates(URIRef(SHAPE + name))
    return {COMPONENTS[p] for p in own if p not in NOT_CONSTRAINTS}


def named(files: list[Path], ending: str):
    return [pytest.param(f, id=f.name.removesuffix(ending)) for f in files if f.name.endswith(ending)]


def test_the_world_conforms(background, shapes):
    nodes = sorted({s for s in background.subjects() if str(s).startswith(BASE + "id/")})
    assert len(nodes) > 40
    assert findings(background, shapes, nodes) == {}


@pytest.mark.parametrize("file", named(FILES, ".valid.ttl"))
def test_right_rows_pass_every_shape(file, background, shapes):
    about, found = check(file, background, shapes)
    assert about
    assert found == {}


@pytest.mark.parametrize("file", named(FILES, ".invalid.ttl"))
def test_wrong_rows_are_stopped_by_exactly_that_shape(file, background, shapes):
    about, found = check(file, background, shapes)
    name = file.name.removesuffix(".invalid.ttl")
    assert {node: {shape for shape, _ in found[node]} for node in found} == {node: {name} for node in about}
    fired = {component for node in about for _, component in found[node]}
    assert fired == parameters(shapes, name), "each constraint of the shape has a wrong row, and no other"


def shape_names(shapes: rdflib.Graph) -> list[str]:
    kinds = (SH.NodeShape, SH.PropertyShape)
    return sorted(str(s).removeprefix(SHAPE) for kind in kinds for s in shapes.subjects(RDF.type, kind))


def unnamed_shapes(shapes: rdflib.Graph) -> list[str]:
    """Shapes without IRI of our own, and queries likewise."""
    used = set(shapes.objects(None, SH.property)) | set(shapes.objects(None, SH.sparql))
    used |= set(shapes.objects(None, SH.qualifiedValueShape)) | set(shapes.objects(None, SH.node))
    used |= {s for kind in (SH.NodeShape, SH.PropertyShape) for s in shapes.subjects(RDF.type, kind)}
    used |= set(shapes.subjects(SH.path)) | set(shapes.subjects(SH.targetClass))
    return sorted(str(s) for s in used if not str(s).startswith(SHAPE))


def messageless_shapes(shapes: rdflib.Graph) -> list[str]:
    """Shapes whose one message does not read `column: what is wrong; what to write`."""
    wording = re.compile(r"^[a-z_]+: [^;]+; [^;]+[^.]$|^\{\?column\}: [^;]+; [^;]+[^.]$")
    messages = {
        name: [str(m) for m in shapes.objects(URIRef(SHAPE + name), SH.message)] for name in shape_names(shapes)
    }
    return [name for name, own in messages.items() if len(own) != 1 or not wording.match(own[0])]


def unpaired_shapes(shapes: rdflib.Graph, files: list[Path]) -> list[str]:
    """Shapes without a pair of fixtures, and fixtures without a shape; those in no pair are listed in the README."""
    exempt = {name for name in shape_names(shapes) if name in PURE_TARGETS}
    wanted = {f"{n}.{word}.ttl" for n in set(shape_names(shapes)) - exempt for word in ("valid", "invalid")}
    return sorted(wanted ^ {file.name for file in files})


def undeclared_terms(texts: list[str], ontology: rdflib.Graph) -> list[str]:
    """Names with our prefix, in triples, queries and messages, that the ontology does not declare."""
    used = {TERM + name for text in texts for name in re.findall(r"\bck:([A-Za-z]\w*)", text)}
    return sorted(used - {str(s) for s in ontology.subjects(RDF.type)})


def unknown_shacl_terms(shapes: rdflib.Graph) -> list[str]:
    """Terms in the SHACL namespace that SHACL does not define."""
    used = {str(t) for triple in shapes for t in triple if isinstance(t, URIRef) and t.startswith(str(SH))}
    return sorted(t for t in used if t not in SH)


def idle_shapes(shapes: rdflib.Graph) -> list[str]:
    """Property shapes that no node shape uses, and node shapes that target nothing."""
    properties = set(shapes.subjects(RDF.type, SH.PropertyShape))
    used = set(shapes.objects(None, SH.property)) | set(shapes.objects(None, SH.qualifiedValueShape))
    aimed = set(shapes.subjects(SH.targetClass)) | set(shapes.subjects(SH.targetSubjectsOf))
    return sorted(str(s) for s in (properties - used) | (set(shapes.subjects(RDF.type, SH.NodeShape)) - aimed))


def unchecked_columns(shapes: rdflib.Graph) -> list[str]:
    """Columns, and predicates derived from them, that no property shape of the table's class looks at."""
    missing = []
    for name, model in TABLES.items():
        rdf_class = URIRef(model.rdf_class.replace("ck:", TERM))
        paths = {
            str(path)
            for shape in shapes.subjects(SH.targetClass, rdf_class)
            for own in shapes.objects(shape, SH.property)
            for path in shapes.objects(own, SH.path)
        }
        wanted = {column.predicate for column in columns(model).values() if column} | {
            d.predicate for d in model.derived if not isinstance(d, Statement)
        }
        # The sort of disease is optional, so there is nothing to check.
        wanted -= {"rdf:type"} if name == "diseases" else set()
        missing += [f"{name}: {curie}" for curie in sorted(wanted) if expand(curie).value not in paths]
    return missing


def test_every_column_has_a_shape(shapes):
    assert unchecked_columns(shapes) == []
    assert len(unchecked_columns(rdflib.Graph())) > 200


def test_every_shape_has_an_iri(shapes):
    assert unnamed_shapes(shapes) == []


def test_every_shape_says_what_is_wrong_and_what_to_write(shapes):
    assert messageless_shapes(shapes) == []


def test_every_shape_has_a_pair_of_fixtures(shapes):
    assert unpaired_shapes(shapes, FILES) == []


def test_every_term_of_ours_is_declared(ontology):
    assert undeclared_terms([file.read_text() for file in SHAPES.glob("*.ttl")], ontology) == []


def test_every_shacl_term_is_known(shapes):
    assert unknown_shacl_terms(shapes) == []


def test_no_shape_is_idle(shapes):
    assert idle_shapes(shapes) == []


def test_no_query_asks_the_network(shapes):
    assert not [q for q in shapes.objects(None, SH.select) if re.search(r"\bservice\b", str(q), re.IGNORECASE)]


def test_modules_stay_readable():
    assert [f.name for f in SHAPES.glob("*.ttl") if len(f.read_text().splitlines()) > 250] == []


def test_each_check_of_the_shapes_can_fail(ontology):
    broken = rdflib.Graph().parse(
        format="turtle",
        data=f"""@prefix sh: <{SH}> . @prefix cks: <{SHAPE}> . @prefix ck: <{TERM}> .
        cks:Lonely a sh:NodeShape ; sh:property [ sh:path ck:size ; sh:minCuont 1 ; sh:message "size" ] .""",
    )
    assert len(unnamed_shapes(broken)) == 1
    assert messageless_shapes(broken) == ["Lonely"]
    assert unpaired_shapes(broken, []) == ["Lonely.invalid.ttl", "Lonely.valid.ttl"]
    assert unpaired_shapes(broken, [Path("Gone.valid.ttl")])[0] == "Gone.valid.ttl"
    assert undeclared_terms(["ck:size ck:sise"], ontology) == [TERM + "sise"]
    assert unknown_shacl_terms(broken) == [str(SH) + "minCuont"]
    assert idle_shapes(broken) == [SHAPE + "Lonely"]
