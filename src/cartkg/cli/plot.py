"""`cartkg plot`: draw what stored questions answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..errors import UsageError
from .shared import Options, on_graph, parameters, shown

_SUFFIXES = (".svg", ".png")
BY = ("disease", "costimulation", "vector", "target", "product", "none")
_VALUES = parameters("Value for a parameter of the question that is drawn; repeatable.")
# By name: what the command does, and its options; they are the arguments of the function that makes the picture.
_PICTURES: dict[str, tuple[Any, ...]] = {
    "forest": (
        "Draw proportions with their 95% intervals, in groups (question `evidence`).", _VALUES,
        click.option("--pooled", is_flag=True, help="Add a pooled rate to each group, with its heterogeneity."),
        click.option("--outcome", "outcomes", multiple=True, default=("CRR",), show_default=True, metavar="CODE",
                     help="Outcome such as CRR or CR_CRi; repeatable."),
        click.option("--by", type=click.Choice(BY), default="disease", show_default=True, help="What makes a group."),
    ),
    "timeline": (
        "Draw the reports of each product by year (question `find-studies`), with what it is approved for.", _VALUES,
    ),
    "followup": (
        "Draw how long each group was followed and responses lasted (question `follow-up-with-responses`).", _VALUES,
    ),
}  # fmt: skip
# What was drawn up to 0.2, each with the address of the page that shows it; they go with the next release.
_PAGES = {
    "construct": "/constructs",
    "hierarchy": "/terms",
    "observation": "/id/observations/ID",
    "trial": "/id/trials/ID",
}


@click.group()
def plot() -> None:
    """Draw what stored questions answer, as SVG or PNG; needs `pip install 'cartkg[plot]'`."""


def _command(name: str, text: str, *options: Callable[..., Any]) -> click.Command:
    """A command that makes this picture and writes it."""

    @click.option("--format", "style", type=click.Choice(["svg", "png"]),
                  help="Kind of picture.  [default: as --out ends, else svg]")  # fmt: skip
    def draw(common: Options, style: str | None, **given: Any) -> bytes:
        kind = _kind(common.out, style)
        graph = common.graph
        from .. import plot

        return plot.render(getattr(plot, name)(graph, **given), kind)

    for option in options:
        draw = option(draw)
    draw.__name__, draw.__doc__ = name, text
    return on_graph(draw)


def _kind(out: Path | None, style: str | None) -> str:
    """Kind of picture, from the option or the file's name."""
    if out is None:
        return style or "svg"
    suffix = out.suffix.lower()
    if suffix not in _SUFFIXES:
        raise UsageError(f"{shown(out)}: a picture's name ends in {' or '.join(_SUFFIXES)}")
    if style is not None and suffix != f".{style}":
        raise UsageError(f"{shown(out)}: the name does not fit --format {style}")
    return suffix[1:]


for _name, _parts in _PICTURES.items():
    plot.add_command(_command(_name, *_parts))


def _moved(name: str, address: str) -> click.Command:
    """A name that stays for one release and says where to look."""

    def told(**_: Any) -> None:
        raise UsageError(
            f"plot {name}: a page now: write `cartkg serve` and open {address}, or write `cartkg site DIR`"
        )

    anything = {"ignore_unknown_options": True, "allow_extra_args": True}
    return click.Command(name, callback=told, hidden=True, context_settings=anything)


for _name, _address in _PAGES.items():
    plot.add_command(_moved(_name, _address))
