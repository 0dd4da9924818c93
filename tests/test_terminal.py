"""Answers on a terminal: no wider than it, no word cut, what is left out named, and every value in a record."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from statistics import median
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.queries.answers import Answer
from cartkg.queries.formats import line
from cartkg.queries.stored import stored_queries
from cartkg.queries.terminal import to_records, to_table
from cartkg.query import query

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cartkg.rdf.store import Graph

    from .conftest import Run

READERS = {name: one for name, one in stored_queries().items() if one.for_readers}
INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
SHORT = 25  # rows of an answer that is shown whole
LONG = "a text of many words that is much longer than the column in which it has to stand, and even than two lines"
ANSWER = Answer(
    ("name", "text", "number", "thing_iri", "nothing"),
    (
        (ox.Literal("one"), ox.Literal(LONG), ox.Literal("7", datatype=INTEGER), ox.NamedNode("http://a/b"), None),
        (ox.Literal("another"), ox.Literal("short"), ox.Literal("12", datatype=INTEGER), None, None),
    ),
)


def head(text: str) -> list[str]:
    """The header's words, and the width of each column."""
    names, rule = text.splitlines()[:2]
    return [*names.split(), *map(str, map(len, rule.split()))]


@pytest.mark.no_cover
@pytest.mark.parametrize("name", READERS)
def test_every_question_fits_a_hundred_columns_with_no_header_broken_and_no_word_cut(graph: Graph, name: str) -> None:
    answer = query(graph, name).answer
    shown = to_table(answer, 100, READERS[name].columns)
    if not answer.rows:
        assert shown == "0 rows\n"
        return
    lines = shown.splitlines()
    assert max(map(len, lines)) <= 100
    names = lines[0].split()
    assert set(names) <= {*answer.variables}
    assert lines[1].startswith("─")
    places = [answer.variables.index(one) for one in names]
    texts = [line(row[place]) for row in answer.rows for place in places]
    whole = {word for text in texts for word in text.split()}
    end = next(number for number, one in enumerate(lines) if one.startswith(f"{len(answer)} row"))
    cells = {word for one in lines[2:end] for word in one.split()}
    assert cells - whole - {"…"} == set()


@pytest.mark.no_cover
def test_a_row_takes_little_more_than_a_line_in_the_median_question(graph: Graph) -> None:
    heights, long = [], []
    for name, one in READERS.items():
        answer = query(graph, name).answer
        if answer.rows:
            lines = to_table(answer, 100, one.columns).splitlines()
            end = next(number for number, one in enumerate(lines) if one.startswith(f"{len(answer)} row"))
            heights.append((end - 2) / len(answer))
            long += heights[-1:] if len(answer) > SHORT else []
    assert median(heights) <= 1.1
    assert sum(height > 1.3 for height in heights) <= len(heights) / 4  # texts, and figures with whose they are
    assert max(long) <= 2


def test_room_goes_to_the_column_in_which_it_saves_lines() -> None:
    rows = [("a b c d e f g h i j" if first else "a", f"{kind} of these patients") for first, kind in
            ((True, "most"), (False, "some"), (False, "none"), (False, "half"))]  # fmt: skip
    shown = to_table(Answer(("name", "population"), tuple(tuple(map(ox.Literal, row)) for row in rows)), 37)
    assert head(shown) == ["name", "population", "13", "22"]


def test_a_further_column_is_shown_where_it_makes_no_more_lines() -> None:
    names = ("a1", "b2", "c3", "d4", "further", "disease_name")
    rows = ((*("word " * 5,) * 4, "7", "a disease of many words"), (*("x",) * 5, "another disease of many words"))
    shown = to_table(Answer(names, tuple(tuple(map(ox.Literal, row)) for row in rows)), 70)
    assert shown.splitlines()[0].split() == [*names[:5]]
    assert "not shown: disease_name" in shown


