"""The pictures of `cartkg plot` on pages: rates by outcome and grouping, follow-up, and reports by year."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from threading import Lock
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..errors import ExternalError
from ..queries.asking import ask
from ..queries.receipts import receipts_of
from .here import Here, here

GROUPINGS = ("disease", "target", "costimulation", "vector", "product", "none")
_OTHERS = {"timeline": "Reports and approvals by year", "followup": "Follow-up and durations of response"}
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_AREA = re.compile(
    r'<a xlink:href="([^"]+)"[^>]*>\s*<path d="M ([\d.]+) ([\d.]+)\s+L [\d.]+ [\d.]+\s+L ([\d.]+) ([\d.]+)'
)
_ONE = Lock()  # matplotlib has settings that all threads share


@lru_cache(maxsize=2)
def drawn(here: Here) -> dict[str, tuple[str, int, frozenset[str]]]:
    """The outcomes with counts that can be drawn: the name of each, how many figures, and of which studies."""
    rows = [row for row in ask(here.graph, "evidence") if row["numerator"] is not None and row["denominator"]]
    rows = [row for row in rows if row["statistic"] == "proportion" and row["status"] == "reported"]
    found = {
        str(row["outcome"]): [one for one in rows if one["outcome"] == row["outcome"]]
        for row in sorted(rows, key=lambda row: str(row["outcome_name"]))
    }
    return {
        code: (str(ones[0]["outcome_name"]), len(ones), frozenset(str(one["study"]) for one in ones))
        for code, ones in found.items()
    }


async def _all(request: Request) -> Response:
    """Which pictures there are."""
    outcomes = await here(request).turn(drawn, here(request))
    return here(request).page(request, "plots.html", outcomes=outcomes, groupings=GROUPINGS, others=_OTHERS)


async def _one(request: Request) -> Response:
    """A picture on its page, or alone as SVG."""
    name, by = request.path_params["name"], request.path_params.get("by", "")
    alone = (by or name).endswith(".svg")
    name, by = name.removesuffix(".svg"), by.removesuffix(".svg")
    outcomes = await here(request).turn(drawn, here(request))
    if not (name in outcomes and by in GROUPINGS) if by else name not in _OTHERS:
        raise HTTPException(404, "there is no such picture; /plots lists them")
    if alone:
        return Response(await here(request).turn(_svg, here(request), name, by), media_type="image/svg+xml")
    title = _OTHERS.get(name) or outcomes[name][0] + ("" if by == "none" else f" by {by}")
    size, areas = await here(request).turn(_areas, here(request), name, by)
    return here(request).page(request, "plot.html", name=name, by=by, title=title, groupings=GROUPINGS, size=size,
                              areas=areas)  # fmt: skip


@lru_cache(maxsize=256)
def _svg(here: Here, name: str, by: str) -> bytes:
    values: dict[str, Any] = {"by": by, "outcomes": (name,)} if by else {}
    try:
        with _ONE:
            return here.checks.draw(here.graph, "forest" if by else name, values)
    except ExternalError as error:
        raise HTTPException(501, f"no picture can be drawn here: {error}") from error


@lru_cache(maxsize=256)
def _areas(here: Here, name: str, by: str) -> tuple[tuple[float, float], list[dict[str, Any]]]:
    """The size of a picture, and where in it what is drawn, with its receipt; no parts where nothing can be drawn."""
    try:
        text = _svg(here, name, by).decode()
    except HTTPException:
        return (1, 1), []
    parts: list[dict[str, Any]] = []
    labels = {str(row["node"]): str(row["label"]) for row in ask(here.graph, "findable")}
    for written, *ends in _AREA.findall(text):
        left, top, right, bottom = map(float, ends)
        place = {"x": left, "y": top, "width": round(right - left, 2), "height": round(bottom - top, 2)}
        iri = html.unescape(written)
        parts.append({"iri": iri, "label": labels.get(iri, ""), **place})
    receipts = receipts_of(here.graph, (part["iri"] for part in parts))
    found = [{**part, "receipt": receipt} for part, receipt in zip(parts, receipts, strict=True)]
    size = _SIZE.search(text)
    return (float(size[1]), float(size[2])) if size else (1, 1), found


ROUTES = [
    Route("/plots", _all),
    Route("/plots/{name}", _one),
    Route("/plots/{name}/{by}", _one),
]
