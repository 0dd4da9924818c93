"""Real stores on this machine for tests: started on free ports, stopped by process id."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REQUIRED = os.environ.get("CARTKG_REQUIRE_SERVERS") == "1"
_VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtension = 200
MaxCheckpointRemap = 2000
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 10
NumberOfBuffers = 40000
MaxDirtyBuffers = 30000
DirsAllowed = .
SchedulerInterval = 10
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 8
[SPARQL]
ResultSetMaxRows = 10000
"""


@dataclass(frozen=True)
class Server:
    """A running store: its query address, and what the environment must hold to write to it."""

    name: str
    url: str
    environment: dict[str, str] = field(default_factory=dict)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def oxigraph(folder: Path, *options: str) -> Iterator[Server]:
    """An Oxigraph server with an empty store."""
    program = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if program is None:
        _missing("oxigraph")
    port = free_port()
    with _running([str(program), "serve", *options, "--bind", f"127.0.0.1:{port}"], folder, port):
        yield Server("oxigraph", f"http://127.0.0.1:{port}/query")


@contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    """A Virtuoso server with an empty store and the limit of 10,000 rows that its package sets."""
    program = shutil.which("virtuoso-t")
    if program is None:
        _missing("virtuoso-t (Debian package virtuoso-opensource)")
    sql, http = free_port(), free_port()
    ini = folder / "virtuoso.ini"
    ini.write_text(_VIRTUOSO.format(folder=folder, sql=sql, http=http), encoding="utf-8")
    with _running([str(program), "-f", "-c", str(ini)], folder, http):
        environment = {"CARTKG_ENDPOINT_USER": "dba", "CARTKG_ENDPOINT_PASSWORD": "dba"}
        yield Server("virtuoso", f"http://127.0.0.1:{http}/sparql", environment)


def _missing(program: str) -> None:
    if REQUIRED:
        pytest.fail(f"{program} is missing, and CARTKG_REQUIRE_SERVERS=1 says that it is needed")
    pytest.skip(f"{program} is not installed")


@contextmanager
def _running(command: Sequence[str], folder: Path, port: int) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"{command[0]} does not start: {(folder / 'log').read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
