"""The program `cartkg`, also `python -m cartkg`: it ends in order from its first moment on."""

import _signal  # type: ignore[import-not-found]

if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:  # else a Ctrl-C in the imports is a traceback
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)

import io
import os
import signal
import sys
import threading
from contextlib import suppress

_PATIENCE = 2  # seconds that an engine may go on computing once the program is told to end
_told = threading.Event()


def _end(number: int, _frame: object) -> None:
    """End as at an error, so that what was started is ended and what is half written is removed."""
    _told.set()
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)


def _watch(signals: int) -> None:
    """End the process where no handler can run, since an engine computes and does not come back to Python."""
    while received := os.read(signals, 1):
        number = received[0]
        if signal.getsignal(number) is _end and not _told.wait(_PATIENCE):
            os._exit(128 + number)


def listen() -> None:
    """Handle what tells a program to end, whatever it is doing, unless it was started to ignore that."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(reading,), daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, _end)


class _Stderr(io.TextIOWrapper):
    """What is told; where nobody reads it, or the disk is full, the work goes on and its exit code still counts."""

    def write(self, text: str) -> int:
        """Write what can be written."""
        with suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        """Pass on what can be passed on."""
        with suppress(OSError):
            super().flush()


def run() -> None:
    """Run the command line; being interrupted is no traceback, nor is a terminal that has gone."""
    try:
        listen()
        if sys.stderr is not None:
            sys.stderr = _Stderr(sys.stderr.buffer, sys.stderr.encoding, "backslashreplace", line_buffering=True)
        from .cli import main

        main(prog_name="cartkg")
    except KeyboardInterrupt:
        os._exit(130)
    except OSError as error:
        os.write(2, f"cartkg: {error!s:.1000}\n".encode())
        os._exit(5)


if __name__ == "__main__":
    run()
