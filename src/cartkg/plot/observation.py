"""Observation: one figure with the cell that prints it, the people it counts, its papers and its flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..queries.answers import Value
from ..queries.asking import ask
from ..queries.names import suggestion
from ..rdf.store import Graph
from ..rdf.vocabulary import grouped
from .canvas import Block, Drawable, Words, arrow, framed, label
from .looks import BAND, INK, MARGIN, PAD, QUIET, SMALL
from .words import Line, graph_and_queries

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TRACE, _EVIDENCE = "trace-observation", "evidence"
_HEADER, _FLAG, _PRINTED_FIGURE = "column header", "discrepancy", "figure as printed"
_COUNTS = ("numerator", "denominator", "percent", "value", "unit", "lower", "upper", "interval", "timepoint")
_PRINTED, _THING, _CARD = 190.0, 190.0, 400.0
_ACROSS, _BETWEEN = 44.0, 10.0
_LARGE = 11.0
_LINK: dict[str, Any] = {"color": INK, "linewidth": 1.0, "zorder": 1}
_FILLS = {"plain": "white", "flag": "#fbe3b8"}


@dataclass(frozen=True, slots=True)
class Card:
    """Something that bears on the figure: how, in what words, and where that is printed."""

    heading: str
    lines: tuple[str, ...]
    place: str = ""
    kind: str = "plain"


@dataclass(frozen=True)
class Bracket(Drawable):
    """A printed cell under its header on the left, the node made of it, and cards on the right."""

    header: str
    printed: str
    place: str
    thing: tuple[str, ...]
    cards: tuple[Card, ...]

    def words(self) -> list[str]:
        """What is printed, what it is, and the cards."""
        lines = [f"printed: {self.printed}, under: {self.header or 'no header'}, at: {self.place}", *self.thing]
        for card in self.cards:
            place = f" [{card.place}]" if card.place else ""
            lines.append(f"{card.heading}: {'; '.join(card.lines)}{place}")
        return lines

    def draw(self) -> Figure:
        """The bracket on a page of its own size."""
        header = Block(_PRINTED - 2 * PAD, Words(self.header, bold=True))
        cell = Block(_PRINTED - 2 * PAD, Words(self.printed, _LARGE))
        place = Block(_PRINTED, Words(self.place, SMALL, colour=QUIET))
        named, *details = self.thing
        thing = Block(_THING - 2 * PAD, Words(named, bold=True), *map(Words, details))
        cards = [
            Block(_CARD - 2 * PAD, Words(card.heading, SMALL, bold=True, colour=QUIET), *map(Words, card.lines),
                  Words(card.place, SMALL, colour=QUIET))
            for card in self.cards
        ]  # fmt: skip
        tall = sum(card.tall + _BETWEEN for card in cards) - _BETWEEN
        height = max(tall, header.tall + cell.tall + place.height + 40, thing.tall + 40)
        width = _PRINTED + _THING + _CARD + 2 * _ACROSS
        figure, page, top = framed(self, width, height)
        middle = top + height / 2
        y = header.boxed(page, MARGIN, middle - cell.tall / 2 - header.tall, _PRINTED, facecolor=BAND, linewidth=0.8)
        y = cell.boxed(page, MARGIN, y, _PRINTED, linewidth=0.8)
        place.write(page, MARGIN, y + 4)
        x = MARGIN + _PRINTED + _ACROSS
        thing.boxed(page, x, middle - thing.tall / 2, _THING, facecolor="#d9ecf7", linewidth=1.6)
        arrow(page, (x - 1, middle), (MARGIN + _PRINTED + 1, middle))
        label(page, x - _ACROSS / 2, middle - 7, "as printed", SMALL - 1.5, color=QUIET, ha="center", style="italic")
        left, y = x + _THING, middle - tall / 2
        spine, x = left + _ACROSS / 2, left + _ACROSS
        middles = [middle]
        for card, block in zip(self.cards, cards, strict=True):
            middles.append(y + block.tall / 2)
            page.plot([spine, x], [middles[-1]] * 2, **_LINK)
            y = block.boxed(page, x, y, _CARD, facecolor=_FILLS.get(card.kind, "white"), linewidth=0.9) + _BETWEEN
        if cards:
            page.plot([left, spine, spine, spine], [middle, middle, min(middles), max(middles)], **_LINK)
        return figure


def observation(graph: Graph, name: str) -> Bracket:
    """Everything about the observation of this id; UsageError names the nearest ids when there is none."""
    known = {str(row["observation"]): row for row in ask(graph, _EVIDENCE)}
    row = known.get(name.rpartition("/")[2])
    if row is None:
        raise UsageError(f"no observation is called {name!r}{suggestion(name, known)}")
    name = str(row["observation"])
    traced = ask(graph, _TRACE, {"observation": f"observations/{name}"})
    steps = grouped(((str(step["aspect"]), str(step["text"])), str(step["place"] or "")) for step in traced)
    places = {step: "; ".join(filter(None, found)) for step, found in steps.items()}
    (_, printed), (_, what), *others = places
    cards = [
        Card(aspect, (text,), places[aspect, text], "flag" if aspect == _FLAG else "plain")
        for aspect, text in others
        if aspect != _HEADER
    ]
    return Bracket(
        f"The observation {name}",
        f"{row['study']}: {printed}. One printed figure is one node; what bears on it are others.",
        (
            "Left: the cell under the header of its column. The last line of a card says where it is printed.",
            "Coloured cards are discrepancies: the figure stays as printed, and the doubt stands beside it.",
            graph_and_queries(graph, f"{_TRACE} (observation={name})", _EVIDENCE),
        ),
        next((text for aspect, text in steps if aspect == _HEADER), ""),
        printed,
        places.get((_PRINTED_FIGURE, printed), ""),
        (what, *(f"{part}: {_plain(row[part])}" for part in _COUNTS if row[part] is not None)),
        (*cards[:1], _treatment(row), *cards[1:]),
    )


def _treatment(row: Line) -> Card:
    """What was infused, and for how long people were followed."""
    named = ("product", "construct", "target", "costimulation", "vector")
    lines = [", ".join(f"{name}: {row[name]}" for name in named if row[name] is not None)]
    if row["follow_up_months"] is not None:
        lines.append(f"follow-up: {_plain(row['follow_up_months'])} months")
    return Card("study and treatment", (str(row["study"]), *filter(None, lines)))


def _plain(value: Value) -> str:
    """A value without needless decimals."""
    return f"{value:g}" if isinstance(value, float) else str(value)
