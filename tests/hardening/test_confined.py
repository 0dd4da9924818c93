"""What works on foreign bytes ends with its parent and at its limits, and says why."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cartkg.build import build
from cartkg.confined import Limits, Work, confined, within
from cartkg.errors import LimitError, StorageError, UsageError
from cartkg.queries.formats import markdown
from cartkg.queries.policy import check, unknown_terms

from ..conftest import ROOT, WORLD, Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartkg.rdf.store import Graph

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def misbehaving(how: str) -> Work:
    """Work that ends in one of many ways."""

    def work(given: bytes) -> bytes:
        match how:
            case "killed" | "crashed":
                os.kill(os.getpid(), signal.SIGKILL if how == "killed" else signal.SIGSEGV)
            case "memory":
                return bytes(10**10)
            case "busy":
                while True:
                    pass
            case "refused":
                raise UsageError("it is not what was asked for")
            case "answer":
                return bytes(2_000_000)
        return given[::-1]

    return work


def made(how: str, limits: Limits) -> bytes:
    return confined(f"{__name__}:misbehaving", b"abc", "mine", limits, how)


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "src")]))


def test_bytes_go_in_and_bytes_come_out() -> None:
    assert made("well", Limits()) == b"cba"


@pytest.mark.parametrize(
    ("how", "error", "message"),
    [
        ("killed", LimitError, "mine: the process that read it was killed from outside"),
        (
            "crashed",
            LimitError,
            r"mine: it brings down what reads it \(SIGSEGV\): it is nested very deeply, or needs more than .* MB",
        ),
        ("memory", LimitError, "mine: it needs more than 300 MB of memory"),
        ("busy", LimitError, "mine: no answer within 1 seconds"),
        ("refused", UsageError, "mine: it is not what was asked for"),
        ("answer", LimitError, "mine: it gives more than 1 MB of answer"),
    ],
)
def test_the_reason_for_an_end_is_said(how: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        made(how, Limits(seconds=1 if how == "busy" else 30, memory=300, answer=1))


@pytest.mark.parametrize(
    ("bound", "message"),
    [
        ("ulimit -n 20", "cartkg needs 128 open files, and this shell allows 20; raise it with: ulimit -n 128"),
        ("ulimit -v 1500000", "needs more than 1464 MB of memory; this shell allows no more"),
        ("ulimit -v 500000", "cartkg needs 800 MB of memory, and this shell allows 488; raise it with: ulimit -v"),
    ],
)
def test_what_the_shell_forbids_is_said_as_such(world: Graph, tmp_path: Path, bound: str, message: str) -> None:
    bomb = " ".join(f"BIND(CONCAT(?x{step}, ?x{step}) AS ?x{step + 1})" for step in range(32))
    (tmp_path / "q.rq").write_text(f'SELECT * {{ BIND("0123456789abcdef" AS ?x0) {bomb} }}')
    ask = f"{sys.executable} -m cartkg query --graph {world.path.parent} --timeout 120 --sparql {tmp_path / 'q.rq'}"
    done = subprocess.run(["bash", "-c", f"{bound}; {ask}"], capture_output=True, text=True, check=False)
    assert (done.returncode, message in done.stderr) == (3, True), done.stderr


@pytest.mark.nightly
def test_too_little_memory_is_no_traceback(tmp_path: Path) -> None:
    with (tmp_path / "large.nbib").open("wb") as file:
        file.truncate(1 << 30)
    command = f"ulimit -v 900000; {sys.executable} -m cartkg import pubmed large.nbib --out new"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    said = "cartkg: there is not enough memory for this; give it more, or something smaller\n"
    assert (done.returncode, done.stderr) == (3, said)


def running(mark: str) -> list[int]:
    """The processes whose command line holds some text."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP, signal.SIGINT])
