"""Push the graph into a store: named graph by named graph, in chunks, continued where it was interrupted, verified.

Stores are written to by the Graph Store HTTP Protocol or by SPARQL Update, at addresses that go with that of a query.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from .errors import ExternalError, UsageError
from .files import read_text, write_atomically
from .findings import Say, silent
from .rdf.blank_nodes import components, has_blank
from .rdf.store import Graph
from .rdf.vocabulary import BASE, graph_name
from .remote.copies import count_there, here
from .remote.credentials import from_environment, from_netrc
from .remote.endpoint import Endpoint
from .remote.transport import Limits, ReplyError, Transport, checked_url

_ELSEWHERE = frozenset({400, 404, 405, 406, 415, 500, 501})
_SEEN = f"SELECT ?p WHERE {{ <{BASE}ontology> ?p ?o }} LIMIT 1"
# Addresses of a query, and where stores with such addresses take graphs and updates.
_KNOWN = (
    # GraphDB, RDF4J
    (r"(?P<base>.*/repositories/[^/]+)", ("{base}/rdf-graphs/service",), ("{base}/statements",)),
    # Virtuoso, Amazon Neptune, Fuseki
    (
        r"(?P<base>.*)/sparql",
        ("{base}/sparql-graph-crud-auth", "{base}/sparql/gsp/", "{base}/data"),
        ("{base}/sparql-auth", "{base}/update", "{base}/sparql"),
    ),
    # Oxigraph, Fuseki
    (r"(?P<base>.*)/query", ("{base}/store", "{base}/data"), ("{base}/update",)),
    # QLever and others that take everything at one address
    (r"(?P<base>.*)", (), ("{base}",)),
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where to push: the address that is queried, and optionally protocol and addresses that are written to."""

    url: str
    protocol: str = ""
    store_url: str = ""
    update_url: str = ""
    chunk: int = 0
    limits: Limits = field(default_factory=lambda: Limits(seconds=300.0))


@dataclass(frozen=True)
class Place:
    """An address at which a store takes what is written, and the protocol spoken there."""

    protocol: str
    url: str
    limits: Limits

    @cached_property
    def _transport(self) -> Transport:
        return Transport(checked_url(self.url), self.limits, writes=True)

    @property
    def chunks(self) -> tuple[int, int]:
        """Triples per request that the stores tried take in their stride, without and with blank nodes.

        Virtuoso compiles an update to code, and takes fewer than 1,500 with blank nodes.
        """
        return (20_000, 20_000) if self.protocol == "gsp" else (1_000, 500)

    def greet(self) -> None:
        """Let the store ask for credentials by a small request that writes nothing.

        A store that asks in the midst of a large request closes the connection before it is read.
        """
        if from_environment(self.url) or from_netrc(self.url):
            url = self._graph_url(uuid.uuid4().urn) if self.protocol == "gsp" else self.url
            with contextlib.suppress(ExternalError):
                self._transport.send("GET", {}, url=url)

    def write(self, graph: ox.NamedNode, triples: Sequence[ox.Triple], *, fresh: bool = False, again: bool) -> None:
        """Add triples to a named graph, `fresh` ones in place of all it has; `again` where repetition does no harm."""
        body = "".join(f"{triple} .\n" for triple in triples)
        if self.protocol == "gsp":
            method, kind, url = "PUT" if fresh else "POST", "application/n-triples", self._graph_url(graph.value)
        else:
            # Virtuoso takes no blank nodes in INSERT DATA, though the standard does.
            blank = any(map(has_blank, triples))
            text = f"INSERT {'' if blank else 'DATA '}{{ GRAPH {graph} {{\n{body}}} }}{' WHERE {}' if blank else ''}"
            body = urlencode({"update": f"DROP SILENT GRAPH {graph} ;\n{text}" if fresh else text})
            method, kind, url = "POST", "application/x-www-form-urlencoded", self.url
        self._transport.send(method, {"Content-Type": kind}, body.encode(), url, again=again)

    def _graph_url(self, iri: str) -> str:
        return f"{self.url}?graph={quote(iri, safe='')}"


