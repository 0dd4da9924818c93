"""A row or a term as one record, JSON for programs and Markdown to read: what its page shows, with its receipt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox

from ..queries.answers import Answer
from ..queries.formats import json_rows, markdown, to_markdown
from ..queries.receipts import with_receipts
from ..rdf.vocabulary import shorten
from .cells import used
from .here import Here

_WAYS = {"of": "What is said of it", "to": "What points to it"}


def record(here: Here, found: dict[str, Any]) -> dict[str, Any]:
    """What a page shows of a thing, as plain data."""
    thing = Answer(("iri",), ((ox.NamedNode(found["iri"]),),))
    (receipt,) = with_receipts(here.graph, thing, "", "")
    steps = found["trace"].to_dict()["steps"] if found["trace"] else []
    sections = [
        {"heading": one["heading"], "question": one["question"], "values": one["values"],
         "rows": json_rows(one["answer"])}
        for one in found["sections"]
    ]  # fmt: skip
    return {
        "iri": found["iri"], "label": found["label"],
        **{name: text for name, text in receipt.items() if name not in {"iri", "receipt_query"}},
        "trace": steps, "claim": found["claim"].to_dict() if found["claim"] else {}, "sections": sections,
        **{way: [row for rows in found["said"][way].values() for row in rows] for way in _WAYS},
    }  # fmt: skip


def to_json(here: Here, found: dict[str, Any]) -> str:
    """The record as JSON."""
    return json.dumps(record(here, found), ensure_ascii=False) + "\n"


def to_md(here: Here, found: dict[str, Any]) -> str:
    """The record as Markdown."""
    return "\n".join(_parts(record(here, found), found["sections"]))


def _parts(said: dict[str, Any], sections: list[dict[str, Any]]) -> Iterator[str]:
    facts = {name: text for name, text in said.items() if isinstance(text, str) and text}
    claim = {name: text for name, text in said["claim"].items() if isinstance(text, str) and text}
    yield markdown(("record", ""), facts.items())
    if claim:
        yield f"## Recomputed\n\n{markdown(('claim', ''), claim.items())}"
    if said["trace"]:
        yield f"## Receipt\n\n{markdown(said['trace'][0], (step.values() for step in said['trace']))}"
    for one in sections:
        answer = one["answer"]
        yield f"## {one['heading']}\n\n{to_markdown(answer.only(used(one.get('columns') or answer.variables, answer)))}"
    for way, heading in _WAYS.items():
        rows = [
            (row["property_label"] or shorten(row["property"]), row["value_label"] or row["value"], row["value_iri"])
            for row in said[way]
        ]
        if rows:
            yield f"## {heading}\n\n{markdown(('property', 'value', 'iri'), rows)}"
