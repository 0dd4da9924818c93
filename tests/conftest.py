"""Fixtures shared by the tests: the review's own graph, and a small invented world with known answers."""

from __future__ import annotations

import fcntl
import gc
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from coverage import Coverage
from xdist.scheduler import LoadScopeScheduling

from cartkg.build import build
from cartkg.cli import main
from cartkg.export import export_all
from cartkg.importing import clinicaltrials
from cartkg.resources import DATA_DIRECTORY
from cartkg.tables.schema import curated_tables

from . import servers, tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from xdist.remote import Producer

    from cartkg.rdf.store import Graph

    from .servers import Server

    Shared = Callable[[str, Callable[[Path], object]], Path]

ROOT = Path(__file__).resolve().parents[1]
WORLD = ROOT / "tests" / "fixtures" / "world"
# Files and folders whose tests share a server, a store or what Java made: one process runs all of one.
_TOGETHER = (
    "tests/hardening/test_queries.py::test_what_passes",
    "tests/owl/", "tests/test_claims.py", "tests/test_endpoints.py", "tests/test_engines.py",
    "tests/test_explain.py", "tests/test_export.py", "tests/test_folder.py",
    "tests/test_open_shapes.py", "tests/test_overlays.py::test_a_mistake_with",
    "tests/test_pages.py", "tests/test_prefixes.py", "tests/test_queries.py", "tests/test_reason.py",
    "tests/test_reference.py", "tests/test_release.py", "tests/test_serve.py", "tests/test_shapes.py",
    "tests/test_tables.py::test_a_broken_cell", "tests/test_trace.py", "tests/test_validate.py",
    "tests/test_wheel.py",
)  # fmt: skip

_EARLIER: list[Coverage] = []


