"""`cartkg mcp`: the door for assistants, on stdin and stdout."""

from __future__ import annotations

from functools import partial

import click

from ..errors import ExternalError
from .questions import names
from .shared import Options, on_graph, tell


@partial(on_graph, out=False)
@click.argument("questions", nargs=-1, metavar="[NAME]…", shell_complete=names)
def mcp(options: Options, questions: tuple[str, ...]) -> str:
    """Answer an assistant over the Model Context Protocol on stdin and stdout, read-only.

    Its tools are find, trace, claims, sparql and the stored questions, or those with these NAMES only.
    """
    from ..serve import DEFAULTS

    try:
        from ..mcp import run
    except ImportError as error:
        raise ExternalError(f"{error.name} is missing: pip install 'cartkg[mcp]'") from error
    graph = options.graph
    tell("answering on stdin and stdout; an assistant's program starts this by itself")
    run(graph, DEFAULTS, questions)
    return ""
