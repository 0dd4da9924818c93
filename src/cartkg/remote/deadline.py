"""A total deadline for a request over HTTP, which the standard library's time-out per read is not."""

from __future__ import annotations

import http.client
import io
import ssl
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.request import HTTPHandler, HTTPSHandler

from ..errors import LimitError

if TYPE_CHECKING:
    import socket
    from urllib.request import Request


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much: seconds in all, to connect, and of silence; bytes of a body; tries and waits between.

    A store that computes is silent, so that silence is allowed for as long as the whole, unless said otherwise.
    """

    seconds: float = 60.0
    connecting: float = 10.0
    patience: float = 3600.0
    size: int = 256 * 1024 * 1024
    tries: int = 4
    longest_wait: float = 60.0


class Clock:
    """What is left until the deadline; without it, a server that drips a byte a second holds us for ever."""

    def __init__(self, url: str, limits: Limits) -> None:
        self._limits, self._url = limits, url
        self._end = time.monotonic() + limits.seconds

    def remaining(self) -> float:
        """Seconds until the deadline."""
        return self._end - time.monotonic()

    def exceeded(self) -> LimitError:
        """The error to raise behind the deadline."""
        return LimitError(f"{self._url}: no complete answer within {self._limits.seconds:g} seconds")

    def left(self, most: float | None = None) -> float:
        """Seconds a single step may take."""
        remaining = self.remaining()
        if remaining <= 0:
            raise self.exceeded()
        return min(remaining, self._limits.patience if most is None else most)

    def connecting(self) -> float:
        """Seconds that connecting may take."""
        return self.left(self._limits.connecting)


class _Timed(io.RawIOBase):
    """A socket's bytes; before each read the socket gets only the time that is left."""

    def __init__(self, stream: io.BufferedReader, sock: socket.socket, clock: Clock) -> None:
        self._stream, self._sock, self._clock = stream, sock, clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._clock.left())
        return self._stream.raw.readinto(buffer) or 0

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, clock: Clock, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp = io.BufferedReader(_Timed(self.fp, sock, clock))


class _Connection(http.client.HTTPConnection):
    def __init__(self, clock: Clock, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._clock = clock
        self.response_class = partial(_Response, clock)  # type: ignore[assignment]

    def connect(self) -> None:
        self.timeout = self._clock.connecting()
        super().connect()
        self.sock.settimeout(self._clock.left())


class _SecureConnection(_Connection, http.client.HTTPSConnection):
    """The same over TLS, whose certificate is always checked."""


class HttpBefore(HTTPHandler):
    """Opens http addresses; a deadline holds for connecting, sending and each read."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def http_open(self, request: Request) -> http.client.HTTPResponse:
        """Open it."""
        return self.do_open(partial(_Connection, self._clock), request)


class HttpsBefore(HTTPSHandler):
    """The same for https."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._checked = clock, ssl.create_default_context()
        super().__init__(context=self._checked)

    def https_open(self, request: Request) -> http.client.HTTPResponse:
        """Open it."""
        connection = partial(_SecureConnection, self._clock)
        return self.do_open(connection, request, context=self._checked)
