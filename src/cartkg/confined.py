"""Work on foreign bytes in a process of its own: with limits, without rights, and ended with its parent.

No engine or parser can be interrupted from within, and a few kilobytes of input can bring one down: so the process that
wants the result is never the one that works. A task is a function that opens what it needs and returns the work; then
the process gives up the right to open anything, and bytes go in and bytes come out.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import math
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, NoReturn

from .errors import CartkgError, ExternalError, LimitError, StorageError, UsageError

Work = Callable[[bytes], bytes]
_ERRORS = {kind.__name__: kind for kind in (CartkgError, ExternalError, LimitError, StorageError, UsageError)}
_SAID, _MEMORY, _TOO_MUCH = 40, 41, 42
_MEGABYTE = 1 << 20
_PR_SET_PDEATHSIG = 1
_PATIENCE = 1  # seconds that work may take to notice that its time is over
_FEW_FILES = ("Too many open files", "file descriptors")
_OUT_OF_MEMORY = ("memory allocation", "bad_alloc", "MemoryError", "annot allocate memory", "failed to map segment")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one piece of work may use: seconds of time, megabytes of memory, megabytes of answer."""

    seconds: float = 10
    memory: int = 2048
    answer: int = 64
    remedy: str = "narrow the query, add LIMIT, or give it more with --timeout or --memory"


def confined(task: str, given: bytes | IO[bytes], name: str, limits: Limits, *arguments: str) -> bytes:
    """What a task, written module:function, makes of bytes, or of a file of them; `name` is what messages call them.

    LimitError for what takes too long, too much memory or gives too much, or crashes it; else the error that
    the task raised.
    """
    memory, all_there_is = _memory(limits.memory)
    numbers = (memory, math.ceil(limits.seconds) * 2 + 1, limits.answer)
    # Without -P, a module in the current folder would be taken for one of the library.
    command = [sys.executable, "-P", "-c", f"from {__name__} import work; work()", task, str(os.getpid())]
    source = subprocess.PIPE if isinstance(given, bytes) else given
    try:
        child = subprocess.Popen(  # noqa: S603
            [*command, *map(str, numbers), *arguments], stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except OSError as error:
        raise LimitError(f"{name}: no process can be started for it: {error.strerror or error}") from error
    with child:
        try:
            out, err = child.communicate(given if isinstance(given, bytes) else None, timeout=limits.seconds)
        except BaseException as error:
            # Whoever is interrupted, from a notebook say, must not leave the work running behind.
            child.kill()
            child.communicate()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            raise LimitError(f"{name}: {_late(limits)}") from None
    if child.returncode:
        raise _ended(child.returncode, err.decode(errors="replace").strip(), name, limits, memory, all_there_is)
    return out


@contextlib.contextmanager
def within(seconds: float, name: str) -> Iterator[None]:
    """LimitError where our own work, or a program that it waits for and that ends with it, takes longer.

    An engine that does not come back for the alarm is not waited for: the process ends with the same message and code.
    """
    message = f"{name}: not done within {seconds:g} seconds; give it more with --timeout"
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    over = threading.Event()

    def late(_number: int, _frame: object) -> NoReturn:
        over.set()
        raise LimitError(message)

    def stuck() -> NoReturn:  # pragma: no cover - it ends the process
        sys.stderr.write(f"cartkg: {message}\n")
        _end(LimitError.exit_code)

    last = threading.Timer(seconds + _PATIENCE, stuck)
    last.daemon = True
    last.start()
    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except Exception as error:
        if over.is_set():  # a library may have caught it and called it its own
            raise LimitError(message) from error
        raise
    finally:
        last.cancel()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _late(limits: Limits) -> str:
    return f"no answer within {limits.seconds:g} seconds; {limits.remedy}"


def _ended(code: int, said: str, name: str, limits: Limits, memory: int, all_there_is: str) -> CartkgError:
    """Why the process ended, as far as can be told."""
    kind, _, message = said.partition("\n")
    crashed = code in {-signal.SIGSEGV, -signal.SIGABRT, -getattr(signal, "SIGBUS", 0)}
    if any(sign in said for sign in _FEW_FILES) and (code != _SAID or kind == "StorageError"):
        reason = "this shell allows too few open files; raise it with: ulimit -n 256"
    elif code == _SAID:
        return _ERRORS[kind](f"{name}{message}" if message.startswith(":") else f"{name}: {message}")
    elif code == -getattr(signal, "SIGXCPU", 0):
        reason = _late(limits)
    elif code == _TOO_MUCH:
        reason = f"it gives more than {limits.answer} MB of answer; {limits.remedy}"
    elif code == _MEMORY or any(sign in said for sign in _OUT_OF_MEMORY) or (crashed and all_there_is):
        remedy = all_there_is or limits.remedy
        reason = f"it needs more than {memory} MB of memory; {remedy}"
    elif crashed:
        sign = signal.Signals(-code).name
        reason = (
            f"it brings down what reads it ({sign}): "
            f"it is nested very deeply, or needs more than {memory} MB of memory; {limits.remedy}"
        )
    elif code == -signal.SIGKILL:
        reason = "the process that read it was killed from outside; is the machine out of memory?"
    else:
        reason = f"the process that read it ended with code {code}: {said.rpartition(chr(10))[2] or 'without a word'}"
    return LimitError(f"{name}: {reason}")


def _memory(wanted: int) -> tuple[int, str]:
    """The megabytes that a child may have: as many as wanted, or as this shell allows, which is then said."""
    with contextlib.suppress(ImportError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        if most not in {resource.RLIM_INFINITY, -1} and most < wanted * _MEGABYTE:
            return most // _MEGABYTE, "this shell allows no more; raise it with: ulimit -v"
    return wanted, ""


def work() -> None:
    """Do the task of the command line with the bytes of stdin, and write its bytes to stdout: what the child does."""
    task, parent, memory, seconds, answer, *arguments = sys.argv[1:]
    end_with_parent(int(parent))
    module, _, function = task.partition(":")
    try:
        do: Work = getattr(importlib.import_module(module), function)(*arguments)
        given = sys.stdin.buffer.read()
        give_up_rights(int(memory), int(seconds))
        results = do(given)
    except CartkgError as error:
        sys.stderr.write(f"{type(error).__name__}\n{error}")
        _end(_SAID)
    except MemoryError:
        _end(_MEMORY)
    if len(results) > int(answer) * _MEGABYTE:
        _end(_TOO_MUCH)
    sys.stdout.buffer.write(results)
    _end(0)


def end_with_parent(parent: int) -> None:
    """Have the system end this process when the one that started it ends, however that ends; on Linux."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before that
            _end(errno.ESRCH)


def _end(code: int) -> NoReturn:
    """Leave at once: what would run at exit could open no file, and its complaint would read as the engine's."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def give_up_rights(memory: int, seconds: int = 0) -> None:
    """No new file or socket, no core file, and so many megabytes and, if any are given, seconds of work from here on.

    Where the system knows such limits.
    """
    try:
        import resource
    except ImportError:  # pragma: no cover
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, most in ((resource.RLIMIT_AS, memory * _MEGABYTE), (resource.RLIMIT_CPU, seconds)):
        _, hard = resource.getrlimit(kind)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        if most:
            resource.setrlimit(kind, (bound, bound))
