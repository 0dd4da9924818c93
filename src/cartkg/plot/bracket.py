"""One thing and all that bears on it: what is printed on the left, the thing in the middle, cards on the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .canvas import BAND, INK, MARGIN, PAD, QUIET, SMALL, Block, Words, arrow, framed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PRINTED, _THING, _CARD = 190.0, 190.0, 400.0
_ACROSS, _BETWEEN = 44.0, 10.0
_LARGE = 11.0
_LINK: dict[str, Any] = {"color": INK, "linewidth": 1.0, "zorder": 1}
_FILLS = {"plain": "white", "flag": "#fbe3b8"}


@dataclass(frozen=True, slots=True)
class Card:
    """Something that bears on the thing: how, in what words, and where that is printed."""

    heading: str
    lines: tuple[str, ...]
    place: str = ""
    kind: str = "plain"


@dataclass(frozen=True, slots=True)
class Bracket:
    """A printed cell under its header, the node made of it, and the cards."""

    title: str
    subtitle: str
    header: str
    printed: str
    place: str
    thing: tuple[str, ...]
    cards: tuple[Card, ...]
    notes: tuple[str, ...]

    @property
    def description(self) -> str:
        """All that the picture says, in words."""
        lines = [self.subtitle, f"printed: {self.printed}, under: {self.header or 'no header'}, at: {self.place}"]
        lines += self.thing
        for card in self.cards:
            place = f" [{card.place}]" if card.place else ""
            lines.append(f"{card.heading}: {'; '.join(card.lines)}{place}")
        return "\n".join([*lines, *self.notes])


def draw_bracket(bracket: Bracket) -> Figure:
    """A bracket on a page of its own size."""
    header = Block(_PRINTED - 2 * PAD, Words(bracket.header, bold=True))
    cell = Block(_PRINTED - 2 * PAD, Words(bracket.printed, _LARGE))
    place = Block(_PRINTED, Words(bracket.place, SMALL, colour=QUIET))
    named, *details = bracket.thing
    thing = Block(_THING - 2 * PAD, Words(named, bold=True), *map(Words, details))
    cards = [
        Block(_CARD - 2 * PAD, Words(card.heading, SMALL, bold=True, colour=QUIET), *map(Words, card.lines),
              Words(card.place, SMALL, colour=QUIET))
        for card in bracket.cards
    ]  # fmt: skip
    tall = sum(card.tall + _BETWEEN for card in cards) - _BETWEEN
    height = max(tall, header.tall + cell.tall + place.height + 40, thing.tall + 40)
    width = _PRINTED + _THING + _CARD + 2 * _ACROSS
    figure, page, top = framed(bracket.title, bracket.subtitle, bracket.notes, width, height)
    middle = top + height / 2
    y = header.boxed(page, MARGIN, middle - cell.tall / 2 - header.tall, _PRINTED, facecolor=BAND, linewidth=0.8)
    y = cell.boxed(page, MARGIN, y, _PRINTED, linewidth=0.8)
    place.write(page, MARGIN, y + 4)
    x = MARGIN + _PRINTED + _ACROSS
    thing.boxed(page, x, middle - thing.tall / 2, _THING, facecolor="#d9ecf7", linewidth=1.6)
    arrow(page, (x - 1, middle), (MARGIN + _PRINTED + 1, middle))
    page.text(x - _ACROSS / 2, middle - 7, "as printed", size=SMALL - 1.5, color=QUIET, ha="center",
              va="center_baseline", style="italic")  # fmt: skip
    left, y = x + _THING, middle - tall / 2
    spine, x = left + _ACROSS / 2, left + _ACROSS
    middles = [middle]
    for card, block in zip(bracket.cards, cards, strict=True):
        middles.append(y + block.tall / 2)
        page.plot([spine, x], [middles[-1]] * 2, **_LINK)
        y = block.boxed(page, x, y, _CARD, facecolor=_FILLS.get(card.kind, "white"), linewidth=0.9) + _BETWEEN
    if cards:
        page.plot([left, spine, spine, spine], [middle, middle, min(middles), max(middles)], **_LINK)
    return figure
