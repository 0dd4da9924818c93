"""Reason with HermiT: is the graph consistent, and what follows from it between named things."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from .errors import ExternalError, needing
from .rdf.store import Graph
from .rdf.vocabulary import Vocabulary, expand
from .reasoning.entailment import bare, individuals, select_entailments
from .reasoning.java import find_java

_IMPORTS = expand("owl:imports")


@dataclass(frozen=True)
class Entailments:
    """What HermiT found."""

    consistent: bool
    unsatisfiable: tuple[str, ...]
    triples: tuple[ox.Triple, ...]
    individuals: int

    @property
    def sound(self) -> bool:
        """True when the graph is consistent and every class can have members."""
        return self.consistent and not self.unsatisfiable


def reason(graph: Graph) -> Entailments:
    """Run HermiT over the ontology and the individuals; ExternalError if Java fails."""
    vocabulary = Vocabulary.load()
    own = [triple for triple in vocabulary.triples if triple.predicate != _IMPORTS]
    return _hermit(find_java(), own, list(individuals(graph.named)), vocabulary)


def _hermit(java: str, ontology: list[ox.Triple], asserted: list[ox.Triple], vocabulary: Vocabulary) -> Entailments:
    with needing("reason"):
        import owlready2

    owlready2.JAVA_EXE = java
    world = owlready2.World()
    text = ox.serialize([*ontology, *asserted], format=ox.RdfFormat.N_TRIPLES)
    loaded: Any = world.get_ontology("https://w3id.org/cartkg/merged").load(fileobj=io.BytesIO(text or b""))
    read = list(loaded.individuals())
    if not read and asserted:
        raise ExternalError("the reasoner read no individual; the graph can not be checked")
    try:
        with loaded:
            owlready2.sync_reasoner_hermit(world, infer_property_values=True, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return Entailments(consistent=False, unsatisfiable=(), triples=(), individuals=len(read))
    except (owlready2.OwlReadyJavaError, OSError) as error:
        raise ExternalError(f"HermiT failed: {str(error)[:200]}") from error
    unsatisfiable = tuple(sorted(str(c.iri) for c in world.inconsistent_classes() if c is not owlready2.Nothing))
    known = set(map(bare, asserted))
    kind = expand("rdf:type").value
    types = ((one.iri, kind, above.iri) for one in read for above in one.INDIRECT_is_a if hasattr(above, "iri"))
    derived = {*types, *_objects(world, read)} - known
    triples = tuple(select_entailments(derived, {subject for subject, _, _ in known}, vocabulary))
    return Entailments(consistent=True, unsatisfiable=unsatisfiable, triples=triples, individuals=len(read))


def _objects(world: Any, individuals: list[Any]) -> Iterator[tuple[str, str, str]]:
    """Values of object properties, with those that owlready2 omits: by a property below, by symmetry, by an inverse."""
    import owlready2

    own = {individual.storid for individual in individuals}
    for subject, predicate, value in world._get_obj_triples_spo_spo(None, None, None):
        if subject in own and value in own:
            relation = world[world._unabbreviate(predicate)]
            for above in relation.ancestors() if relation is not None else ():
                first, second = world._unabbreviate(subject), world._unabbreviate(value)
                yield first, str(above.iri), second
                if owlready2.SymmetricProperty in above.is_a:
                    yield second, str(above.iri), first
                if (inverse := getattr(above, "inverse_property", None)) is not None:
                    yield second, str(inverse.iri), first
