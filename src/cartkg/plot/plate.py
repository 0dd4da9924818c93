"""What plates have in common: a title with a line below it above the drawing, and notes beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .canvas import LINE, MARGIN, QUIET, SIZE, SMALL, TITLE, wrap, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes


class Frame:
    """Places of title, subtitle and notes around a drawing of a given size."""

    def __init__(self, title: str, subtitle: str, notes: Sequence[str], width: float, height: float) -> None:
        self.inner = max(width, 480)
        self.width = self.inner + 2 * MARGIN
        self._title = wrap(title, self.inner, TITLE, bold=True)
        self._subtitle = wrap(subtitle, self.inner, SIZE)
        self._notes = [wrap(note, self.inner, SMALL) for note in notes]
        self.top = MARGIN + len(self._title) * TITLE * LINE + len(self._subtitle) * SIZE * LINE + 16
        self._below = self.top + height + 12
        self.height = self._below + sum(len(lines) * SMALL * LINE + 3 for lines in self._notes) + MARGIN

    def draw(self, page: Axes) -> None:
        """Put title, subtitle and notes on the page."""
        y = write(page, MARGIN, MARGIN, self._title, TITLE, weight="bold")
        write(page, MARGIN, y + 2, self._subtitle, SIZE, color=QUIET)
        y = self._below
        for lines in self._notes:
            y = write(page, MARGIN, y, lines, SMALL, color=QUIET) + 3
