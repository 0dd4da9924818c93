"""What a browser works with: what its editor completes and, without a server, questions, values, words, an engine."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..errors import UsageError
from ..queries.asking import ask
from ..queries.called import named, records_elsewhere
from ..queries.names import SMALL, SPELLINGS, searched, words
from ..queries.parameters import shown_values, taken
from ..queries.stored import ENDINGS, Parameter, StoredQuery, stored_query
from ..rdf.serialise import context
from ..rdf.tokens import values_rows, with_lateral
from ..rdf.vocabulary import PREFIXES, expand, grouped, lexical, row_name, shorten
from ..resources import read_table
from .here import Here, here
from .questions import open_queries

_FOUND = "findable"
_GREEK = [(letter, words(letter)[0]) for letter in "αβγδεζκλ"]
_WORDS = 8  # of what is a name, and no sentence
_EXPORT = re.compile(r"^export (\{.*\};|(?=class |function ))", re.MULTILINE)
_PACKAGE = Path(__file__).resolve().parent
VENDOR = _PACKAGE / "vendor"
# Classes that are declared, and whatever is a property of anything.
_TERMS = """SELECT DISTINCT ?kind ?term ?label {{
  {{ SELECT DISTINCT ?term ("classes" AS ?kind) {{ ?term a {class_} FILTER(isIRI(?term)) }} }}
  UNION {{ SELECT DISTINCT ?term ("properties" AS ?kind) {{ ?thing ?term ?value }} }}
  OPTIONAL {{ ?term {label} ?label }}
}} ORDER BY ?kind ?term DESC(?label)"""


def script(name: str, value: object) -> bytes:
    """A value as a script, since a browser reads no other file from a disk."""
    said = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"(globalThis.cartkg ??= {{}}).{name} = {said};\n".encode()


def written_script(name: str, value: object) -> Response:
    """The answer that is such a script."""
    return Response(script(name, value), media_type="text/javascript")


async def _question(request: Request) -> Response:
    """A stored question as the browser asks it: its SPARQL, and where its values go."""
    name = request.path_params["name"]
    try:
        query = stored_query(name)
    except UsageError as error:
        raise HTTPException(404, str(error)) from None
    text = with_lateral(query.text, everything=True, apart=False)
    found = list(values_rows(text))
    rows = [
        {"name": row.name, "start": row.start, "end": row.end, "clause": row.clause, "undefined": row.undefined,
         "whole": [text.rindex("VALUES", 0, row.start), row.end + 1]}
        for row in found
    ]  # fmt: skip
    names = {row.name for row in found}
    parameters = {
        one.name: {"type": one.type, "default": one.default, "list": one.list, "known": _key(query, one),
                   "row": next(one.name + ending for ending in ENDINGS if one.name + ending in names)}
        for one in query.parameters.values()
    }  # fmt: skip
    return written_script("question", {"name": query.name, "text": text, "rows": rows, "parameters": parameters,
                                 "notes": query.notes})  # fmt: skip


def _key(query: StoredQuery, parameter: Parameter) -> str:
    """Parameters of one key know the same values, and say the same of them."""
    if parameter.type == "iri":
        return str(parameter.values)
    own = f"{query.name} " if "?" in parameter.values else ""
    return f"{own}{parameter.name} {parameter.values}" if parameter.type == "enum" else ""


async def _values(request: Request) -> Response:
    """Of each value that a parameter knows, by its key: the terms that it is taken for, and what is said of that."""
    return written_script("values", await here(request).turn(_known, here(request)))


def _known(here: Here) -> dict[str, dict[str, Any]]:
    known: dict[str, dict[str, Any]] = {}
    for query in open_queries():
        for parameter in query.parameters.values():
            key = _key(query, parameter)
            if key and key not in known:
                known[key] = dict(_taken(here, query, parameter))
    return known


def _taken(here: Here, query: StoredQuery, parameter: Parameter) -> Iterator[tuple[str, Any]]:
    for value in shown_values(here.graph, query, parameter):
        try:
            terms, notes = taken(here.graph, query, parameter.name, value)
        except UsageError:  # two rows are called so
            continue
        yield value, [[str(term) for term in terms], *notes]


async def _index(request: Request) -> Response:
    """Everything that can be found, and how what is typed is read: spellings, other names, words that say nothing."""
    things, names = await here(request).turn(_findable, here(request))
    how = {"things": things, "names": names, "spellings": [*_GREEK, *SPELLINGS], "small": sorted(SMALL)}
    return written_script("index", how)


def _findable(here: Here) -> tuple[list[list[str]], dict[str, list[str]]]:
    """Of each thing its kind, name, address, and the words of its name and of its texts; and names with others."""
    rows = grouped(
        ((str(row["kind"]), str(row["node"]), str(row["label"])), str(row["text"])) for row in ask(here.graph, _FOUND)
    )
    questions = {query.name: query for query in open_queries()}
    found = []
    for (kind, node, label), texts in rows.items():
        said, shown, address = " ".join(sorted({word for text in texts for word in searched(text)})), label, ""
        if kind != "question":
            address = here.address(node)
        elif label in questions:
            shown, address = questions[label].summary, f"/queries/{label}"
        if address:
            found.append([kind, shown, address, " ".join(words(f"{label} {shown}")), said])
    return found, _other_names(here)


def _other_names(here: Here) -> dict[str, list[str]]:
    """By each name of several words, as one, all names of what is called so."""
    pairs = [*named(here.graph, "", ox.Literal), *(
        (record["name"], record["node"]) for record in records_elsewhere(here.graph) if not record["reason"]
    )]  # fmt: skip
    spelled = [(" ".join(words(name)), node) for name, node in pairs if row_name(node)]
    of = grouped((node, name) for name, node in spelled if name.count(" ") < _WORDS)
    return {
        name.replace(" ", ""): [*dict.fromkeys(others)]
        for name, node in spelled
        if " " in name and len(others := of.get(node, ())) > 1
    }


async def _graph(request: Request) -> Response:
    """All triples, those of each named graph below a line with its name, packed."""
    return written_script("graph", await here(request).turn(_packed, here(request)))


def _packed(here: Here) -> str:
    graphs: dict[str, list[str]] = defaultdict(list)
    for quad in here.graph.quads():
        graphs[lexical(quad.graph_name)].append(str(quad.triple))
    text = "".join(f"# {name}\n" + "".join(f"{one} .\n" for one in lines) for name, lines in graphs.items())
    return _packed_bytes(text.encode())


def _packed_bytes(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, mtime=0)).decode()


async def _context(request: Request) -> Response:
    """What the names in JSON-LD stand for."""
    del request
    return Response(json.dumps({"@context": context()}, indent=1) + "\n", media_type="application/ld+json")


async def _engine(request: Request) -> Response:
    """The engine that answers SPARQL in a browser, as code and as WebAssembly."""
    del request
    folder = VENDOR / "oxigraph"
    code = (folder / "web.js").read_text(encoding="utf-8")
    # A page from a disk may start no worker that is a module.
    code = _EXPORT.sub("", code).replace("import.meta.url", "self.location.href")
    code += (_PACKAGE / "worker.js").read_text(encoding="utf-8")
    return written_script("engine", {"code": code, "wasm": _packed_bytes((folder / "web_bg.wasm").read_bytes())})


def matching(here: Here, name: str, row: str, filters: list[Parameter]) -> dict[str, dict[str, str]]:
    """By the rows of a question, the values of each of these parameters with which it still gives the row."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    query = stored_query(name)
    for parameter in filters:
        for value in shown_values(here.graph, query, parameter) if _key(query, parameter) else ():
            for line in ask(here.graph, name, {parameter.name: value}):
                found[str(line[row])][parameter.name].append(value)
    return {node: {name: "\n".join(values) for name, values in given.items()} for node, given in found.items()}


