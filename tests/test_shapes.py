"""Every shape lets its right variants pass and stops its wrong ones, and nothing else stops them."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from pyshacl import validate
from rdflib import RDF, SH, URIRef

from cartkg.rdf.in_rdflib import ParseOnceGraph
from cartkg.rdf.shapes import load_shapes, violations
from cartkg.rdf.vocabulary import expand
from cartkg.tables.schema import curated_tables

from .shape_cases import FIXTURES, INDIVIDUALS, Variant, groups, read_turtle, read_variants

pytestmark = pytest.mark.no_cover  # tracing doubles the time of pySHACL; test_validate measures our own engine
ROOT = Path(__file__).parents[1]
ONTOLOGY = ROOT / "ontology"
SHAPES = ONTOLOGY / "shapes"
TABLE_NAMES = sorted(file.stem for file in FIXTURES.glob("*.tsv"))
TERM = "https://w3id.org/cartkg/ontology/"
SHAPE = "https://w3id.org/cartkg/shape/"
OWN = "/own-variants"
PURE_TARGETS = {"Row", "Sourced", "Measured", "Figures", "TableLocator", "External", "Arm", "Comparison"}
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
NAMES = {str(component): parameter.fragment for parameter, component in COMPONENTS.items()}
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


@pytest.fixture(scope="module")
def shapes():
    return read_turtle(*sorted(SHAPES.glob("*.ttl")))


@pytest.fixture(scope="module")
def ontology():
    return read_turtle(*sorted(ONTOLOGY.glob("*.ttl")))


@pytest.fixture(scope="module")
def world(ontology):
    return ontology + read_turtle(FIXTURES / "world.ttl")


@pytest.fixture(scope="module")
def variants():
    return read_variants()


@pytest.fixture(scope="module")
def found(variants, world, shapes):
    return find(variants, world, shapes)


def pyshacl_findings(
    graph: rdflib.Graph, shapes: rdflib.Graph, nodes: list[URIRef] | None = None
) -> dict[str, set[tuple[str, str]]]:
    """For each node, or each of some, the shapes and constraints that stop it."""
    _, report, _ = validate(
        graph, shacl_graph=shapes, focus_nodes=nodes, advanced=False, js=False, inference="none", inplace=True
    )
    names = {component: parameter.fragment for parameter, component in COMPONENTS.items()}
    found = defaultdict(set)
    for result in report.subjects(RDF.type, SH.ValidationResult):
        shape = str(report.value(result, SH.sourceShape)).removeprefix(SHAPE)
        component = names[report.value(result, SH.sourceConstraintComponent)]
        found[str(report.value(result, SH.focusNode))].add((shape, component))
        assert isinstance(report.value(result, SH.resultPath), (URIRef, type(None))), "a path that names no column"
        assert "{" not in str(report.value(result, SH.resultMessage)), "a placeholder that nothing fills"
        assert len(list(report.objects(result, SH.resultMessage))) == 1, "more than one message"
    return found


def aimed_at(variants: list[Variant], shapes: rdflib.Graph) -> rdflib.Graph:
    """The queries of the shapes, each to be asked of the shape's own variants only."""
    aimed = rdflib.Graph()
    for variant in variants:
        for shape in (URIRef(SHAPE + name) for name in variant.shapes):
            if (shape, SH.sparql, None) in shapes:
                own = URIRef(shape + OWN)
                aimed.add((own, SH.targetNode, variant.node))
                for predicate in (RDF.type, SH.path, SH.message, SH.sparql):
                    for value in shapes.objects(shape, predicate):
                        aimed.add((own, predicate, value))
    return aimed


def find(
    variants: list[Variant], world: rdflib.Graph, shapes: rdflib.Graph
) -> dict[Variant, frozenset[tuple[str, str]]]:
    """What stops each variant, each group of them read together with the world.

    pySHACL asks queries of one node at a time, which is slow: it asks those of a shape of that shape's variants. Of all
    nodes our own engine asks them, which checks every other constraint too. Where the two do not agree, a name says so.
    """
    core = shapes + rdflib.Graph()
    core.remove((None, SH.sparql, None))
    own_shapes = load_shapes()
    graph, store = ParseOnceGraph(), ox.Store()
    add(world, graph, store)
    found = {}
    for group in groups(variants):
        own = rdflib.Graph()
        for triple in {triple for variant in group for triple in variant.triples if triple not in graph}:
            own.add(triple)
        quads = add(own, graph, store)
        # pySHACL looks for each node in a list of the nodes to look at, so a long list is worse than none.
        few = sorted({variant.node for variant in group}) if len(group) < 100 else None
        results = pyshacl_findings(graph, core + aimed_at(group, shapes), few)
        of_the_group = {str(variant.node) for variant in group}
        queried = {str(variant.node): set(variant.shapes) for variant in group}
        ours = defaultdict(set)
        for result in violations(own_shapes, [quad.triple for quad in store], store, of_the_group):
            name, component = result.shape.removeprefix(SHAPE), NAMES[result.component]
            if component != "sparql":
                ours[result.node].add((name, component))
                continue
            agreed = name not in queried[result.node] or (name + OWN, "sparql") in results[result.node]
            results[result.node].add((name, "sparql" if agreed else "sparql in one engine only"))
        for node in of_the_group:
            results[node] = {found for found in results[node] if not found[0].endswith(OWN)}
            core_found = {(name, component) for name, component in results[node] if not component.startswith("sparql")}
            results[node] |= {(name, f"{component} in one engine only") for name, component in core_found ^ ours[node]}
        found |= {variant: frozenset(results[str(variant.node)]) for variant in group}
        for triple in own:
            graph.remove(triple)
        for quad in quads:
            store.remove(quad)
    return found


