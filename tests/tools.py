"""Tools of the field that tests run as commands: ROBOT (Java), and those in the environment `.venv-checks`."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

from cartkg.reason import find_java

from .servers import REQUIRED

ROOT = Path(__file__).resolve().parents[1]
JAR = "6f518b0293d8146d8a5a168c53607a952effb66bcaf3c6539996d7ec5c5f05f8"  # ROBOT 1.9.8

# Less compiling and no parallel collector: half the time of a Java that runs for seconds.
SHORT = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def robot_command() -> tuple[str, ...]:
    """The command that runs ROBOT 1.9.8."""
    package = importlib.util.find_spec("cmem_plugin_reason")
    if package is None or not package.submodule_search_locations:
        _missing("ROBOT is missing: pip install --no-deps --require-hashes -r requirements/robot.txt")
    jar = Path(next(iter(package.submodule_search_locations))) / "robot.jar"
    assert hashlib.sha256(jar.read_bytes()).hexdigest() == JAR
    return find_java(), "-jar", str(jar)


def check(name: str, *arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command of `.venv-checks`, such as `sssom` or `python`."""
    command = ROOT / ".venv-checks" / "bin" / name
    if not command.exists():
        _missing(f"{name} is missing: make .venv-checks/ready")
    return subprocess.run(
        [str(command), *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False, cwd=cwd
    )


def _missing(reason: str) -> NoReturn:
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)