def test_a_query_ends_with_whoever_asked_it(tmp_path: Path, number: signal.Signals) -> None:
    world = build(WORLD, tmp_path / "graph")  # of its own: others may be asking the one that is shared
    (tmp_path / "q.rq").write_text(ENDLESS)
    asking = ["-m", "cartkg", "query", "--graph", world.path.parent, "--timeout", "60", "--sparql", tmp_path / "q.rq"]
    store = f"{world.path}/store"
    with subprocess.Popen([sys.executable, *asking], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as parent:
        deadline = time.monotonic() + 60
        while not running(store) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert running(store)
        parent.send_signal(number)
    while running(store) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running(store) == []


COMPUTING = """
import pyoxigraph as ox
from cartkg.__main__ import listen
listen()
print("computing", flush=True)
ox.Store().query("SELECT (COUNT(*) AS ?n) { %s }")
"""


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_engine_that_does_not_come_back_is_ended_too(number: signal.Signals, code: int) -> None:
    program = COMPUTING % " ".join(f"VALUES ?x{one} {{ {' '.join(map(str, range(100)))} }}" for one in range(9))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as computing:
        assert computing.stdout is not None
        assert computing.stdout.readline() == "computing\n"
        time.sleep(0.5)
        computing.send_signal(number)
        try:
            assert computing.wait(30) == code
        finally:
            computing.kill()


@pytest.mark.parametrize("number", ["INT", "HUP"])
def test_a_program_started_to_ignore_a_signal_ignores_it(number: str) -> None:
    program = f"import signal; from cartkg.__main__ import listen; listen(); signal.raise_signal(signal.SIG{number})"
    done = subprocess.run(["bash", "-c", f"trap '' {number}; exec {sys.executable} -c '{program}'"], check=False)
    assert done.returncode == 0


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "piece",
    ["-", "1", "a-", "a.", '"\\', "'''x", "<", "SERVICE ", "a1:b ", "1e", "\\u0041", "{", "@a-", "x:\\", "FROM a:b "],
)
def test_the_policy_is_linear_in_the_text(piece: str) -> None:
    text = (piece * 65_000)[:65_000]
    before = time.process_time()
    with pytest.raises(UsageError) as caught:
        check(text, "mine.rq", set())
    assert time.process_time() - before < 2
    assert len(str(caught.value).splitlines()) < 30


@pytest.mark.parametrize("before", ["1e0", "true", "false", "1.", "1.5e3", "UNDEF", "a ", '"x"', "?x ", "}"])
def test_service_is_refused_behind_whatever_an_engine_would_end_before_it(before: str) -> None:
    with pytest.raises(UsageError, match="SERVICE asks another endpoint"):
        check(f"SELECT * {{ ?s ?p {before}SERVICE<http://127.0.0.1:9/> {{}} }}", "mine.rq", set())


def test_hints_are_few_and_need_nobody_else() -> None:
    assert len(unknown_terms(" ".join(f"ck:x{number}" for number in range(5000)))) == 10
    assert unknown_terms("SELECT * { ?s ?p ?o }") == []


