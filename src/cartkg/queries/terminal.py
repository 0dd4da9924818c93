"""Lay rows out for a terminal: as many columns as its width holds with no word cut, or one block a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from textwrap import wrap

from .answers import Answer, Term, plain, to_python
from .formats import line

WIDTH = 100
_GAP = "  "
_SAMPLE = 50  # rows by which it is judged how a width would look
_NAMED = 8  # columns that are left out and named
_MOST = 1.3  # lines a row, on average, up to which there is room for a further column than the first few
_FEW = 4
_LONGEST = 2  # lines of a cell of a long answer; a longer one ends in an ellipsis and is whole in a record
_SHORT = 25  # rows of an answer that is read whole
_CUT = " …"
_IRI = "_iri"
_NARROW = 9  # letters of a column that takes little room from others: timepoint


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
    columns = {name: used[name] for name in wanted}
    alike = {} if exactly or width is None else _alike(columns, width)
    if not exactly and width is not None:
        columns = _fitting({name: cells for name, cells in columns.items() if name not in alike}, width)
    shown = [*columns]
    widths = _widths(columns, width)
    longest = _longest(columns) if width else None
    right = [_numeric(answer, name) for name in shown]
    head = [shown] if shown else []
    lines = _rows(head, widths, right) + [_GAP.join("─" * size for size in widths) for _ in head]
    lines += _rows(zip(*columns.values(), strict=True), widths, right, longest)
    left_out = [] if exactly else [name for name in used if name not in shown and name not in alike]
    empty = len(answer.variables) - len(used)
    return "\n".join([*lines, _counted(max(of, len(answer)), len(answer), left_out, empty, width, alike), ""])


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
    return "\n\n".join([*blocks, _counted(len(answer), len(answer), [], 0, width, {})]) + "\n"


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


def _fitting(columns: dict[str, tuple[str, ...]], width: int) -> dict[str, tuple[str, ...]]:
    """Those columns, taken one after the other, with which the table stays within the width and is easy to read."""
    shown: dict[str, tuple[str, ...]] = {}
    high = _MOST
    for name, cells in columns.items():
        tried = {**shown, name: cells}
        widths = _widths(tried, width)
        height = _height(tried, widths)
        easy = len(tried) <= _FEW or height <= high or _least(name, cells) <= _NARROW
        if not shown or (_total(widths) <= width and easy):
            shown, high = tried, max(high, height)
    return shown


def _alike(columns: dict[str, tuple[str, ...]], width: int) -> dict[str, str]:
    """The wider columns that have the same in all rows, with that: said once, they make room for what tells rows apart.

    None where there is room enough.
    """
    widths = _widths(columns, width)
    if _total(widths) <= width and _height(columns, widths) <= _MOST:
        return {}
    same = {
        name: cells[0]
        for name, cells in columns.items()
        if len(cells) > 1 and len({*cells}) == 1 and max(len(name), len(cells[0])) > _NARROW
    }
    return same if len(same) < len(columns) else {}


def _longest(columns: dict[str, tuple[str, ...]]) -> int | None:
    """How many lines of a cell are shown: all of them in a short answer."""
    return None if max(map(len, columns.values()), default=0) <= _SHORT else _LONGEST


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _height(columns: dict[str, tuple[str, ...]], widths: Sequence[int]) -> float:
    """Lines a row, on average, over some of the rows."""
    high = _heights(columns, widths)
    return sum(high) / len(high) if high else 1


def _heights(columns: dict[str, tuple[str, ...]], widths: Sequence[int]) -> list[int]:
    longest = _longest(columns)
    lines = (_lines(cells, size, longest) for cells, size in zip(columns.values(), widths, strict=True))
    return list(map(max, zip(*lines, strict=True)))


@lru_cache(maxsize=1 << 12)
def _lines(cells: tuple[str, ...], size: int, longest: int | None) -> tuple[int, ...]:
    """How many lines some of the cells of a column take at a width that none of their words exceeds."""
    return tuple(_wrapped(words, size, longest) for words in _word_lengths(cells))


@lru_cache(maxsize=1 << 8)
def _word_lengths(cells: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(map(len, cell.split())) for cell in cells[:: max(1, len(cells) // _SAMPLE)])


def _wrapped(words: tuple[int, ...], size: int, longest: int | None) -> int:
    """How many lines words of these lengths fill, of those that are shown."""
    lines, filled = 1, -1
    for length in words:
        filled += 1 + length
        if filled > size:
            lines, filled = lines + 1, length
            if lines == longest:
                break
    return lines


@lru_cache(maxsize=1 << 16)
def _pieces(cell: str, size: int, longest: int | None) -> list[str]:
    """A cell as lines of this width, no word cut, and what is too long left out after an ellipsis."""
    if len(cell) <= size:
        return [cell]
    return wrap(cell, size, max_lines=longest, placeholder=_CUT, break_on_hyphens=False) or [""]


def _widths(columns: dict[str, tuple[str, ...]], width: int | None) -> list[int]:
    """How wide each column is: as its longest cell; where that is too wide, narrower where it costs the fewest lines.

    Never narrower than a word of it.
    """
    widths = [max(map(len, (name, *cells))) for name, cells in columns.items()]
    if width is None or _total(widths) <= width:
        return widths
    least = [_least(name, cells) for name, cells in columns.items()]
    if _total(least) >= width:
        return least
    widths = [max(low, min(size, width)) for size, low in zip(widths, least, strict=True)]
    high, longest, texts = _heights(columns, widths), _longest(columns), [*columns.values()]
    narrower = [_lines(cells, size - 1, longest) for cells, size in zip(texts, widths, strict=True)]
    while _total(widths) > width:
        costs = {
            place: (sum(map(max, high, lines)), -widths[place])
            for place, lines in enumerate(narrower) if widths[place] > least[place]
        }  # fmt: skip
        place = min(costs, key=costs.__getitem__)
        widths[place] -= 1
        high = list(map(max, high, narrower[place]))
        narrower[place] = _lines(texts[place], widths[place] - 1, longest)
    return widths


def _least(name: str, cells: Sequence[str]) -> int:
    """The letters of the longest word of a column."""
    return max(len(word) for text in {name, *cells} for word in text.split() or [""])


def _rows(
    rows: Iterable[Sequence[str]], widths: Sequence[int], right: Sequence[bool], longest: int | None = None
) -> list[str]:
    lines = []
    for row in rows:
        pieces = [_pieces(cell, size, longest) for cell, size in zip(row, widths, strict=True)]
        for number in range(max(map(len, pieces))):
            cells = [piece[number] if number < len(piece) else "" for piece in pieces]
            placed = zip(cells, widths, right, strict=True)
            lines.append(
                _GAP.join(f"{cell:>{size}}" if end else f"{cell:<{size}}" for cell, size, end in placed).rstrip()
            )
    return lines


def _counted(
    rows: int, shown: int, left_out: Sequence[str], empty: int, width: int | None, alike: Mapping[str, str]
) -> str:
    """How many rows there are, what all of them have, and what of them is not shown."""
    count = f"{f'{shown} of ' if shown < rows else ''}{rows} row{'' if rows == 1 else 's'}"
    said = [f"{count}, each with {'; '.join(f'{name}: {cell}' for name, cell in alike.items())}" if alike else count]
    if empty:
        said.append(f"{empty} empty column{'' if empty == 1 else 's'} not shown")
    if left_out := _readable(left_out):
        more = f" and {len(left_out) - _NAMED} more" if len(left_out) > _NAMED else ""
        said.append(f"not shown: {', '.join(left_out[:_NAMED])}{more} (--columns all, or --record)")
    return "\n".join(wrap("; ".join(said), width, break_on_hyphens=False)) if width else "; ".join(said)
