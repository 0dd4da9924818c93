"""The program `cartkg`, also `python -m cartkg`: it ends in order from its first moment on."""

import os


def _end(number: int, _frame: object) -> None:
    """End as at an error, so that what was started is ended and what is half written is removed."""
    raise SystemExit(128 + number)


def run() -> None:
    """Run the command line; being interrupted is no traceback, nor is a terminal that has gone."""
    try:
        import signal

        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            signal.signal(number, _end)
        from .cli import main

        main(prog_name="cartkg")
    except KeyboardInterrupt:
        os._exit(130)
    except OSError as error:
        os.write(2, f"cartkg: {error}\n".encode())
        os._exit(5)


if __name__ == "__main__":
    run()
