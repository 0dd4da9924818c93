"""Trace: everything about one figure, from the printed cell to the claims that rest on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .errors import UsageError
from .stored import stored_queries, stored_query
from .vocabulary import INDIVIDUALS

if TYPE_CHECKING:
    from .store import Graph

import pyoxigraph as ox

_QUERY = "trace-observation"
_RECOMPUTE = "recompute"


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
            lines.append(f"{aspect:<{width}}  {step.text}{place}")
        return "\n".join(lines) + "\n"


def trace(graph: Graph, observation: str) -> Trace:
    """Everything about the observation of this id; UsageError names the nearest ids when there is none."""
    identifier = observation.removeprefix(f"{INDIVIDUALS}observations/").removeprefix("observations:")
    try:
        iri = ox.NamedNode(f"{INDIVIDUALS}observations/{identifier}")
    except ValueError:
        raise UsageError(f"{observation!r} is not the id of an observation") from None
    rows = graph.answer(stored_query(_QUERY).with_values({"observation": iri}))
    places: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        aspect, text, place, node = (getattr(row[name], "value", "") for name in ("aspect", "text", "place", "node"))
        places.setdefault((aspect, text, node), []).append(place)
    if not places:
        raise UsageError(f"no observation is called {identifier!r}; {_nearest(graph, identifier)}")
    steps = [Step(aspect, text, "; ".join(filter(None, found)), node) for (aspect, text, node), found in places.items()]
    return Trace(identifier, (*steps, *_claims(graph, identifier)))


def _claims(graph: Graph, identifier: str) -> list[Step]:
    """The claims for which a recomputing query uses the figure, with what makes it differ, if anything."""
    found = {}
    for query in stored_queries().values():
        if query.topic == _RECOMPUTE and "?observation" in query.text:
            for row in graph.answer(query.text):
                if getattr(row["observation"], "value", "") == identifier:
                    found[row["claim_id"].value] = getattr(row["differs"], "value", "")
    if not found:
        return []
    statements = graph.answer(stored_query("quantitative-claims").text)
    return [
        Step("claim recomputed from it", f"{row['statement'].value}{f' ({differs})' if differs else ''}",
             row["place"].value, f"claims/{claim}")
        for row in statements
        if (claim := row["claim"].value) in found and (differs := found[claim]) is not None
    ]  # fmt: skip


def _nearest(graph: Graph, identifier: str) -> str:
    import difflib

    rows = graph.answer(
        "PREFIX ck: <https://w3id.org/cartkg/ontology/> SELECT ?node WHERE { ?node a ck:Observation } ORDER BY ?node"
    )
    known = [row["node"].value.rsplit("/", 1)[1] for row in rows]
    near = difflib.get_close_matches(identifier, known, 3)
    return f"did you mean {' or '.join(near)}?" if near else "`cartkg query evidence` lists them"
