"""The program `cartkg`, also `python -m cartkg`: it ends in order from its first moment on."""

import _signal  # type: ignore[import-not-found]

if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:  # else a Ctrl-C in the imports is a traceback
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)

import os
import signal
import threading

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


def run() -> None:
    """Run the command line; being interrupted is no traceback, nor is a terminal that has gone."""
    try:
        listen()
        from .cli import main

        main(prog_name="cartkg")
    except KeyboardInterrupt:
        os._exit(130)
    except OSError as error:
        os.write(2, f"cartkg: {error!s:.1000}\n".encode())
        os._exit(5)


if __name__ == "__main__":
    run()
