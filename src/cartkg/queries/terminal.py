"""Lay rows out for a terminal: as many columns as its width holds with no word cut, or one block a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from textwrap import wrap

from .answers import Answer, Term, plain, to_python
from .formats import line

WIDTH = 100
_GAP = "  "
_SAMPLE = 200  # rows by which it is judged how a width would look
_NAMED = 8  # columns that are left out and named
_MOST = 1.3  # lines a row, on average, where columns are chosen for the reader; more for the first few
_FEW = 6
_LONGEST = 2  # lines of a cell; a longer one ends in an ellipsis and is whole in a record
_CUT = " …"
_IRI = "_iri"


def to_table(
    answer: Answer, width: int | None = WIDTH, preferred: Sequence[str] = (), *, exactly: bool = False, of: int = 0
) -> str:
    """A table; columns without values are left out, and of the others those that the width can not show well.

    `preferred` are the columns to show, the most important first; `exactly` shows them whatever the width. The last
    line counts the rows, those that the answer has in all (`of`), and names the columns that are left out.
    """
    if not answer.rows:
        return "0 rows\n"
    used = {name: cells for name, cells in _columns(answer).items() if exactly or not cells or any(cells)}
    wanted = [name for name in preferred if name in used] if exactly or preferred else _readable(used)
    wanted = wanted or list(used)
    shown = wanted if exactly or width is None else _fitting({name: used[name] for name in wanted}, width)
    columns = {name: used[name] for name in shown}
    widths = _widths(columns, width)
    right = [_numeric(answer, name) for name in shown]
    head = [shown] if shown else []
    lines = _rows(head, widths, right) + [_GAP.join("─" * size for size in widths) for _ in head]
    lines += _rows(zip(*columns.values(), strict=True), widths, right)
    left_out = [] if exactly else [name for name in used if name not in shown]
    return "\n".join(
        [*lines, _counted(max(of, len(answer)), len(answer), left_out, len(answer.variables) - len(used), width), ""]
    )


def to_records(answer: Answer, width: int = WIDTH) -> str:
    """One block a row: each column that has a value there on a line of its own."""
    label = max(map(len, answer.variables), default=0)
    room = max(width - label - len(_GAP), 20)
    blocks = []
    for number, row in enumerate(answer.rows, 1):
        head = f"── {number} of {len(answer)} "
        lines = [head.ljust(min(width, 60), "─")]
        for name, term in zip(answer.variables, row, strict=True):
            for index, piece in enumerate(wrap(line(term), room, break_on_hyphens=False)):
                lines.append(f"{'' if index else name:<{label}}{_GAP}{piece}")
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, _counted(len(answer), len(answer), [], 0, width)]) + "\n"


def _columns(answer: Answer) -> dict[str, tuple[str, ...]]:
    cells = zip(*([line(term) for term in row] for row in answer.rows), strict=True) if answer.rows else ()
    return dict(zip(answer.variables, [*cells] or [()] * len(answer.variables), strict=True))


def _readable(names: Iterable[str]) -> list[str]:
    """The columns that are for people: not those that hold only IRIs."""
    return [name for name in names if not name.endswith(_IRI)]


def _numeric(answer: Answer, name: str) -> bool:
    place = answer.variables.index(name)
    cells: list[Term] = [term for row in answer.rows if (term := row[place]) is not None]
    return bool(cells) and all(isinstance(to_python(term), int | float) and plain(term) for term in cells)


def _fitting(columns: dict[str, tuple[str, ...]], width: int) -> list[str]:
    """Those columns, taken one after the other, with which the table stays within the width and is easy to read."""
    shown: list[str] = []
    for name in columns:
        tried = {one: columns[one] for one in (*shown, name)}
        widths = _widths(tried, width)
        most = _LONGEST if len(tried) <= _FEW else _MOST
        if not shown or (_total(widths) <= width and _height(tried, widths) <= most):
            shown.append(name)
    return shown


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _height(columns: dict[str, tuple[str, ...]], widths: Sequence[int]) -> float:
    """Lines a row, on average, over some of the rows."""
    rows = list(zip(*columns.values(), strict=True))
    sample = rows[:: max(1, len(rows) // _SAMPLE)]
    high = [max(map(_lines, row, widths)) for row in sample]
    return sum(high) / len(high) if high else 1


@lru_cache(maxsize=1 << 16)
def _lines(cell: str, size: int) -> int:
    return len(_pieces(cell, size))


def _pieces(cell: str, size: int) -> list[str]:
    """A cell as lines of this width, no word cut, and what is too long left out after an ellipsis."""
    if len(cell) <= size:
        return [cell]
    return wrap(cell, size, max_lines=_LONGEST, placeholder=_CUT, break_on_hyphens=False) or [""]


def _widths(columns: dict[str, tuple[str, ...]], width: int | None) -> list[int]:
    """How wide each column is: as its longest cell, or narrower where that is too wide, but never than a word of it."""
    widths = [max(map(len, (name, *cells))) for name, cells in columns.items()]
    if width is None:
        return widths
    least = [
        max(len(word) for text in {name, *cells} for word in text.split() or [""]) for name, cells in columns.items()
    ]
    while _total(widths) > width and (over := [size - low for size, low in zip(widths, least, strict=True)]) != [
        0
    ] * len(over):
        widest = max(range(len(widths)), key=lambda place: (over[place] > 0, widths[place]))
        widths[widest] -= 1
    return widths


def _rows(rows: Iterable[Sequence[str]], widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    lines = []
    for row in rows:
        pieces = [_pieces(cell, size) for cell, size in zip(row, widths, strict=True)]
        for number in range(max(map(len, pieces))):
            cells = [piece[number] if number < len(piece) else "" for piece in pieces]
            placed = zip(cells, widths, right, strict=True)
            lines.append(
                _GAP.join(f"{cell:>{size}}" if end else f"{cell:<{size}}" for cell, size, end in placed).rstrip()
            )
    return lines


def _counted(rows: int, shown: int, left_out: Sequence[str], empty: int, width: int | None) -> str:
    """How many rows there are, and what of them is not shown."""
    said = [f"{f'{shown} of ' if shown < rows else ''}{rows} row{'' if rows == 1 else 's'}"]
    if empty:
        said.append(f"{empty} empty column{'' if empty == 1 else 's'} not shown")
    if left_out := _readable(left_out):
        more = f" and {len(left_out) - _NAMED} more" if len(left_out) > _NAMED else ""
        said.append(f"not shown: {', '.join(left_out[:_NAMED])}{more} (--columns all, or --record)")
    return "\n".join(wrap("; ".join(said), width, break_on_hyphens=False)) if width else "; ".join(said)
