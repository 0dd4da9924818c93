"""The command line: data on stdout, messages on stderr, the promised exit codes, and no traceback."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cartkg.cli.query import _own as own_sparql
from cartkg.errors import UsageError
from cartkg.queries.stored import stored_query

from .conftest import Run, line_of, replace_cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartkg.rdf.store import Graph


def test_help_names_every_verb(run: Callable[..., Run]) -> None:
    done = run("--help")
    assert done.code == 0
    for verb in ("build", "validate", "reason", "query", "export", "info"):
        assert f"\n  {verb}" in done.out


def test_query_without_a_name_lists_the_questions(run: Callable[..., Run]) -> None:
    done = run("query")
    assert done.code == 0
    assert "evidence" in done.out
    assert done.err == ""


def test_query_prints_data_on_stdout_and_nothing_else(run: Callable[..., Run]) -> None:
    done = run("query", "evidence", "-p", "target=BCMA", "--format", "json")
    assert (done.code, done.err) == (0, "")
    assert {row["target"] for row in json.loads(done.out)} == {"BCMA"}


def test_query_writes_a_file_whole(run: Callable[..., Run], tmp_path: Path) -> None:
    done = run("query", "evidence", "--format", "csv", "--out", tmp_path / "e.csv")
    assert (done.code, done.out) == (0, "")
    assert (tmp_path / "e.csv").read_text(encoding="utf-8").startswith("observation,study,year,")


def test_explain_needs_the_name_of_a_stored_question(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "mine.rq").write_text("ASK {}", encoding="utf-8")
    for arguments in (["--explain"], ["--sparql", str(tmp_path / "mine.rq"), "--explain"]):
        done = run("query", *arguments)
        assert done.code == 2
        assert "--explain and --sparql-text show a stored question; give its NAME" in done.err


def test_explain_shows_what_a_question_takes_and_shows_on_a_screen_or_two(run: Callable[..., Run]) -> None:
    done = run("query", "indications", "--explain")
    assert "-p age_group" in done.out
    assert "adults | children" in done.out
    assert "first                   product, disease" in done.out
    assert "cartkg query indications --sparql-text" in done.out
    assert len(done.out.splitlines()) <= 40
    assert max(map(len, done.out.splitlines())) <= 120
    assert run("query", "indications", "--sparql-text").out == stored_query("indications").body


def test_the_list_is_of_what_readers_ask_unless_all_is_wanted(run: Callable[..., Run]) -> None:
    readers, everything = run("query").out, run("query", "--all").out
    assert "percentages-off-counts" not in readers
    assert "percentages-off-counts" in everything
    assert "cartkg find WORDS" in readers


def test_own_sparql_comes_from_a_file_or_stdin_and_its_misspellings_are_named(
    run: Callable[..., Run], tmp_path: Path
) -> None:
    own = tmp_path / "own.rq"
    own.write_text("PREFIX ck: <https://w3id.org/cartkg/ontology/>\nSELECT ?x { ?x a ck:Cohrt }", encoding="utf-8")
    done = run("query", "--sparql", own, "--format", "csv")
    assert (done.code, done.out) == (2, "")
    assert done.err == f"cartkg: {own}: ck:Cohrt is no term of the ontology; did you mean ck:Cohort?\n"
    assert run("query", "--sparql", own, "--format", "csv", "--force").out == "x\n"
    asked = run("query", "--sparql", "-", "--format", "csv", given="SELECT (1 AS ?x) {}")
    assert (asked.code, asked.out, asked.err) == (0, "x\n1\n", "")


def test_the_triples_of_own_sparql_are_written_as_turtle(run: Callable[..., Run]) -> None:
    text = "PREFIX ck: <https://w3id.org/cartkg/ontology/> DESCRIBE ck:Cohort"
    assert "ck:Cohort a owl:Class" in run("query", "--sparql", "-", "--format", "turtle", given=text).out
    assert run("query", "evidence", "--format", "turtle").code == 2


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:9/> {} }", 2, "stdin:1:12: SERVICE asks another endpoint"),
        ("SELECT * FROM <file:///etc/passwd> {}", 2, "stdin:1:15: FROM <file:///etc/passwd> is not in the graph"),
        (
            "INSERT DATA { <a:a> <a:b> 1 }",
            2,
            "are answered, and this is INSERT",
        ),
        ("SELECT ?x {", 2, "stdin: not valid SPARQL: error at 1:12"),
        ("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", 3, "no answer within 1 seconds"),
    ],
)
def test_own_sparql_that_may_not_run_ends_with_its_code(
    run: Callable[..., Run], text: str, code: int, message: str
) -> None:
    done = run("query", "--sparql", "-", "--timeout", "1", given=text)
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert "Traceback" not in done.err


def test_info_counts_the_classes(run: Callable[..., Run]) -> None:
    done = run("info")
    assert done.code == 0
    assert "observation" in done.out


def test_export_writes_turtle(run: Callable[..., Run]) -> None:
    done = run("export", "--only", "asserted")
    assert done.out.startswith("@prefix ")


@pytest.mark.no_cover
def test_build_says_what_is_wrong_with_the_data_and_exits_1(
    run: Callable[..., Run], invented: Path, tmp_path: Path
) -> None:
    path = invented / "observations.tsv"
    line = line_of(path, "t2-r01-cr")
    replace_cell(path, line, "unit", "fortnight")
    done = run("build", "--data", invented, "--out", tmp_path / "out")
    assert (done.code, done.out) == (1, "")
    assert f"data/observations.tsv:{line}: unit: 'fortnight' is not a code of ck:TimeUnit; write one of" in done.err
    assert "Traceback" not in done.err


def test_a_query_from_a_closed_stdin_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match="stdin: it is closed"):
        own_sparql(None, Path("-"), None, 2048, force=False)  # type: ignore[arg-type]


def test_a_column_that_is_named_twice_is_shown_once(run: Callable[..., Run]) -> None:
    assert run("query", "indications", "--columns", "product,product").out.splitlines()[0].strip() == "product"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("query", "evidense"), 2, "did you mean evidence"),
        (("query", "evidence", "-p", "target"), 2, "write NAME=VALUE"),
        (("query", "evidence", "-p", "x=1"), 2, "has no parameter"),
        (("query", "evidence", "--data", "nowhere"), 2, "no such data folder"),
        (("validate", "nowhere.ttl"), 2, "No such file"),
        (("validate", "nowhere.docx"), 2, "give a file ending in"),
        (("export", "--only", "moon"), 2, "no named graph"),
        (("build", "--out", "/dev/null/x"), 5, "/dev/null"),
        (("query", "evidence", "--out", "/dev/null/x.csv"), 5, "/dev/null"),
        (
            ("query", "response-rates", "-p", "minimum_months=1", "-p", "minimum_months=2"),
            2,
            "given twice",
        ),
        (("query", "evidence", "--sparql", "own.rq"), 2, "not both"),
        (("query", "--sparql", "nowhere.rq"), 2, "nowhere.rq: can not be read: No such file"),
        (("query", "evidence", "--endpoint", "http://127.0.0.1:9/", "--data", "x"), 2, "leave out --data"),
        (("query", "evidence", "-p", "outcome=XYZ"), 2, "there is no 'XYZ'"),
        (("query", "response-rates", "-p", "minimum_months=1e9999999999"), 2, "is not a"),
        (("export", "--all", "release", "--only", "asserted"), 2, "leave out --only and --out"),
        (("validate", "/dev/null/x.ttl"), 2, "x.ttl"),
        (("fly",), 2, "No such command"),
        (("find", "a" * 2000), 2, "more than 1000 characters"),
        (("find", "many words " * 6000), 2, "more than 1000 characters"),
        (("serve", "--cors", "notebook.example.org"), 2, "is none; write https://notebook.example.org"),
        (("serve", "--name", "graph\n"), 2, "is none; write graph.example.org"),
        (("serve", "--host", ""), 2, "is none; write 127.0.0.1"),
        (("query", "evidence", "-p", f"study={'a' * 2000}"), 2, "study: a value has more than 1000 characters"),
        (("query", "evidence", "--columns", "nope"), 2, "there is no column 'nope'; it is one of: observation, study"),
        (("new-source", "mine", "--title", "a\tb", "--authors", "A", "--year", "2020"), 2, "more than a line of text"),
        (("new-source", "mine", "--title", "", "--authors", "A", "--year", "2020"), 2, "title: '' is empty"),
    ],
)
def test_a_wrong_call_ends_with_its_code_and_a_message(
    run: Callable[..., Run], arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert "Traceback" not in done.err


@pytest.mark.no_cover
def test_own_data_and_the_reviews_graph_stay_apart(run: Callable[..., Run], invented: Path, tmp_path: Path) -> None:
    replace_cell(invented / "trials.tsv", 3, "label", "MINE")
    assert run("build", "--data", invented, "--out", tmp_path / "mine").code == 0
    mine = run("query", "trial-references", "--graph", tmp_path / "mine", "--format", "csv")
    assert (mine.code, mine.err) == (0, "")
    assert "MINE" in mine.out
    assert "MINE" not in run("query", "trial-references", "--format", "csv").out
    other = run("info", "--graph", tmp_path / "mine", "--data", "somewhere-else")
    assert other.code == 2
    assert "leave out one of the two options" in other.err


@pytest.mark.no_cover
def test_data_without_a_named_graph_gets_a_graph_of_its_own(run: Callable[..., Run], invented: Path) -> None:
    replace_cell(invented / "trials.tsv", 3, "label", "MINE")
    assert "MINE" in run("query", "trial-references", "--data", invented, "--format", "csv").out
    again = run("query", "trial-references", "--format", "csv")
    assert ("MINE" in again.out, again.err) == (False, "")


@pytest.mark.no_cover
def test_validate_writes_json_with_paths_as_people_type_them(run: Callable[..., Run], invented: Path) -> None:
    replace_cell(invented / "observations.tsv", line_of(invented / "observations.tsv", "t2-r01-cr"), "percent", "28")
    done = run("validate", "--data", invented, "--format", "json")
    assert done.code == 1
    paths = {finding["path"] for finding in json.loads(done.out)["findings"]}
    assert paths == {"data/observations.tsv"}


def test_output_is_utf_8_whatever_the_locale(process: Callable[..., Run]) -> None:
    done = process("query", "construct-parts", "--format", "csv", env={"PYTHONIOENCODING": "latin-1", "LC_ALL": "C"})
    assert done.code == 0
    assert "ζ" in done.out


def test_a_closed_stdout_is_a_storage_error(graph_directory: Path, graph: Graph) -> None:
    del graph
    command = f"{sys.executable} -m cartkg query evidence --explain --graph {graph_directory} >&-"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (5, "cartkg: can not write to stdout: it is closed\n")


def test_a_full_disk_on_stdout_is_a_storage_error(graph_directory: Path, graph: Graph) -> None:
    del graph
    command = f"{sys.executable} -m cartkg query evidence --graph {graph_directory} > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert "Traceback" not in done.stderr


def test_out_follows_a_link_and_writes_to_a_device(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "target.csv").write_text("old", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to(tmp_path / "target.csv")
    assert run("query", "antigen-loss", "--format", "csv", "--out", "link.csv").code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "target.csv").read_text(encoding="utf-8") != "old"
    assert run("query", "antigen-loss", "--out", "/dev/null").code == 0


def test_a_reader_that_stops_early_gets_no_traceback(graph: Graph, graph_directory: Path) -> None:
    del graph
    command = f"{sys.executable} -m cartkg query evidence --graph {graph_directory} | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def imported(heavy: set[str], *arguments: str) -> list[str]:
    """Which of these libraries a command has imported when it ends."""
    code = (
        f"import sys; sys.argv = {['cartkg', *arguments]!r}\n"
        "from cartkg.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ast.literal_eval(done.stdout.splitlines()[-1])


HEAVY = {"openpyxl", "rdflib", "pydantic", "pyshacl", "owlready2", "yaml", "rich"}


def test_starting_imports_nothing_heavy() -> None:
    assert imported(HEAVY | {"pyoxigraph"}, "--help") == []


def test_asking_imports_only_the_engine(graph_directory: Path, graph: Graph) -> None:
    del graph
    assert imported(HEAVY | {"pyoxigraph"}, "query", "evidence", "--graph", str(graph_directory)) == ["pyoxigraph"]


@pytest.mark.no_cover
def test_validating_imports_no_rdflib(world: Graph) -> None:
    assert imported({"rdflib", "pyshacl"}, "validate", "--graph", str(world.path.parent)) == []


def test_only_the_columns_that_are_named_are_shown_in_their_order(run: Callable[..., Run]) -> None:
    asked = ("query", "product-names", "--format", "csv")
    whole = run(*asked).out.splitlines()
    done = run(*asked, "--columns", "product, name")
    assert done.code == 0
    assert done.out.splitlines()[0] == "product,name"
    assert len(done.out.splitlines()) == len(whole)
    assert "did you mean product" in run(*asked, "--columns", "produkt").err


def test_an_answer_without_rows_says_so_and_which_value_leaves_none(run: Callable[..., Run]) -> None:
    done = run("query", "evidence", "-p", "target=BCMA", "-p", "trial=ZUMA-1", "--format", "csv")
    assert done.code == 0
    assert len(done.out.splitlines()) == 1
    pattern = r"nothing is found; without target=BCMA there are (\d+) rows; without trial=ZUMA-1 there are (\d+)"
    found = re.search(pattern, done.err)
    assert found is not None
    whole = [run("query", "evidence", "-p", one, "--format", "csv").out for one in ("trial=ZUMA-1", "target=BCMA")]
    assert [int(number) for number in found.groups()] == [len(text.splitlines()) - 1 for text in whole]
