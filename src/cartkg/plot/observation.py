"""Observation: one figure with the cell that prints it, the people it counts, its papers and its flags."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import UsageError
from ..queries.answers import Value
from ..queries.asking import ask
from ..queries.names import suggestion
from ..rdf.store import Graph
from .bracket import Bracket, Card
from .picture import graph_and_queries

_TRACE, _EVIDENCE = "trace-observation", "evidence"
_HEADER, _FLAG = "column header", "discrepancy"
_COUNTS = ("numerator", "denominator", "percent", "value", "unit", "lower", "upper", "interval", "timepoint")


def observation(graph: Graph, name: str) -> Bracket:
    """Everything about the observation of this id; UsageError names the nearest ids when there is none."""
    known = {str(row["observation"]): row for row in ask(graph, _EVIDENCE)}
    row = known.get(name.rpartition("/")[2])
    if row is None:
        raise UsageError(f"no observation is called {name!r}{suggestion(name, known)}")
    name = str(row["observation"])
    steps: dict[tuple[str, str], list[str]] = {}
    for step in ask(graph, _TRACE, {"observation": f"observations/{name}"}):
        steps.setdefault((str(step["aspect"]), str(step["text"])), []).append(str(step["place"] or ""))
    (_, printed), *_ = steps
    header = next((text for aspect, text in steps if aspect == _HEADER), "")
    what = next(text for number, (_, text) in enumerate(steps) if number == 1)
    shown = [(aspect, text, places) for (aspect, text), places in list(steps.items())[2:] if aspect != _HEADER]
    cards = [Card(aspect, (text,), "; ".join(filter(None, places)), "flag" if aspect == _FLAG else "plain")
             for aspect, text, places in shown]  # fmt: skip
    return Bracket(
        f"The observation {name}",
        f"{row['study']}: {printed}. One printed figure is one node; what bears on it are others.",
        header,
        printed,
        "; ".join(filter(None, steps["figure as printed", printed])) if ("figure as printed", printed) in steps else "",
        (what, *(f"{part}: {_plain(row[part])}" for part in _COUNTS if row[part] is not None)),
        (*cards[:1], _treatment(row), *cards[1:]),
        (
            (
                "Left: the cell under the header of its column. The last line of a card says where it is printed. "
                "Coloured cards are discrepancies: the figure stays as printed, and the doubt stands beside it."
            ),
            graph_and_queries(graph, f"{_TRACE} (observation={name})", _EVIDENCE),
        ),
    )


def _treatment(row: Mapping[str, Value]) -> Card:
    """What was infused, and for how long people were followed."""
    named = ("product", "construct", "target", "costimulation", "vector")
    lines = [", ".join(f"{name}: {row[name]}" for name in named if row[name] is not None)]
    if row["follow_up_months"] is not None:
        lines.append(f"follow-up: {_plain(row['follow_up_months'])} months")
    return Card("study and treatment", (str(row["study"]), *filter(None, lines)))


def _plain(value: Value) -> str:
    """A value without needless decimals."""
    return f"{value:g}" if isinstance(value, float) else str(value)