def test_the_columns_that_a_question_names_first_are_columns_of_it(graph: Graph) -> None:
    unknown = {
        name: missing for name, one in READERS.items() if (missing := set(one.columns) - {*query(graph, name).columns})
    }
    assert unknown == {}


def test_numbers_stand_to_the_right_and_what_is_not_shown_is_named() -> None:
    lines = to_table(ANSWER, 60).splitlines()
    assert lines[0].split() == ["name", "text", "number"]
    assert lines[-3].endswith("    12") or any(line.endswith("     7") for line in lines)
    assert to_table(ANSWER, 20).splitlines()[0].split() == ["name"] or "not shown" in to_table(ANSWER, 20)
    assert "1 empty column not shown" in " ".join(lines)
    assert "…" not in to_table(ANSWER, 60)
    assert "…" in to_table(Answer(ANSWER.variables, ANSWER.rows * SHORT), 60)


def test_what_all_rows_have_is_said_once_and_makes_room_for_what_tells_them_apart() -> None:
    rows = [tuple(map(ox.Literal, ("a drug of a long name", LONG, number, kind))) for number, kind in ("1a", "2b")]
    shown = to_table(Answer(("product", "population", "figure", "kind"), tuple(rows)), 60)
    assert shown.splitlines()[0].split() == ["figure", "kind"]
    assert f"2 rows, each with product: a drug of a long name; population: {LONG}" in " ".join(shown.split())


def test_columns_that_are_asked_for_are_shown_whatever_the_width() -> None:
    shown = to_table(ANSWER, None, ("thing_iri", "text"), exactly=True)
    assert shown.splitlines()[0].split() == ["thing_iri", "text"]
    assert LONG in shown


def test_rows_that_hold_nothing_are_counted() -> None:
    assert to_table(Answer(("a", "b"), ((None, None), (None, None)))) == "2 rows; 2 empty columns not shown\n"
    assert to_table(Answer((), ((),))) == "1 row\n"


def test_a_record_holds_every_value_of_a_row_and_no_empty_ones() -> None:
    text = to_records(ANSWER, 60)
    assert text.count("── ") == 2
    assert "nothing" not in text
    assert " ".join(LONG.split()) in " ".join(text.split())
    assert text.endswith("2 rows\n")


def test_record_and_all_columns_are_options(run: Callable[..., Run]) -> None:
    whole = run("query", "evidence", "-p", "study=Chong", "--columns", "all").out
    assert len(whole.splitlines()[0].split()) > 30
    record = run("query", "evidence", "-p", "study=Chong", "--record").out
    assert re.search(r"^percent +66$", record, re.MULTILINE)


def test_into_a_file_an_answer_is_csv_and_by_its_ending_what_that_says(run: Callable[..., Run], tmp_path: Path) -> None:
    for ending, begin in (("csv", "product,"), ("md", "| product"), ("json", "["), ("tsv", "?product")):
        out = tmp_path / f"x.{ending}"
        assert run("query", "indications", "--out", out).code == 0
        assert out.read_text(encoding="utf-8").startswith(begin)


def test_a_shell_redirect_writes_csv_and_a_pipe_a_table(graph_directory: Path, graph: Graph, tmp_path: Path) -> None:
    del graph
    command = [sys.executable, "-m", "cartkg", "query", "indications", "--graph", str(graph_directory)]
    with (tmp_path / "x.csv").open("wb") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, check=True, text=True)
    assert (tmp_path / "x.csv").read_text(encoding="utf-8").startswith("product,disease,")
    assert "written as csv" in done.stderr
    piped = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert piped.splitlines()[1].startswith("─")


def test_what_is_longer_than_the_terminal_goes_through_the_pager(graph_directory: Path, graph: Graph) -> None:
    del graph
    command = [sys.executable, "-m", "cartkg", "query", "evidence", "--graph", str(graph_directory)]
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PAGER": "sed s/^/paged:/", "TERM": "xterm", "COLUMNS": "100", "LINES": "24"}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            seen += piece
        assert process.wait(60) == 0
    os.close(ours)
    assert seen.count(b"paged:") > 100
