"""The pages: filled by stored questions, laid out by templates."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from importlib.resources import files
from itertools import chain
from threading import Lock
from typing import Any

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..errors import UsageError
from ..queries.answers import Answer, Value
from ..queries.asking import ask
from ..queries.formats import short
from ..queries.stored import stored_query
from ..rdf.vocabulary import grouped, node_iri, row_name
from . import plots
from .here import Here, fields, here
from .questions import suggestions, values_of

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOUND = 10
_NEAR = 6
_ONCE = Lock()
_Rows = list[dict[str, Value]]
_Near = list[tuple[str, str]]


def warm(here: Here) -> None:
    """Ask beforehand what takes long the first time."""
    _claims(here)
    suggestions(here, stored_query("evidence"))
    if figures := _rows(here, "evidence"):
        here.checks.trace(here.graph, str(figures[0]["observation"]))
    here.cells.figures_of({"outcome": here.cells.called("study", "")})
    for name in ("printed-cells", "class-tree", "findable", "discrepancies"):
        _rows(here, name)


def _rows(here: Here, name: str, **values: object) -> _Rows:
    """The rows of a stored question."""
    return list(ask(here.graph, name, values))


async def _home(request: Request) -> Response:
    return here(request).page(request, "home.html", **await here(request).turn(_at_home, here(request)))


def _at_home(here: Here) -> dict[str, Any]:
    discrepancies = Counter(row["consequence"] for row in _rows(here, "discrepancies"))
    verdicts = Counter(claim.judgement.verdict for claim in _claims(here))
    sources = _rows(here, "quoted-sources")
    return {"discrepancies": discrepancies, "verdicts": verdicts, "sources": sources}


def _claims(here: Here) -> tuple[Any, ...]:
    """Every claim with its verdict, as `cartkg claims` tells it; whoever asks first computes them for all."""
    with _ONCE:
        return _checked(here)


@lru_cache(maxsize=2)
def _checked(here: Here) -> tuple[Any, ...]:
    return tuple(here.checks.claims(here.graph))


async def _tables(request: Request) -> Response:
    """The printed tables of the sources, or one of them."""
    tables = await here(request).turn(_printed, here(request))
    source, number = (str(request.path_params.get(name, "")) for name in ("source", "number"))
    names = {row["source"]: row["name"] for row in await here(request).turn(_rows, here(request), "quoted-sources")}
    if not number:
        return here(request).page(request, "tables.html", tables=tables, names=names)
    if (source, number) not in tables:
        raise HTTPException(404, "there is no such table")
    return here(request).page(request, "table.html", source=source, number=number, tables=tables, names=names,
                              cells=grouped(((row["source_row"], row["source_column"]), row)
                                            for row in tables[source, number]))  # fmt: skip


@lru_cache(maxsize=2)
def _printed(here: Here) -> dict[tuple[str, str], _Rows]:
    """What the cells of each printed table carry."""
    return grouped(((str(row["source"]), str(row["source_table"])), row) for row in _rows(here, "printed-cells"))


async def _constructs(request: Request) -> Response:
    """All CARs; two or three of them side by side, if they are named."""
    chosen = [value for name, value in fields(request.url.query.encode("latin-1")) if name == "construct" and value]
    chosen = chosen[:3]
    rows = await here(request).turn(_rows, here(request), "construct-parts")
    every = [row["construct_iri"] for row in rows] if here(request).offline else chosen
    drawn = [await here(request).turn(_rows, here(request), "parts-in-order", construct=one) for one in every]
    known = {row["construct_iri"]: row for row in rows}
    compared = [(parts, known[parts[0]["construct_iri"]]) for parts in drawn if parts]
    return here(request).page(request, "constructs.html", rows=rows, compared=compared, chosen=chosen)


async def _claims_page(request: Request) -> Response:
    verdict = dict(fields(request.url.query.encode("latin-1"))).get("verdict", "")
    claims = await here(request).turn(_claims, here(request))
    counts = Counter(claim.judgement.verdict for claim in claims)
    shown = [claim for claim in claims if verdict in {"", claim.judgement.verdict}]
    return here(request).page(request, "claims.html", claims=shown, counts=counts, verdict=verdict)


async def _discrepancies(request: Request) -> Response:
    """Those with the values in the address, of the columns that hold a few."""
    values, _ = values_of(fields(request.url.query.encode("latin-1")))
    if unknown := sorted({*values} - {"consequence", "confidence", "kind", "source"}):
        raise HTTPException(400, f"discrepancies are not chosen by {unknown[0]!r}; `/queries/discrepancies` knows more")
    everything = await here(request).turn(_rows, here(request), "discrepancies")
    rows = [row for row in everything if all(row[name] in given for name, given in values.items())]
    counts = {name: Counter(row[name] for row in everything) for name in ("consequence", "confidence")}
    return here(request).page(request, "discrepancies.html", rows=rows, values=values, counts=counts)


async def _terms(request: Request) -> Response:
    rows = await here(request).turn(_rows, here(request), "class-tree")
    classes = {row["class_iri"]: row for row in rows}
    below = grouped((row["parent_iri"], row["class_iri"]) for row in rows)
    tops = [iri for iri, row in classes.items() if row["parent_iri"] not in classes]
    return here(request).page(request, "terms.html", classes=classes, below=below, tops=tops)


async def _find(request: Request) -> Response:
    """What these words lead to, as `cartkg find` tells it."""
    text = dict(fields(request.url.query.encode("latin-1"))).get("for", "").strip()[:200]
    things = await here(request).turn(here(request).checks.find, here(request).graph, text, _FOUND) if text else []
    return here(request).page(request, "find.html", text=text, found=grouped((one.kind, one) for one in things))


async def _static(request: Request) -> Response:
    content, kind = _files().get(request.path_params["name"], (b"", ""))
    if not kind:
        raise HTTPException(404, "there is no such file")
    return Response(content, media_type=kind)


@lru_cache(maxsize=1)
def _files() -> dict[str, tuple[bytes, str]]:
    """The static files, read once: no path of a request reaches the disk."""
    ours = files("cartkg.serve")
    every = chain((ours / "static").iterdir(), (ours / "vendor" / "@zazuko" / "yasqe" / "build").iterdir())
    kinds = ((file, _TYPES.get("." + file.name.rpartition(".")[2], "")) for file in every)
    return {file.name: (file.read_bytes(), kind) for file, kind in kinds if kind}


@lru_cache(maxsize=1)
def _layout() -> dict[str, list[dict[str, Any]]]:
    """Which questions fill the page of a row of each table."""
    import yaml

    return dict(yaml.safe_load((files("cartkg.serve") / "pages.yaml").read_text(encoding="utf-8")))


async def thing(request: Request, iri: str) -> Response:
    """The page of a row or a term."""
    return here(request).page(request, "thing.html", **await here(request).turn(about, here(request), iri))


@lru_cache(maxsize=8)
def about(here: Here, iri: str) -> dict[str, Any]:
    """What the page of a row or a term shows."""
    text = stored_query("about").with_values({"thing": [ox.NamedNode(iri)]})
    rows = list(Answer.read(here.graph.select(text)))
    said = {
        way: grouped((str(row["property"]), row) for row in rows if row["direction"] == way) for way in ("of", "to")
    }
    label = next((row["value"] for row in said["of"].get(node_iri("rdfs:label").value, ())), short(ox.NamedNode(iri)))
    name = row_name(iri)
    table, _, identifier = name.partition("/")
    sections = [found for one in _layout().get(table, ()) if (found := _section(here, iri, said["of"], one))]
    trace = here.checks.trace(here.graph, identifier) if table == "observations" else None
    claim = next((one for one in _claims(here) if one.claim == identifier), None) if table == "claims" else None
    source = row_name(str(_value(said["of"], "prov:wasQuotedFrom"))).partition("/")[2]
    return {"iri": iri, "name": name, "table": table, "label": label, "said": said, "sections": sections,
            "trace": trace, "claim": claim, "source": source, "near": _near(here, iri, said),
            "drawn": plots.drawn(here) if table == "studies" else {}}  # fmt: skip


def _near(here: Here, iri: str, said: dict[str, dict[str, _Rows]]) -> dict[str, list[tuple[Value, _Near, int]]]:
    """The other things here that are one step away, by the way and the name of the step; a few of each."""
    found: dict[str, list[tuple[Value, _Near, int]]] = {}
    for way, steps in said.items():
        for rows in steps.values():
            others = {str(row["value_iri"]): str(row["value_label"]) for row in rows if row["value_label"]}
            ones = [one for one in others.items() if one[0] != iri and here.address(one[0]).startswith("/id/")]
            if ones:
                step = (
                    rows[0]["property_label"] or short(ox.NamedNode(str(rows[0]["property"]))),
                    ones[:_NEAR],
                    len(ones[_NEAR:]),
                )
                found.setdefault(way, []).append(step)
    return {way: found.get(way, []) for way in said} if found else {}


def _section(here: Here, iri: str, said: dict[str, _Rows], one: dict[str, Any]) -> dict[str, Any] | None:
    """A section of a page with the answer that fills it; none where it has no rows."""
    wanted = {one["given"]: one.get("by"), **one.get("also", {})}
    values = {name: _value(said, curie) if curie else iri for name, curie in wanted.items()}
    if None in values.values():
        return None
    try:
        answer = ask(here.graph, one["question"], values)
    except UsageError:  # what is only pointed to is no value that a question knows
        return None
    return {**one, "answer": answer, "values": values} if len(answer) else None


def _value(said: dict[str, _Rows], curie: str) -> Value:
    return next((row["value"] for row in said.get(node_iri(curie).value, ())), None)


ROUTES = [
    Route("/", _home),
    Route("/tables", _tables),
    Route("/tables/{source}/{number}", _tables),
    Route("/constructs", _constructs),
    Route("/claims", _claims_page),
    Route("/discrepancies", _discrepancies),
    Route("/terms", _terms),
    Route("/find", _find),
    Route("/static/{name}", _static),
]
