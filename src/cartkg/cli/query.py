"""`cartkg query`: ask a stored question."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .shared import current, data_option, graph_option, out_option, put, write


def _list_queries() -> str:
    from ..stored import stored_queries

    lines: list[str] = []
    topic = ""
    for query in stored_queries().values():
        if query.topic != topic:
            topic = query.topic
            lines.append(f"{topic}" if not lines else f"\n{topic}")
        lines.append(f"  {query.name:<34} {query.summary}")
    return "\n".join(lines) + "\n"


@click.command()
@click.argument("name", required=False)
@click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="Value for a parameter; repeatable.")
@click.option("--format", "style", default="table", show_default=True,
              type=click.Choice(["table", "csv", "tsv", "json", "markdown", "html"]))  # fmt: skip
@click.option("--explain", is_flag=True, help="Show the question, its parameters and its SPARQL instead.")
@data_option
@graph_option
@out_option
def query(
    name: str | None, params: tuple[str, ...], style: str, explain: bool, data: Path | None, directory: Path | None,
    out: Path | None,
) -> None:  # fmt: skip
    """Ask the stored question NAME; without a name, list the questions."""
    if name is None:
        put(_list_queries())
        return
    if explain:
        put(_explain(name))
        return
    values = _pairs(params)
    from ..query import ask

    answer = ask(current(data, directory), name, values)
    from ..formats import WRITERS, to_table

    if style == "table" and out is None and sys.stdout is not None and sys.stdout.isatty():
        import shutil

        text = to_table(answer, shutil.get_terminal_size().columns)
    else:
        text = WRITERS[style](answer)
    write(text, out)


def _pairs(params: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{param!r}: write NAME=VALUE", param_hint="-p")
        if name in values:
            raise click.BadParameter(f"{name} is given twice", param_hint="-p")
        values[name] = value
    return values


def _explain(name: str) -> str:
    from ..stored import stored_query

    found = stored_query(name)
    lines = [found.summary, "", found.description, ""]
    lines.extend(
        f"-p {parameter.name}=…  {parameter.label} ({parameter.type}; default {parameter.default})"
        for parameter in found.parameters.values()
    )
    body = "\n".join(line for line in found.text.splitlines() if not line.startswith("#+"))
    return "\n".join([*lines, "", body.strip(), ""])
