"""The graph as an assistant sees it: the stored questions and what other commands tell, with receipts, in pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from itertools import accumulate
from typing import Any, get_args

import pyoxigraph as ox

from ..claims import check_claims
from ..confined import Limits
from ..errors import LimitError, UsageError
from ..find import find
from ..queries.answers import Answer
from ..queries.emptiness import reasons
from ..queries.formats import json_rows
from ..queries.names import suggestion
from ..queries.parameters import shown_values
from ..queries.receipts import COLUMNS, as_asked, receipts_of
from ..queries.stored import StoredQuery, stored_queries, stored_query
from ..queries.verdicts import Verdict
from ..query import Result, query, sparql
from ..rdf.store import Graph
from ..rdf.vocabulary import BASE
from ..resources import DATA_DIRECTORY, document
from ..trace import trace

_OF_ROWS = COLUMNS[:3]  # what a receipt says of each row; the rest is the same for all, and said once
_MOST_ROWS = 500
_MOST_BYTES = 60_000
_SUGGESTED = 100  # letters of the values that are shown for a parameter
_ABOUT = "about"
DOCUMENTS = {
    "cartkg://data-dictionary": (DATA_DIRECTORY / "README.md", "What each table and each of its columns holds."),
    "cartkg://glossary": (document("docs/glossary.md"), "What the words mean here."),
}
_Takes = Mapping[str, Mapping[str, Any]]
_COLUMN = "Any column of the answer, such as %s: only rows with such a cell are kept."
_FIND: _Takes = {"words": {"type": "string"}}
_TRACE: _Takes = {"observation": {"type": "string", "description": "Id of the figure, as evidence gives it."}}
_CLAIMS: _Takes = {
    "claim": {"type": "string", "description": "Only this one, by its id."},
    "verdict": {"type": "string", "enum": [*get_args(Verdict)], "description": "Only claims with this verdict."},
}
_SPARQL: _Takes = {"query": {"type": "string"}}
_SKIP: _Takes = {"skip": {"type": "integer", "default": 0, "description": "Rows to leave out from the beginning."}}
_COMMON: _Takes = {
    "columns": {"type": "array", "items": {"type": "string"}, "description": "These columns only; receipts stay."},
    "source_only": {"type": "boolean", "default": False, "description": "No names or hierarchies from elsewhere."},
}
TEXT, JSON = "text/markdown", "application/json"
_Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Told:
    """What a tool tells: what was asked, as a receipt names it, the rows, and what is said beside them."""

    asked: str
    rows: _Rows
    columns: Sequence[str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tool:
    """Something that an assistant may ask."""

    summary: str
    description: str
    takes: _Takes
    answer: Callable[[dict[str, Any]], Told]
    required: tuple[str, ...] = ()
    others: bool | Mapping[str, Any] = False

    @property
    def schema(self) -> dict[str, Any]:
        """What it takes, as JSON Schema says it."""
        takes = {"type": "object", "properties": {**self.takes, **_SKIP}, "additionalProperties": self.others}
        return takes | ({"required": [*self.required]} if self.required else {})


@dataclass(frozen=True)
class Door:
    """The graph as an assistant sees it: tools, and things to read; own SPARQL within limits."""

    graph: Graph
    limits: Limits
    questions: tuple[StoredQuery, ...]

    @cached_property
    def tools(self) -> dict[str, Tool]:
        """The tools by name: what other commands tell, then the stored questions."""
        return {
            "find": Tool("What do these words lead to?", "Questions, names, figures, claims, references and terms; "
                         "`command` names the question that shows each.", _FIND, self._find, ("words",)),
            "trace": Tool("What bears on one figure?", "Its cell, people, papers, discrepancies and claims.",
                          _TRACE, self._trace, ("observation",)),
            "claims": Tool("Do the tables reproduce what the prose says?", "Each claim with its verdict, why, and the "
                           "figures it was recomputed from.", _CLAIMS, self._claims),
            "sparql": Tool("What does the graph answer to one's own SPARQL?", "Read-only, without SERVICE, for "
                           f"{self.limits.seconds:g} seconds. `properties` and `class-tree` list the terms.",
                           _SPARQL, self._sparql, ("query",)),
            **{one.name: self._question(one) for one in self.questions},
        }  # fmt: skip

    def _question(self, asked: StoredQuery) -> Tool:
        takes = {}
        for name, parameter in asked.parameters.items():
            known = [] if isinstance(parameter.values, tuple) else shown_values(self.graph, asked, parameter)
            fit = sum(length <= _SUGGESTED for length in accumulate(map(len, known)))
            examples = {"examples": known[:fit]} if fit else {}
            takes[name] = {**parameter.schema, "description": parameter.label, **examples}
        description = " ".join(asked.description.split())
        columns = ", ".join(name for name in asked.columns if name not in takes) or "each that it shows"
        others = {"type": ["string", "array"], "description": _COLUMN % columns}
        return Tool(asked.summary, description, {**takes, **_COMMON}, partial(self._asked, asked.name), others=others)

    def _asked(self, name: str, given: dict[str, Any]) -> Told:
        chosen, only = given.pop("columns", []), given.pop("source_only", False)
        if not isinstance(chosen, list):
            raise UsageError(f"columns: {chosen!r} is not a list of names")
        if not isinstance(only, bool):
            raise UsageError(f"source_only: {only!r} is neither true nor false")
        found = query(self.graph, name, given, source_only=only)
        notes = found.notes
        if not len(found):
            notes = (*notes, "; ".join(["nothing is found", *reasons(self.graph, name, given)]))
        return self._told(found, notes, chosen)

    def _sparql(self, given: dict[str, Any]) -> Told:
        found = sparql(self.graph, str(given["query"]), "query", self.limits)
        return self._told(found, found.notes)

    def _told(self, found: Result, notes: tuple[str, ...], columns: Sequence[object] = ()) -> Told:
        chosen = map(str, columns or found.columns)
        shown = found.receipts().answer.only([*dict.fromkeys((*chosen, *_OF_ROWS))])
        return Told(as_asked(found.question, found.sparql), json_rows(shown), shown.variables, notes)

    def _find(self, given: dict[str, Any]) -> Told:
        words = str(given["words"])
        found = [one for one in find(self.graph, words) if one.command]
        names = ("kind", "name", "label", "command", "iri")
        rows = [{name: getattr(one, name) for name in names} for one in found]
        return Told(f"find {words}", self._beside(rows, [one.iri for one in found]), (*names, *_OF_ROWS))

    def _trace(self, given: dict[str, Any]) -> Told:
        found = trace(self.graph, str(given["observation"]))
        rows = self._beside(list(map(asdict, found.steps)), [f"{BASE}id/{step.node}" for step in found.steps])
        return Told(f"trace {found.observation}", rows, tuple(rows[0]))

    def _claims(self, given: dict[str, Any]) -> Told:
        verdict, one = given.get("verdict"), str(given.get("claim", ""))
        if verdict not in (None, *get_args(Verdict)):
            raise UsageError(f"verdict: there is no {verdict!r}; it is one of: {', '.join(get_args(Verdict))}")
        found = [claim for claim in check_claims(self.graph, one) if verdict in (None, claim.judgement.verdict)]
        iris = [f"{BASE}id/claims/{claim.claim}" for claim in found]
        rows = self._beside([claim.to_dict() for claim in found], iris)
        asked = " ".join(["claims", *(f"{name}={value}" for name, value in given.items())])
        return Told(asked, rows, tuple(rows[0]) if rows else ())

    def _beside(self, rows: _Rows, iris: Sequence[str]) -> _Rows:
        """Rows with the receipts of what they are about beside them."""
        beside = zip(rows, receipts_of(self.graph, iris), strict=True)
        return [{**row, **{name: receipt[name] for name in _OF_ROWS}} for row, receipt in beside]

    def answer(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """What a tool tells, as far as it fits; UsageError and LimitError say what else to ask."""
        if name not in self.tools:
            raise UsageError(f"no tool is called {name!r}{suggestion(name, self.tools)}")
        tool, values = self.tools[name], {key: value for key, value in given.items() if value is not None}
        if missing := [one for one in tool.required if one not in values]:
            raise UsageError(f"{name} needs {missing[0]!r}")
        skip = values.pop("skip", 0)
        if not isinstance(skip, int) or skip < 0:
            raise UsageError(f"skip: {skip!r} is not a number of rows")
        if name not in stored_queries() and (unknown := sorted(values.keys() - tool.takes.keys())):
            raise UsageError(f"{name} has no parameter {unknown[0]!r}; it has: {', '.join(tool.takes)}")
        return self._page(tool.answer(values), skip)

    def _page(self, told: Told, skip: int) -> dict[str, Any]:
        shown: list[dict[str, Any]] = []
        room = _MOST_BYTES
        for row in told.rows[skip : skip + _MOST_ROWS]:
            filled = {name: value for name, value in row.items() if value not in (None, "", (), [])}
            room -= len(json.dumps(filled, ensure_ascii=False).encode())
            if room < 0:
                break
            shown.append(filled)
        if room < 0 and not shown:
            raise LimitError(f"one row is larger than {_MOST_BYTES} bytes; name fewer columns")
        left = max(len(told.rows) - skip - len(shown), 0)
        return {
            "receipt_query": told.asked, "receipt_graph": str(self.graph), "notes": told.notes,
            "count": len(told.rows), "skip": skip, "left": left, "columns": told.columns, "rows": shown,
        }  # fmt: skip

    def read(self, uri: str) -> tuple[str, str]:
        """A document, or all that is said of a row or term, with its media type; UsageError for what is neither."""
        if uri in DOCUMENTS:
            return DOCUMENTS[uri][0].read_text(encoding="utf-8"), TEXT
        try:
            text = stored_query(_ABOUT).with_values({"thing": [ox.NamedNode(uri)]})
        except ValueError:
            raise UsageError(f"{uri}: is no IRI") from None
        found = Answer.read(self.graph.select(text))
        if not len(found):
            raise UsageError(f"nothing here is called {uri}")
        told = Told(as_asked(f"{_ABOUT} thing={uri}", text), json_rows(found), found.variables)
        return json.dumps({**self._page(told, 0), **self._beside([{}], [uri])[0]}, ensure_ascii=False), JSON


def opened(graph: Graph, limits: Limits, names: Sequence[str] = ()) -> Door:
    """The door with the questions that are named, or with all of readers."""
    everything = [one for one in stored_queries().values() if one.for_readers]
    return Door(graph, limits, tuple([stored_query(name) for name in names] or everything))