def test_a_module_in_the_current_folder_is_not_run(
    world: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyoxigraph.py").write_text("raise SystemExit(99)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    assert confined("cartkg.queries.sandbox:evaluating", b"ASK {}", "mine", Limits(), str(world.path / "store"))


def test_a_store_that_is_gone_is_no_lack_of_memory(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="can not be opened"):
        confined("cartkg.queries.sandbox:evaluating", b"ASK {}", "mine", Limits(), str(tmp_path / "none"))


@pytest.mark.parametrize(
    ("style", "exact", "cells"),
    [
        ("csv", [], "'=1+1,-5,'@SUM(1),5"),
        ("csv", ["--exact"], "=1+1,-5,@SUM(1),5"),
        ("tsv", [], '"\'=1+1"\t"-5"\t"\'@SUM(1)"\t5'),
        ("markdown", [], "| =1+1 | -5 | @SUM(1) | 5 |"),
    ],
)
def test_no_cell_becomes_a_formula_unless_asked_for_exactly(
    run: Callable[..., Run], tmp_path: Path, style: str, exact: list[str], cells: str
) -> None:
    query = '\ufeffSELECT ("=1+1" AS ?a) ("-5" AS ?b) ("@SUM(1)" AS ?c) (5 AS ?d) {}'
    (tmp_path / "q.rq").write_text(query, encoding="utf-8")
    done = run("query", "--sparql", tmp_path / "q.rq", "--format", style, "--out", "-", *exact)
    assert (done.code, done.out.splitlines()[-1]) == (0, cells)


def test_markdown_holds_no_markup_of_an_answer() -> None:
    assert markdown(["a"], [["<script>x</script> <5%"]]).endswith("| &lt;script>x&lt;/script> <5% |\n")


def test_a_query_in_another_encoding_is_refused_with_its_place(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_bytes("ASK { ?s ?p 'é' }".encode("latin-1"))
    done = run("query", "--sparql", tmp_path / "q.rq")
    assert (done.code, done.err) == (2, f"cartkg: {tmp_path / 'q.rq'}: byte 13 is not UTF-8; save it as UTF-8\n")


@pytest.mark.parametrize(
    "words",
    [
        ["query", "\x1b[2J\u202e" + "x" * 65_000],
        ["validate", "\x1b[2J" + "x" * 65_000],
        ["info", "--verify", "x" * 65_000],
    ],
)
def test_a_message_commands_no_terminal_and_fits_it(run: Callable[..., Run], words: list[str]) -> None:
    done = run(*words)
    assert (done.code, len(done.err) < 2000, done.err.replace("\n", "").isprintable()) == (2, True, True)


@pytest.mark.parametrize("seconds", ["nan", "inf", "1e309", "-1", "0", "1_0e9"])
@pytest.mark.parametrize("command", ["query evidence", "validate", "diff http://127.0.0.1:9/", "serve"])
def test_what_is_no_time_is_refused(run: Callable[..., Run], command: str, seconds: str) -> None:
    done = run(*command.split(), "--timeout", seconds)
    assert (done.code, "Invalid value for '--timeout'" in done.err) == (2, True)


ABOUT = "--title T --authors A --year 2024 --out new"


@pytest.mark.nightly
@pytest.mark.parametrize("kind", ["device", "pipe"])
@pytest.mark.parametrize(
    "command",
    [
        "query --sparql FILE", "validate FILE", "audit FILE", "diff FILE FILE", "import tables FILE.csv --out .",
        "import clinicaltrials FILE --out new", "import pubmed FILE --out new",
        f"import csv FILE --columns FILE {ABOUT}", "import tables FILE.xlsx --out .",
    ],
)  # fmt: skip
def test_a_device_or_pipe_is_no_file(
    run: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "overlay.toml").write_text('base = "https://example.org/mine/id/"', encoding="utf-8")
    for name in ("FILE", "FILE.csv", "FILE.xlsx"):
        if kind == "pipe":
            os.mkfifo(name)
        else:
            (tmp_path / name).symlink_to("/dev/zero")
    done = run(*command.split())
    assert (done.code, "FILE" in done.err) == (2, True), done.err
    assert not (tmp_path / "new").exists()


def test_a_full_disk_is_no_traceback() -> None:
    command = [sys.executable, "-m", "cartkg", "--help"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (5, "cartkg: [Errno 28] No space left on device\n")


def test_what_does_not_come_back_for_the_alarm_is_ended_at_its_limit() -> None:
    hang = (
        "import pyoxigraph as ox; from cartkg.confined import within\n"
        "many = (ox.Quad(ox.NamedNode(f'x:{n}'), ox.NamedNode('x:p'), ox.NamedNode('x:o')) for n in range(9000))\n"
        "store = ox.Store(); store.bulk_extend(many)\n"
        "with within(0.2, 'mine.ttl'): list(store.query('SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }'))"
    )
    done = subprocess.run([sys.executable, "-c", hang], capture_output=True, text=True, check=False, timeout=50)
    said = "cartkg: mine.ttl: not done within 0.2 seconds; give it more with --timeout\n"
    assert (done.returncode, done.stderr) == (3, said)


def test_a_library_that_makes_its_own_of_the_alarm_does_not_hide_it() -> None:
    def parse() -> None:
        try:
            time.sleep(5)
        except LimitError as error:
            raise ValueError("this can not be parsed") from error

    with pytest.raises(LimitError, match=r"mine: not done within 0\.1 seconds"), within(0.1, "mine"):
        parse()


@pytest.mark.parametrize("program", ["sleep 30", "exec sleep 30"])
def test_reasoning_ends_at_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: Graph, program: str
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").write_text(f"#!/bin/sh\n{program}\n")
    (tmp_path / "bin" / "java").chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    command = [sys.executable, "-m", "cartkg", "reason", "--timeout", "3", "--graph", world.path.parent]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=50)
    assert (done.returncode, "reason: not done within 3 seconds" in done.stderr) == (3, True), done.stderr


@pytest.mark.parametrize(
    ("command", "code"), [("nosuch", 2), ("query evidence", 0), ("trace nosuch", 2), ("mcp <&-", 2)]
)
def test_an_exit_code_counts_though_nobody_hears_why(command: str, code: int) -> None:
    line = f"{sys.executable} -m cartkg {command} > /dev/null 2> /dev/full"
    assert subprocess.run(["bash", "-c", line], check=False).returncode == code


@pytest.mark.parametrize("command", ["serve --endpoint ''", "query evidence --with $'\\xff'"])
def test_an_odd_value_of_an_option_is_no_traceback(command: str) -> None:
    line = f"{sys.executable} -m cartkg {command}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, timeout=20, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)


@pytest.mark.no_cover
def test_brackets_that_nothing_closes_are_read_in_time() -> None:
    program = "from cartkg.source_text.normalisation import cleaned; cleaned('[' * 100_000, {})"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=10)
