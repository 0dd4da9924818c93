"""Run ROBOT and what is inside its jar, cut off from the network."""

from __future__ import annotations

import socket
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..tools import SHORT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HERMIT = "org.semanticweb.HermiT.cli.CommandLine"


@dataclass(frozen=True)
class Ran:
    """A finished Java process: its exit code, all it printed, and how often it tried to leave the machine."""

    code: int
    printed: str
    connections: int

    @property
    def understood(self) -> bool:
        """True when everything was parsed: ROBOT only prints that it was not, and exits with 0."""
        return not any(words in self.printed for words in ("could not be parsed", "Entity not properly recognized"))


@dataclass
class Gate:
    """A closed door: the only way that Java is told to the network. It counts who knocks and lets nobody through."""

    port: int
    knocks: int = 0


@contextmanager
def gate() -> Iterator[Gate]:
    """A gate that is open to knocks as long as the context lasts."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Gate(server.getsockname()[1])

        def count() -> None:
            while True:
                try:
                    server.accept()[0].close()
                except OSError:
                    return
                found.knocks += 1

        counting = threading.Thread(target=count, daemon=True)
        counting.start()
        try:
            yield found
        finally:
            server.shutdown(socket.SHUT_RDWR)
            counting.join()


def robot_ran(robot: tuple[str, ...], *arguments: str | Path, cwd: Path | None = None) -> Ran:
    """What came of a ROBOT command, or of several in a chain."""
    java, *jar = robot
    return _ran([java], jar, arguments, cwd)


def hermit_ran(robot: tuple[str, ...], *arguments: str | Path) -> Ran:
    """What came of HermiT's own command line, which also refuses what ROBOT's HermiT overlooks."""
    return _ran([robot[0]], ["-cp", robot[-1], HERMIT], arguments, None)


def _ran(java: list[str], program: list[str], arguments: tuple[str | Path, ...], cwd: Path | None) -> Ran:
    with gate() as door:
        closed = ["-DsocksProxyHost=127.0.0.1", f"-DsocksProxyPort={door.port}"]
        done = subprocess.run(
            [*java, *SHORT, *closed, *program, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            cwd=cwd,
            check=False,
        )
    assert done.returncode in {0, 1}, done.stdout
    return Ran(done.returncode, done.stdout, door.knocks)
