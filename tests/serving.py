"""A served graph for tests: `cartkg serve` on a free port of this machine, stopped by its process id."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SECONDS = 120


@dataclass(frozen=True)
class Served:
    """A running server: its address, its process, and where its log goes."""

    url: str
    process: subprocess.Popen[bytes]
    file: Path

    def log(self) -> list[dict[str, Any]]:
        """The requests that were answered."""
        lines = self.file.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def workers(self) -> list[int]:
        """The processes that it has started and that still are."""
        lists = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(one) for found in lists for one in found.read_text(encoding="utf-8").split()]

    def work(self) -> int:
        """How long these processes have computed, in ticks of the clock."""
        found = [Path(f"/proc/{worker}/stat").read_text(encoding="utf-8") for worker in self.workers()]
        return sum(int(ticks) for one in found for ticks in one.rpartition(")")[2].split()[11:13])

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Have it end, and its exit code; it is killed if it does not end."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(30)


@contextmanager
def serving(
    *arguments: str | Path,
    command: Sequence[str] = (sys.executable, "-m", "cartkg"),
    environment: dict[str, str] | None = None,
) -> Iterator[Served]:
    """Serve with these arguments until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log"
        whole = [*command, "serve", "--port", "0", *map(str, arguments)]
        with file.open("wb") as log:
            process = subprocess.Popen(whole, stderr=log, env=environment or {**os.environ, "CARTKG_WITH": ""})
        served = None
        try:
            served = Served(_address(process, file), process, file)
            yield served
        finally:
            (served or Served("", process, file)).stop()


def _address(process: subprocess.Popen[bytes], file: Path) -> str:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(r"serving (\S+)/", file.read_text(encoding="utf-8")):
            return found[1]
        time.sleep(0.05)
    raise AssertionError(file.read_text(encoding="utf-8")[-2000:])