def followed(here: Here) -> dict[str, str]:
    """For how many months the people of each figure were followed, by which the evidence is chosen."""
    of, months = expand("ck:ofCohort"), expand("ck:followedMonths")
    rows = here.graph.rows(f"SELECT ?figure ?months {{ ?figure {of}/{months} ?months }}")
    return {row["figure"].rpartition("/")[2]: row["months"] for row in rows}


async def _vocabulary(request: Request) -> Response:
    """The prefixes, classes and properties of this graph, with their labels, as a script."""
    return written_script("vocabulary", await here(request).turn(_terms, here(request)))


def _terms(here: Here) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"prefixes": dict(PREFIXES), "classes": {}, "properties": {}}
    for row in here.graph.rows(_TERMS.format(class_=expand("owl:Class"), label=expand("rdfs:label"))):
        found[row["kind"]][shorten(row["term"])] = row["label"]
    return found


async def _vendored(request: Request) -> Response:
    """Other people's software in the pages, with its licences."""
    rows = read_table(VENDOR / "files.tsv")
    names = sorted({row["package"] for row in rows})
    licences = {name: (VENDOR / name / "LICENSE").read_text(encoding="utf-8") for name in names}
    return here(request).page(request, "vendored.html", files=rows, licences=licences)


EDITOR = [Route("/static/vocabulary.js", _vocabulary), Route("/vendored", _vendored)]
ROUTES = [
    Route("/queries/{name}.js", _question),
    Route("/static/values.js", _values),
    Route("/static/index.js", _index),
    Route("/static/graph.js", _graph),
    Route("/static/engine.js", _engine),
    Route("/context.jsonld", _context),
]
