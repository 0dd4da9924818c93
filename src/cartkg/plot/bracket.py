"""One thing and all that bears on it: what is printed on the left, the thing in the middle, cards on the right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .canvas import BAND, INK, LINE, MARGIN, QUIET, SIZE, SMALL, arrow, rectangle, wrap, write
from .plate import Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PRINTED, _THING, _CARD = 190.0, 190.0, 400.0
_ACROSS, _BETWEEN, _PAD = 44.0, 10.0, 8.0
_LARGE = 11.0
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


class BracketPlate:
    """A bracket on a page."""

    def __init__(self, bracket: Bracket) -> None:
        self._bracket = bracket
        self._header = wrap(bracket.header, _PRINTED - 2 * _PAD, SIZE, bold=True) if bracket.header else []
        self._printed = wrap(bracket.printed, _PRINTED - 2 * _PAD, _LARGE)
        self._place = wrap(bracket.place, _PRINTED, SMALL)
        named, *details = bracket.thing
        self._named = wrap(named, _THING - 2 * _PAD, SIZE, bold=True)
        self._details = [line for text in details for line in wrap(text, _THING - 2 * _PAD, SIZE)]
        self._lines = len(self._named) + len(self._details)
        self._cards = [_laid_out(card) for card in bracket.cards]
        self._tall = sum(tall for _, _, tall in self._cards) + _BETWEEN * max(0, len(self._cards) - 1)
        left = len(self._header) * SIZE * LINE + len(self._printed) * _LARGE * LINE + 4 * _PAD + 40
        height = max(self._tall, left, self._lines * SIZE * LINE + 60)
        width = _PRINTED + _THING + _CARD + 2 * _ACROSS
        self._frame = Frame(bracket.title, bracket.subtitle, bracket.notes, width, height)
        self.width, self.height = self._frame.width, self._frame.height
        self._middle = self._frame.top + height / 2

    def draw(self, page: Axes) -> None:
        """Put everything on the page."""
        self._frame.draw(page)
        self._draw_printed(page, MARGIN)
        x = MARGIN + _PRINTED + _ACROSS
        tall = self._lines * SIZE * LINE + 2 * _PAD
        rectangle(page, x, self._middle - tall / 2, _THING, tall, zorder=2, facecolor="#d9ecf7", edgecolor=INK,
                  linewidth=1.6)  # fmt: skip
        top = write(page, x + _PAD, self._middle - tall / 2 + _PAD - 2, self._named, SIZE, weight="bold", zorder=4)
        write(page, x + _PAD, top, self._details, SIZE, zorder=4)
        arrow(page, (x - 1, self._middle), (MARGIN + _PRINTED + 1, self._middle))
        page.text(x - _ACROSS / 2, self._middle - 7, "as printed", size=SMALL - 1.5, color=QUIET, ha="center",
                  va="center_baseline", style="italic")  # fmt: skip
        self._draw_cards(page, x + _THING)

    def _draw_printed(self, page: Axes, x: float) -> None:
        """A piece of the table: the header of the column above the cell."""
        head = len(self._header) * SIZE * LINE + 2 * _PAD if self._header else 0
        cell = len(self._printed) * _LARGE * LINE + 2 * _PAD
        top = self._middle - cell / 2 - head
        if head:
            rectangle(page, x, top, _PRINTED, head, facecolor=BAND, edgecolor=INK, linewidth=0.8)
            write(page, x + _PAD, top + _PAD - 2, self._header, SIZE, weight="bold")
        rectangle(page, x, top + head, _PRINTED, cell, facecolor="white", edgecolor=INK, linewidth=0.8)
        write(page, x + _PAD, top + head + _PAD - 2, self._printed, _LARGE)
        write(page, x, top + head + cell + 4, self._place, SMALL, color=QUIET)

    def _draw_cards(self, page: Axes, left: float) -> None:
        y = self._middle - self._tall / 2
        spine, x = left + _ACROSS / 2, left + _ACROSS
        middles: list[float] = []
        for card, lines, tall in self._cards:
            rectangle(page, x, y, _CARD, tall, zorder=2, facecolor=_FILLS.get(card.kind, "white"), edgecolor=INK,
                      linewidth=0.9, hatch="")  # fmt: skip
            at = write(page, x + _PAD, y + 4, [card.heading], SMALL, weight="bold", color=QUIET, zorder=4)
            for text, size in lines:
                at = write(page, x + _PAD, at, [text], size, color=INK if size == SIZE else QUIET, zorder=4)
            middles.append(y + tall / 2)
            page.plot([spine, x], [y + tall / 2] * 2, color=INK, linewidth=1.0, zorder=1)
            y += tall + _BETWEEN
        if middles:
            ends = [min(middles[0], self._middle), max(middles[-1], self._middle)]
            page.plot([spine, spine], ends, color=INK, linewidth=1.0, zorder=1)
            page.plot([left, spine], [self._middle] * 2, color=INK, linewidth=1.0, zorder=1)


def _laid_out(card: Card) -> tuple[Card, list[tuple[str, float]], float]:
    """A card with its lines, each with its size, and its height."""
    lines = [(line, SIZE) for text in card.lines for line in wrap(text, _CARD - 2 * _PAD, SIZE)]
    lines += [(line, SMALL) for line in (wrap(card.place, _CARD - 2 * _PAD, SMALL) if card.place else [])]
    return card, lines, SMALL * LINE + sum(size * LINE for _, size in lines) + 12