def places(target: Target) -> list[Place]:
    """Where to try to write, in order: at the addresses given, else where stores with such an address do."""
    if target.store_url or target.update_url:
        named = [("gsp", target.store_url), ("update", target.update_url)]
    else:
        bare = target.url.partition("?")[0].rstrip("/")
        found = next((match, *rest) for pattern, *rest in _KNOWN if (match := re.fullmatch(pattern, bare)))
        match, stores, updates = found
        known = (("gsp", stores), ("update", updates))
        named = [(kind, address.format(base=match["base"])) for kind, some in known for address in some]
    return [Place(kind, url, target.limits) for kind, url in named if url and target.protocol in {"", kind}]


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was pushed; `in_default_graph` says whether queries without GRAPH see it."""

    url: str
    protocol: str
    graphs: dict[str, int]
    in_default_graph: bool


@dataclass(slots=True)
class Checkpoint:
    """How far a push came: chunks done in each named graph of one build at one store."""

    url: str
    sha256: str
    protocol: str
    write_url: str
    chunk: int
    done: dict[str, int] = field(default_factory=dict)


def push(graph: Graph, target: Target, progress: Say = silent, *, restart: bool = False) -> Pushed:
    """Replace each named graph at the store; ExternalError with the numbers unless it then counts what we have."""
    endpoint = Endpoint(target.url, limits=target.limits)
    file = checkpoint_file(graph, target.url)
    before = None if restart else _read(file, target, graph)
    if before is not None:
        progress(f"continuing at {before.write_url} after {sum(before.done.values())} chunks; --restart begins anew")
    candidates = [Place(before.protocol, before.write_url, target.limits)] if before is not None else places(target)
    if not candidates:
        raise UsageError(
            f"{target.url}: no address for {target.protocol} is known; give --graph-store-url or --update-url"
        )
    for number, place in enumerate(candidates, 1):
        point = before or Checkpoint(target.url, graph.manifest.sha256, place.protocol, place.url, target.chunk)
        progress(f"writing to {place.url} ({place.protocol})")
        try:
            _push(graph, place, point, file, progress)
        except ReplyError as error:
            if error.status not in _ELSEWHERE or number == len(candidates) or point.done:
                raise
            progress(f"it does not take {place.protocol}: {error}")
            continue
        break
    progress("counting")
    counts = {name: count_there(endpoint, graph_name(name).value) for name in graph.manifest.graphs}
    with contextlib.suppress(OSError):
        file.unlink()  # whatever the counts say, there is nothing left to continue
    _verify(graph, endpoint, counts)
    return Pushed(target.url, place.protocol, counts, any(True for _ in endpoint.select(_SEEN)))


def checkpoint_file(graph: Graph, url: str) -> Path:
    """Where it stands how far a push to this store came, beside the graph."""
    return graph.path.parent / f"push-{hashlib.sha256(url.encode()).hexdigest()[:12]}.json"


def _push(graph: Graph, place: Place, point: Checkpoint, file: Path, progress: Say) -> None:
    place.greet()
    size, blank_size = place.chunks
    for name in graph.manifest.graphs:
        home = graph_name(name)
        blank = _blank_chunks(graph, home, min(point.chunk or blank_size, blank_size))
        done = point.done.get(name, 0)
        if 0 < done < len(blank):
            done = 0  # whether the next chunk arrived is not known, and blank nodes sent twice would be two things
        sent = 0
        for number, chunk in enumerate(chain(blank, _ground_chunks(graph, home, point.chunk or size))):
            sent += len(chunk)
            if number < done:
                continue
            place.write(home, chunk, fresh=number == 0, again=number == 0 or number >= len(blank))
            point.done[name] = number + 1
            write_atomically(file, (json.dumps(asdict(point), indent=1) + "\n").encode())
            progress(f"{name}: {sent} of {graph.manifest.graphs[name]} triples")


def _blank_chunks(graph: Graph, home: ox.NamedNode, most: int) -> list[list[ox.Triple]]:
    """All triples with blank nodes in requests, none of the nodes in two: a store would take it for two nodes."""
    chunks: list[list[ox.Triple]] = []
    for component in components(triple for triple in here(graph, home.value) if has_blank(triple)):
        if chunks and len(chunks[-1]) + len(component) <= most:
            chunks[-1].extend(component)
        else:
            chunks.append(component)
    return chunks


def _ground_chunks(graph: Graph, home: ox.NamedNode, size: int) -> Iterator[list[ox.Triple]]:
    triples = (triple for triple in here(graph, home.value) if not has_blank(triple))
    while chunk := list(islice(triples, size)):
        yield chunk


def _verify(graph: Graph, endpoint: Endpoint, counts: dict[str, int]) -> None:
    wrong = [
        f"{name}: {counts[name]} there, {expected} here"
        for name, expected in graph.manifest.graphs.items()
        if counts[name] != expected
    ]
    if wrong:
        raise ExternalError(f"{endpoint.url}: counts differ after the push; {'; '.join(wrong)}; run: cartkg diff")


def _read(file: Path, target: Target, graph: Graph) -> Checkpoint | None:
    """The checkpoint of the same push, or None: another build or other options begin anew."""
    try:
        found = Checkpoint(**json.loads(read_text(file)))
    except (OSError, ValueError, TypeError):
        return None
    same = (found.url, found.sha256, found.chunk) == (target.url, graph.manifest.sha256, target.chunk)
    named = {"gsp": target.store_url, "update": target.update_url}
    fits = not any(named.values()) or named.get(found.protocol) == found.write_url
    return found if same and fits and target.protocol in {"", found.protocol} else None
