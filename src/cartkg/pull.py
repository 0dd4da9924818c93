"""Pull the graph out of a store: its named graphs as sorted N-Quads, complete or not at all."""

from __future__ import annotations

from pathlib import Path

from .errors import ExternalError
from .files import write_atomically
from .findings import Say, silent
from .remote.copies import PAGE, Shelf, fetched, graphs_there
from .remote.endpoint import Endpoint


def pull(endpoint: Endpoint, out: Path, progress: Say = silent, *, page: int = PAGE) -> dict[str, int]:
    """Write what the store holds of our named graphs and say how many triples each has."""
    graphs = graphs_there(endpoint)
    if not graphs:
        raise ExternalError(f"{endpoint.url}: holds none of our named graphs; put them there with: cartkg push")
    counts = {}
    with Shelf() as shelf:
        for graph in graphs:
            progress(f"fetching {graph}")
            counts[graph] = fetched(shelf, endpoint, graph, exact=True, page=page)
        write_atomically(out, shelf.quads("there"))
    return counts