class Grouped(LoadScopeScheduling):
    """Any process runs the next test, or the next group of tests that belong together."""

    def _split_scope(self, nodeid: str) -> str:
        return next((start for start in _TOGETHER if nodeid.startswith(start)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Grouped:
    # --dist loadgroup does the same by marks, but does not see them under pytest 9.2 (pytest-xdist 3.8).
    return Grouped(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: tests wait for servers, limits and what another process makes for all."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Collect garbage rarely, and leave one measuring of coverage in a process that runs tests.

    Graphs that are kept for many tests are millions of objects, through which Python would look again and again. Of
    those that measure, one came from the environment when Python started, as in any process that a test starts, and
    one with the options; neither would pause with the one that is paused.
    """
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    plugin = session.config.pluginmanager.getplugin("_cov")
    if plugin is None or not hasattr(session.config, "workerinput"):
        return
    plugin.cov_controller.pause()
    while (earlier := Coverage.current()) is not None:
        earlier.stop()
        _EARLIER.append(earlier)
    plugin.cov_controller.resume()


def pytest_sessionfinish() -> None:
    """Keep what the earlier ones measured: as it starts, each process that runs tests erases what there is."""
    for earlier in _EARLIER:
        earlier.save()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Coverage does not look at what is built or released of the review: the invented world has the same measured."""
    for item in items:
        if isinstance(item, pytest.Function) and {"release", "tables"} & {*item.fixturenames}:
            item.add_marker(pytest.mark.no_cover)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Of a test that coverage leaves out it leaves out the fixtures, too: pytest-cov looks away from the call only."""
    measured = getattr(item.config.pluginmanager.get_plugin("_cov"), "cov_controller", None)
    needed = isinstance(item, pytest.Function) and "small_release" in item.fixturenames  # whoever has it made first
    if measured is None or needed or item.get_closest_marker("no_cover") is None:
        return (yield)
    measured.pause()
    try:
        return (yield from _unmeasured_processes())
    finally:
        measured.resume()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """It leaves out what the test starts, too."""
    return (yield from _unmeasured_processes()) if item.get_closest_marker("no_cover") else (yield)


def _unmeasured_processes() -> Iterator[None]:
    """Without what tells a Python that is started to measure coverage; each start of measuring here sets it again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        return (yield)


SECOND = ROOT / "tests" / "fixtures" / "second"
TRIAL = ROOT / "tests" / "fixtures" / "trial"
REGISTRY = ROOT / "tests" / "fixtures" / "registry"


@pytest.fixture
def heard() -> Iterator[None]:
    """What a test starts hears SIGINT and SIGHUP, which it would ignore under nohup or in the background of a shell."""
    deaf = [number for number in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(number) == signal.SIG_IGN]
    for number in deaf:
        signal.signal(number, signal.default_int_handler)
    yield
    for number in deaf:
        signal.signal(number, signal.SIG_IGN)


@dataclass(frozen=True)
class Run:
    """A finished command."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """Have a folder of this name filled once in a run, however many processes share it, and read it."""
    base = tmp_path_factory.getbasetemp()
    above = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    above.mkdir(exist_ok=True)

    def filled(name: str, fill: Callable[[Path], object]) -> Path:
        folder, finished = above / name, above / f"{name}.finished"
        with (above / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not finished.exists():
                folder.mkdir(exist_ok=True)
                fill(folder)
                finished.touch()
        return folder

    return filled


@pytest.fixture(scope="session")
def cached(graph: Graph, world: Graph) -> Shared:
    """The same for what Java makes: kept in build/ for other runs on the same tables, ontology, queries and code."""
    above = ROOT / "build" / "tests"
    above.mkdir(parents=True, exist_ok=True)
    given = [graph.manifest.inputs, world.manifest.inputs]
    given.append({str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in _judging()})
    key = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:16]

    def filled(name: str, fill: Callable[[Path], object]) -> Path:
        folder = above / f"{name}-{key}"
        with (above / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "finished").exists():
                for old in above.glob(f"{name}-????????????????"):
                    shutil.rmtree(old)
                folder.mkdir()
                fill(folder)
                (folder / "finished").touch()
        return folder

    return filled


def _judging() -> Iterator[Path]:
    """The files besides the graphs' inputs that decide what Java is asked."""
    for pattern in ("ontology/**/*", "tests/*.py", "tests/owl/**/*", "tests/fixtures/**/*"):
        yield from sorted(file for file in ROOT.glob(pattern) if file.is_file() and file.suffix != ".pyc")


@pytest.fixture(scope="session")
def graph_directory(shared: Shared) -> Path:
    return shared("graph", lambda folder: build(DATA_DIRECTORY, folder))


@pytest.fixture(scope="session")
def graph(graph_directory: Path) -> Graph:
    """The review's graph."""
    return build(DATA_DIRECTORY, graph_directory)


@pytest.fixture(scope="session")
def world(shared: Shared) -> Graph:
    """The graph of the small invented world."""
    return build(WORLD, shared("world", lambda folder: build(WORLD, folder)))


@pytest.fixture(scope="session")
def two_sources(shared: Shared) -> Graph:
    """The graph of the invented world and of a second source, which shares products, diseases and parts with it."""
    data = shared("two-sources-tables", lambda folder: join_tables(folder, WORLD, SECOND))
    return build(data, shared("two-sources", lambda folder: build(data, folder)))


@pytest.fixture(scope="session")
def trial(shared: Shared) -> Graph:
    """The graph of the invented world with a randomised trial laid over it, which is a source of its own."""
    return build(WORLD, shared("trial", lambda folder: build(WORLD, folder, overlays=[TRIAL])), overlays=[TRIAL])


@pytest.fixture(scope="session")
def registry(shared: Shared) -> Graph:
    """The graph of the invented world with a registry record laid over it, whose codes are confirmed."""

    def fill(folder: Path) -> None:
        overlay = folder / "overlay"
        overlay.mkdir()
        (overlay / "overlay.toml").write_text('base = "https://example.org/registry/id/"\n', encoding="utf-8")
        shutil.copy(REGISTRY / "codes.csv", overlay)
        clinicaltrials([REGISTRY / "NCT99990001.json"], overlay, WORLD)
        build(WORLD, folder / "graph", overlays=[overlay])

    folder = shared("registry", fill)
    return build(WORLD, folder / "graph", overlays=[folder / "overlay"])


@pytest.fixture(scope="session")
def release(graph: Graph, shared: Shared) -> Path:
    """The release of the review's graph, as where ROBOT is missing."""
    return shared("release", lambda folder: _release(graph, folder))


@pytest.fixture(scope="session")
def small_release(world: Graph, shared: Shared) -> Path:
    """The same of the invented world."""
    return shared("small-release", lambda folder: _release(world, folder))


def _release(graph: Graph, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROBOT_JAR", str(folder / "none.jar"))
        export_all(graph, folder)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A copy of the review's tables that a test may break."""
    copy = tmp_path / "data"
    shutil.copytree(DATA_DIRECTORY, copy, ignore=shutil.ignore_patterns("*.md"))
    return copy


@pytest.fixture
def invented(tmp_path: Path) -> Path:
    """A copy of the tables of the invented world that a test may break."""
    return shutil.copytree(WORLD, tmp_path / "data")


@pytest.fixture
def audited(tmp_path: Path) -> Path:
    """Tables of an invented source, with the copy of its text that they were curated from, `review.txt`."""
    copy = tmp_path / "audited"
    shutil.copytree(ROOT / "tests" / "fixtures" / "audited", copy)
    for name, table in curated_tables().items():
        path = copy / f"{name}.tsv"
        if not path.exists():
            path.write_text("\t".join(table.columns) + "\n", encoding="utf-8")
    return copy


@pytest.fixture
def command_environment(graph_directory: Path) -> dict[str, str]:
    """The variables with which a command finds the review's graph and a wide terminal."""
    return {"CARTKG_GRAPH": str(graph_directory), "COLUMNS": "200"}


@pytest.fixture
def run(command_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Run the command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path, env: dict[str, str] | None = None, given: str = "") -> Run:
        done = CliRunner().invoke(
            main, [*map(str, arguments)], input=given, env=command_environment | (env or {}), prog_name="cartkg"
        )
        if done.exc_info is not None and not isinstance(done.exception, SystemExit | None):
            raise done.exception
        return Run(done.exit_code, done.stdout, done.stderr)

    return call


@pytest.fixture
def process(command_environment: dict[str, str], tmp_path: Path) -> Callable[..., Run]:
    """Run the command line in a process of its own, in an empty folder."""

    def call(*arguments: str | Path, env: dict[str, str] | None = None, given: str = "") -> Run:
        done = subprocess.run(
            [sys.executable, "-m", "cartkg", *map(str, arguments)],
            input=given,
            capture_output=True,
            text=True,
            timeout=300,
            cwd=tmp_path,
            env={**os.environ, **command_environment, **(env or {})},
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture(scope="session")
def robot() -> tuple[str, ...]:
    """The command that runs ROBOT."""
    return tools.robot_command()


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Oxigraph whose default graph is the union of its named graphs."""
    with servers.oxigraph(tmp_path_factory.mktemp("oxigraph"), "--union-default-graph") as server:
        yield server


def join_tables(folder: Path, *parts: Path) -> None:
    """Write the rows of several data folders into one, table by table, with their mappings."""
    for part in parts:
        for table in sorted(part.glob("*.tsv")):
            joined = folder / table.name
            header, *rows = table.read_text(encoding="utf-8").splitlines(keepends=True)
            with joined.open("a", encoding="utf-8") as file:
                file.writelines(rows if joined.stat().st_size else [header, *rows])
            assert joined.read_text(encoding="utf-8").splitlines()[0] == header.rstrip("\n"), table
        for mappings in sorted((part / "mappings").glob("*.tsv")):
            (folder / "mappings").mkdir(exist_ok=True)
            shutil.copy(mappings, folder / "mappings")


def replace_cell(path: Path, line: int, column: str, value: str) -> str:
    """Write a value into a cell of a table and return what stood there."""
    lines = path.read_text(encoding="utf-8").split("\n")
    position = lines[0].split("\t").index(column)
    cells = lines[line - 1].split("\t")
    old, cells[position] = cells[position], value
    lines[line - 1] = "\t".join(cells)
    path.write_text("\n".join(lines), encoding="utf-8")
    return old


def line_of(path: Path, identifier: str) -> int:
    """Line number of the row with this id."""
    rows = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, row in enumerate(rows, 1) if row.split("\t")[0] == identifier)


@dataclass(frozen=True)
class Broken:
    """A copy of tables with some cells broken, and the line of each row concerned."""

    data: Path
    lines: dict[tuple[str, str], int]


def break_cells(folder: Path, cells: list[tuple[str, str, str, str]], tables: Path) -> Broken:
    """Copy the tables and write each (table, row, column, cell)."""
    data = folder / "data"
    shutil.copytree(tables, data)
    lines = {(table, row): line_of(data / f"{table}.tsv", row) for table, row, _, _ in cells}
    for table, row, column, cell in cells:
        replace_cell(data / f"{table}.tsv", lines[table, row], column, cell)
    return Broken(data, lines)
