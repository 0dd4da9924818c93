"""Trace: everything about one figure, from the printed cell to the claims that rest on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pyoxigraph as ox

from .errors import UsageError
from .queries.binding import bound
from .queries.names import suggestion
from .queries.stored import stored_queries, stored_query
from .rdf.store import Graph
from .rdf.vocabulary import PREFIXES, grouped, row_name

_OBSERVATIONS = f"""
SELECT (STRAFTER(STR(?observation), "/id/observations/") AS ?id) ?observation
WHERE {{ ?observation a <{PREFIXES["ck"]}Observation> }} ORDER BY ?id
"""
_QUERY = "trace-observation"
_RECOMPUTE = "recompute"
_CLAIM = "claim recomputed from it"
_NAMED = frozenset({_CLAIM, "discrepancy", "reference as printed"})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that bears on a figure, the places where it is printed, and its node."""

    aspect: str
    text: str
    place: str
    node: str


@dataclass(frozen=True, slots=True)
class Trace:
    """A figure with everything that bears on it."""

    observation: str
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"observation": self.observation, "steps": [asdict(step) for step in self.steps]}

    def __str__(self) -> str:
        width = max(len(step.aspect) for step in self.steps)
        lines = []
        previous = ""
        for step in self.steps:
            aspect, previous = (step.aspect if step.aspect != previous else ""), step.aspect
            place = f"  [{step.place}]" if step.place else ""
            name = f"  {step.node}" if step.aspect in _NAMED else ""
            lines.append(f"{aspect:<{width}}  {step.text}{place}{name}")
        return "\n".join(lines) + "\n"


def trace(graph: Graph, observation: str) -> Trace:
    """Everything about the observation of this id; UsageError names the nearest ids when there is none."""
    identifier = (row_name(observation) or observation).removeprefix("observations/").removeprefix("observations:")
    known = {row["id"]: row["observation"] for row in graph.rows(_OBSERVATIONS)}
    if identifier not in known:
        hint = suggestion(identifier, known) or "; `cartkg query evidence` lists them"
        raise UsageError(f"no observation is called {identifier!r}{hint}")
    rows = graph.rows(stored_query(_QUERY).with_values({"observation": [ox.NamedNode(known[identifier])]}))
    places = grouped(((row["aspect"], row["text"], row["node"]), row["place"]) for row in rows)
    steps = [Step(aspect, text, "; ".join(filter(None, found)), node) for (aspect, text, node), found in places.items()]
    return Trace(identifier, (*steps, *_claims(graph, identifier)))


def _claims(graph: Graph, identifier: str) -> list[Step]:
    """The claims for which a recomputing query uses the figure, with what makes it differ, if anything."""
    found: dict[str, str] = {}
    for query in stored_queries().values():
        if query.topic == _RECOMPUTE:
            for row in graph.rows(query.text):
                if row.get("observation") == identifier and found.get(row["claim_id"]) != "":
                    found[row["claim_id"]] = row.get("differs", "")
    if not found:
        return []
    return [
        Step(_CLAIM, row["statement"] + (f" ({differs})" if differs else ""), row["place"], f"claims/{row['claim']}")
        for row in graph.rows(bound(graph, "claims-by-topic").text)
        if (differs := found.get(row["claim"])) is not None
    ]
