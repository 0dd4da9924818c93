"""Every error cartkg raises on purpose, each with the exit code of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from .findings import Report


class CartkgError(Exception):
    """Base of all errors a caller may want to catch."""

    exit_code: ClassVar[int] = 1


class DataError(CartkgError):
    """The curated tables are wrong; `report` lists every finding."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.summary())
        self.report = report


class UsageError(CartkgError):
    """A command, parameter or input file can not be used as given."""

    exit_code = 2


class LimitError(CartkgError):
    """A limit that keeps a command bounded was exceeded: time, or size."""

    exit_code = 3


class ExternalError(CartkgError):
    """Something outside cartkg is missing or failed, such as Java or an endpoint."""

    exit_code = 4


class StorageError(CartkgError):
    """Reading or writing local files failed."""

    exit_code = 5


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """ExternalError that says what to install, where a library that comes with this extra is missing."""
    try:
        yield
    except ImportError as error:
        library = (error.name or extra).partition(".")[0]
        raise ExternalError(f"{library} is not installed; write: pip install 'cartkg[{extra}]'") from error
