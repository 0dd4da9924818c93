"""Hierarchy: the classes of the ontology as the tree that is asserted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..errors import UsageError
from ..queries.answers import Value
from ..queries.asking import ask
from ..queries.names import suggestion
from ..rdf.store import Graph
from .picture import graph_and_queries
from .tree import Node, Tree

_QUERY = "class-tree"


def hierarchy(graph: Graph, under: str = "", depth: int = 99) -> Tree:
    """The tree of classes, or the branch below one of them, down to some depth."""
    rows: list[Mapping[str, Value]] = list(ask(graph, _QUERY))
    below: dict[str, list[Mapping[str, Value]]] = {}
    for row in rows:
        below.setdefault(str(row["parent_iri"] or ""), []).append(row)
    start = [_chosen(rows, under)] if under else below.get("", [])
    shown: set[str] = set()
    nodes = tuple(node for row in start for node in _walk(row, below, 0, depth, shown))
    classes = {row["class_iri"] for row in rows}
    defined = {row["class_iri"] for row in rows if row["definitions"]}
    within = f" below and with {start[0]['class']}" if under else ""
    return Tree(
        f"Classes{within}" if under else "Classes of the ontology",
        f"{len({node.name for node in nodes})} of {len(classes)} classes as the tree that is asserted. {len(defined)} "
        f"of the {len(classes)} have a definition by which a reasoner finds their members.",
        nodes,
        ((True, "class with a logical definition"), (False, "class without one")),
        (
            "The number after a name counts its individuals, with inferred ones and those of classes below.",
            "What lies below a class is drawn once, at its first place.",
            graph_and_queries(graph, _QUERY),
        ),
    )


def _chosen(rows: list[Mapping[str, Value]], under: str) -> Mapping[str, Value]:
    """The class of this label or local name."""
    names = {
        name: row for row in reversed(rows) for name in (str(row["class"]), str(row["class_iri"]).rsplit("/", 1)[-1])
    }
    folded = {name.casefold(): row for name, row in names.items()}
    found = folded.get(under.removeprefix("ck:").casefold())
    if found is None:
        raise UsageError(f"no class is called {under!r}{suggestion(under, names)}")
    return found


def _walk(
    row: Mapping[str, Value],
    below: Mapping[str, list[Mapping[str, Value]]],
    level: int,
    depth: int,
    shown: set[str],
) -> Iterator[Node]:
    iri = str(row["class_iri"])
    cut = level >= depth or iri in shown
    more = len(_all_below(iri, below)) if cut else 0
    yield Node(level, str(row["class"]), bool(row["definitions"]), int(str(row["individuals"])), more)
    if not cut:
        shown.add(iri)
        for child in below.get(iri, []):
            yield from _walk(child, below, level + 1, depth, shown)


def _all_below(iri: str, below: Mapping[str, list[Mapping[str, Value]]]) -> set[str]:
    found: set[str] = set()
    todo = [iri]
    while todo:
        for child in below.get(todo.pop(), ()):
            name = str(child["class_iri"])
            if name not in found:
                found.add(name)
                todo.append(name)
    return found