def add(triples: rdflib.Graph, graph: rdflib.Graph, store: ox.Store) -> list[ox.Quad]:
    for triple in triples:
        graph.add(triple)
    quads = list(ox.parse(triples.serialize(format="nt"), format=ox.RdfFormat.N_TRIPLES))
    store.extend(quads)
    return quads


def surprises(found: dict[Variant, frozenset[tuple[str, str]]]) -> dict[str, set[tuple[str, str]]]:
    """Where more or less is found than the row says, by its place."""
    wrong = {}
    for variant, results in found.items():
        expected = {(shape, fires) for shape in variant.shapes for fires in variant.fires}
        if expected != results:
            wrong[variant.place] = expected ^ results
    return wrong


def parameters(shapes: rdflib.Graph, name: str) -> set[str]:
    own = shapes.predicates(URIRef(SHAPE + name))
    return {p.fragment for p in own if p not in NOT_CONSTRAINTS}


def test_the_world_conforms(world, shapes):
    graph = ParseOnceGraph()
    add(world, graph, ox.Store())
    assert len({s for s in world.subjects() if str(s).startswith(INDIVIDUALS)}) > 40
    assert pyshacl_findings(graph, shapes) == {}


@pytest.mark.parametrize("table", TABLE_NAMES)
def test_right_variants_pass_every_shape(table, found):
    right = {v: results for v, results in found.items() if v.table == table and not v.fires}
    assert right
    assert surprises(right) == {}


@pytest.mark.parametrize("table", TABLE_NAMES)
def test_wrong_variants_are_stopped_by_exactly_the_shape_that_they_name(table, found):
    wrong = {v: results for v, results in found.items() if v.table == table and v.fires}
    assert wrong
    assert surprises(wrong) == {}
    assert [v.place for v in wrong if len(v.shapes) != 1] == []


def test_each_constraint_of_a_shape_has_a_wrong_variant(shapes, found):
    fired = defaultdict(set)
    for results in found.values():
        for shape, component in results:
            fired[shape].add(component)
    assert fired == {name: parameters(shapes, name) for name in fired}


def test_variants_that_are_read_together_are_told_apart(variants):
    assert all(len({variant.node for variant in group}) == len(group) for group in groups(variants))


def test_a_variant_of_no_shape_is_there_for_others_of_its_group(variants):
    companions = [v for v in variants if not v.shapes]
    groups_of_shapes = {(v.table, v.group) for v in variants if v.shapes and v.group}
    assert companions
    assert [v.place for v in companions if (v.table, v.group) not in groups_of_shapes] == []


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


def unpaired_shapes(shapes: rdflib.Graph, variants: list[Variant]) -> list[str]:
    """Shapes without a right or a wrong variant, and variants of no shape; those without are listed in the README."""
    wanted = {f"{name} {kind}" for name in set(shape_names(shapes)) - PURE_TARGETS for kind in ("right", "wrong")}
    have = {f"{name} {'wrong' if variant.fires else 'right'}" for variant in variants for name in variant.shapes}
    return sorted(wanted ^ have)


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
    for name, table in curated_tables().items():
        rdf_class = URIRef(table.rdf_class.replace("ck:", TERM))
        paths = {
            str(path)
            for shape in shapes.subjects(SH.targetClass, rdf_class)
            for own in shapes.objects(shape, SH.property)
            for path in shapes.objects(own, SH.path)
        }
        wanted = {column.predicate for column in table.mapped.values()}
        wanted |= {rule.predicate for rule in table.derived if rule.kind != "statement"}
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


def test_every_shape_has_a_right_and_a_wrong_variant(shapes, variants):
    assert unpaired_shapes(shapes, variants) == []


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
    gone = Variant("table.2", frozenset({"Gone"}), frozenset(), "", URIRef(INDIVIDUALS), frozenset())
    assert unpaired_shapes(broken, []) == ["Lonely right", "Lonely wrong"]
    assert unpaired_shapes(broken, [gone])[0] == "Gone right"
    assert undeclared_terms(["ck:size ck:sise"], ontology) == [TERM + "sise"]
    assert unknown_shacl_terms(broken) == [str(SH) + "minCuont"]
    assert idle_shapes(broken) == [SHAPE + "Lonely"]


def test_a_variant_that_is_not_stopped_as_it_says_is_named_by_its_place(variants, world, shapes):
    right = next(v for v in variants if v.shapes and not v.fires)
    wrong = next(v for v in variants if v.fires)
    unstopped = dataclasses.replace(right, place="unstopped", fires=frozenset({"pattern"}))
    unannounced = dataclasses.replace(wrong, place="unannounced", fires=frozenset())
    assert surprises(find([unstopped, unannounced], world, shapes)).keys() == {"unstopped", "unannounced"}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Shape\tantigens/nothing\t\t\t\t", "neither world.ttl nor bases.ttl has a node antigens/nothing"),
        (
            "Shape\tantigens/one\t-ck:size\t\t\t",
            "antigens/one has no https://w3id.org/cartkg/ontology/size to leave out",
        ),
        ("Shape\tantigens/one\tck:size\t\t\t", "ck:size is no Turtle"),
        ("Shape\tantigens/one", "a row has 6 cells"),
    ],
)
def test_a_row_that_can_not_be_read_is_named(row, problem, tmp_path):
    (tmp_path / "world.ttl").write_text(f"@prefix ck: <{TERM}> . <antigens/one> a ck:Antigen .")
    (tmp_path / "bases.ttl").touch()
    (tmp_path / "antigens.tsv").write_text(f"shape\tbase\tchange\tfires\tid\tgroup\n{row}\n")
    with pytest.raises(ValueError, match=f"^{re.escape(f'antigens.2: {problem}')}$"):
        read_variants(tmp_path)
