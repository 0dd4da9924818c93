"""Faults at every door: each command ends in time, with a code that is promised, and without a traceback."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

from . import MANY, SEED, lots_of, tell

TRIPLES = '@prefix a: <http://a.example/> .\na:b a:c "x" .\n'
# What stands in a file that somebody names.
CONTENTS = {
    "empty": b"",
    "marked": b"\xef\xbb\xbf",
    "utf-16": TRIPLES.encode("utf-16"),
    "latin-1": "é".encode("latin-1"),
    "nul": b"\0" * 100,
    "cut": TRIPLES.encode()[:-9],
    "deep": b"[" * 100_000,
    "lots": lots_of(SEED).randbytes(4096),
    "long": b"a" * 5_000_000,
    "lines": b"\n" * 3_000_000,
}
# Commands that read a file, with its ending.
READING = {
    "validate {}.ttl": "ttl", "validate {}.nq": "nq", "validate {}.rdf": "rdf", "validate {}.jsonld": "jsonld",
    "query --sparql {}.rq": "rq", "import pubmed {}.nbib --out o": "nbib", "import tables {}.xlsx --out o": "xlsx",
    "import clinicaltrials {}.json --out o": "json", "import tables {}.tsv --out o": "tsv", "audit {}.txt": "txt",
    "import csv {}.csv --columns {}.csv --title t --authors a --year 2020 --out o": "csv", "diff {}.nq {}.nq": "nq",
}  # fmt: skip
# What is no file, or none that is there; and commands that take a path.
ODD = ("fifo", "/dev/zero", "folder", "loop", "nosuch", "/proc/self/mem")
TAKING = ("validate {}", "query --sparql {}", "import pubmed {} --out o", "import clinicaltrials {} --out o",
          "audit {}", "import tables {} --out o", "diff {} {}", "build --data {}", "build --with {}",
          "table x --data {}", "export --all o --since {}")  # fmt: skip
# Where nothing can be written; and commands that write.
PLACES = ("/dev/full", "/proc/x/y", "/dev/null/x", "folder", "loop", "$'/nosuch\\x01/x'")
WRITING = ("query evidence --format csv --out {}", "export --out {}", "build --force --out {}", "table x --out {}",
           "info --graph {}", "new-source {} --title t --authors a --year 2020")  # fmt: skip
STREAMS = (">&-", "2>&-", "<&-", "<&- >&- 2>&-", ">/dev/full", "2>/dev/full", "| true", "2>&1 | head -c1")
ASKING = ("query", "query evidence", "find CD19", "info", "trace nosuch", "export", "query --sparql -", "mcp")
ENVIRONMENT = ("HOME=/nosuch", "HOME=", "TMPDIR=/nosuch", "COLUMNS=0", "COLUMNS=abc", "COLUMNS=-5", "TERM=nonsense",
               "PAGER=/nosuch", "CARTKG_GRAPH=/dev/null", "CARTKG_WITH=nosuch", "CARTKG_WITH=:::",
               "CARTKG_WITH=$'\\x01'", "LC_ALL=C PYTHONUTF8=0", "LC_ALL=xx_YY.nonsense", "PYTHONIOENCODING=ascii",
               "TZ=nonsense", "NETRC=fifo", "MPLCONFIGDIR=/nosuch", "SOURCE_DATE_EPOCH=abc", "http_proxy=nonsense",
               "CARTKG_GRAPH=" + "x" * 5000)  # fmt: skip
RUNNING = ("query evidence", "find é", "info", "query evidence --endpoint http://127.0.0.1:9/")
LIMITS = ("-n 16", "-v 100000", "-v 700000", "-f 0", "-f 10", "-t 1", "-s 100")
VALUES = ("''", "nonsense", "$'\\n'", "$'\\x01\\x1b[2J'", "99999999999999999999999", "-1", "nan", "inf",
          "$'\\xff'", "=", "$(head -c 100000 /dev/zero | tr '\\0' a)")  # fmt: skip
OPTIONS = {
    "query evidence": "--format --columns --timeout --memory --endpoint --out --graph --data --with -p=",
    "serve": "--port --cors --timeout --memory --workers --endpoint", "claims": "--verdict --format",
    "export": "--format --only --since", "plot forest": "--outcome --by --format", "reason": "--timeout",
    "diff x y": "--show --timeout --format", "push x": "--chunk --timeout --protocol --update-url", "audit": "--source",
    "trace x": "--format", "validate nosuch.ttl": "--timeout --format", "find x": "--graph --with --out",
    "new-source o --title t --authors a --year 2020": "--title --authors --year --kind --base",
}  # fmt: skip
ENDS = {0, 1, 2, 3, 4, 5}
KILLED = ENDS | {128 + 9, 128 + 24, 128 + 25, -9, -24, -25, 126}  # by a limit of the shell; it can not even start
_CHILDREN = resource.RUSAGE_CHILDREN
LONGEST = 30  # seconds, beside whatever else the machine does


class Fault(NamedTuple):
    """A line of the shell in which CK stands for the program, and the codes that it may end with."""

    line: str
    codes: set[int] = ENDS


def faults() -> Iterator[Fault]:
    """All of them; those that name files find them in the folder."""
    yield from (Fault(f"CK {command.replace('{}', name)}") for command, name in product(READING, CONTENTS))
    yield from (Fault(f"CK {command.replace('{}', path)}", ENDS - {0}) for command, path in product(TAKING, ODD))
    yield from (Fault(f"CK {command.replace('{}', path)}") for command, path in product(WRITING, PLACES))
    yield from (Fault(f"set -o pipefail; CK {command} {stream}") for command, stream in product(ASKING, STREAMS))
    yield from (Fault(f"export {setting}; CK {command}") for setting, command in product(ENVIRONMENT, RUNNING))
    yield from (Fault(f"ulimit {limit}; CK {command}", KILLED) for limit, command in product(LIMITS, RUNNING[:2]))
    for command, options in OPTIONS.items():
        for option, value in product(options.split(), VALUES):
            yield Fault(f"CK {command} {option}={value}".replace("==", " ", 1))


def laid_out(folder: Path) -> None:
    """Write what the faults name."""
    (folder / "folder").mkdir()
    os.mkfifo(folder / "fifo")
    (folder / "loop").symlink_to("loop")
    for name, content in CONTENTS.items():
        for ending in set(READING.values()):
            (folder / f"{name}.{ending}").write_bytes(content)


@pytest.mark.no_cover
def test_every_command_ends_in_time_as_promised_whatever_is_wrong_around_it(tmp_path: Path) -> None:
    laid_out(tmp_path)
    known, wrong, ended, seconds = list(faults()), [], Counter[int](), {0.0: ""}
    for fault in known if MANY > 1 else lots_of(SEED).sample(known, 4):
        program = f"timeout -k 1 {LONGEST} {sys.executable} -m cartkg"
        before = _used()
        line = ["bash", "-c", fault.line.replace("CK", program)]
        done = subprocess.run(line, cwd=tmp_path, capture_output=True, stdin=subprocess.DEVNULL, check=False)
        ended[done.returncode] += 1
        seconds[_used() - before] = fault.line[:60]
        if done.returncode not in fault.codes or b"Traceback" in done.stderr or b"panicked" in done.stderr:
            wrong.append(f"{fault.line[:200]} ended with {done.returncode}: {done.stderr[-300:]!r}")
        for left in ("o", "folder/x"):
            shutil.rmtree(tmp_path / left, ignore_errors=True)
    assert not wrong, "\n".join(wrong)
    codes, most, memory = dict(sorted(ended.items())), max(seconds), resource.getrusage(_CHILDREN).ru_maxrss >> 10
    tell(f"{ended.total()} faults around commands: codes {codes}; {most:.1f} s of CPU and {memory} MB at most")
    tell(f"the slowest of them: {seconds[most]}")


def _used() -> float:
    """The seconds of CPU of all commands that have ended."""
    usage = resource.getrusage(_CHILDREN)
    return usage.ru_utime + usage.ru_stime
