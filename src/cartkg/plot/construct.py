"""Construct: one CAR with its parts in order, its antigen, its vector, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping

from ..queries.answers import Value
from ..queries.asking import ask
from ..rdf.store import Graph
from .picture import graph_and_queries
from .receptor import Part, Receptor

_QUERIES = ("parts-in-order", "construct-parts", "construct-classes")


def construct(graph: Graph, name: str) -> Receptor:
    """The parts of one construct, by label, synonym, id or IRI; UsageError names the nearest ones."""
    values = {"construct": name}
    positions: dict[tuple[str, str], list[Mapping[str, Value]]] = {}
    for row in ask(graph, "parts-in-order", values):
        positions.setdefault((str(row["position_name"]), str(row["side"])), []).append(row)
    (known, *_) = ask(graph, "construct-parts", values)
    classes = [f"{row['class']}" for row in ask(graph, "construct-classes", values)]
    given = sum(any(row["domain"] for row in rows) for rows in positions.values())
    lists = [
        ("Vector that delivers its gene", (str(known["vector"] or "not stated"),)),
        ("Classes that follow from its parts, antigen, vector and products", tuple(classes) or ("none",)),
    ]
    return Receptor(
        str(known["construct"]),
        f"Parts in order from the end that binds the antigen inwards; {given} of {len(positions)} positions are given.",
        str(known["target"] or "not stated"),
        tuple(_part(position, side, rows) for (position, side), rows in positions.items()),
        tuple(lists),
        (
            (
                "Below each part: how it is known and where it is printed. The parts are drawn in order, not to "
                "scale; a dashed box is one that the source does not give."
            ),
            graph_and_queries(graph, *(f"{query} (construct={name})" for query in _QUERIES)),
        ),
    )


def _part(position: str, side: str, rows: list[Mapping[str, Value]]) -> Part:
    domains: dict[str, list[Mapping[str, Value]]] = {}
    for row in rows:
        if row["domain"]:
            copies = f", {row['copies']} copies" if row["copies"] else ""
            domains.setdefault(f"{row['domain']}{copies}", []).append(row)
    notes = []
    for domain, found in domains.items():
        places = "; ".join(str(row["place"]) for row in found)
        of_which = f"{domain}: " if len(domains) > 1 else ""
        notes.append(f"{of_which}{found[0]['basis']}: {places}")
    return Part(position.removesuffix(" position"), side, tuple(domains), tuple(notes))
