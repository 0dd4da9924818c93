"""Requests over HTTP that end: at a deadline, at a size, after a few tries, and never at another place."""

from __future__ import annotations

import contextlib
import email.utils
import http.client
import re
import tempfile
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import OpenerDirector, ProxyHandler

from ..errors import ExternalError, LimitError, UsageError
from ..version import __version__
from .credentials import REMEDY, from_environment, from_netrc, is_loopback
from .deadline import Clock, HttpBefore, HttpsBefore, Limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message
    from urllib.request import Request

    from .credentials import Credentials

AGENT = f"cartkg/{__version__} (https://w3id.org/cartkg/)"
_BUSY = frozenset({429, 502, 503, 504})
_REDIRECT = range(300, 400)
_BLOCK = 1 << 16
_IN_MEMORY = 1 << 20
_SHOWN = 400
_NEARLY = 0.05
_UNAUTHORISED = (401, 403)


class Spool(tempfile.SpooledTemporaryFile[bytes]):
    """Bytes in memory or, when they are many, in a temporary file that goes with the last who reads it."""

    def __init__(self) -> None:
        super().__init__(_IN_MEMORY)

    def __del__(self) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; the body is whole, in memory or in a temporary file, and read from its start."""

    status: int
    headers: Message
    body: Spool

    @property
    def kind(self) -> str:
        """Media type of the body."""
        return self.headers.get_content_type() if self.headers.get("Content-Type") else ""

    def excerpt(self) -> str:
        """The beginning of the body, for a message."""
        text = self.body.read(4 * _SHOWN).decode("utf-8", "replace")
        self.body.seek(0)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>|[^\x20-\x7e\s]", " ", text)).strip()[:_SHOWN]


@dataclass(frozen=True)
class Transport:
    """Sends requests to one origin and remembers how that wants to be shown credentials.

    One that writes shows a token without being asked: a store may answer a writer without one as it likes.
    """

    url: str
    limits: Limits = field(default_factory=Limits)
    writes: bool = False
    _challenges: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    @cached_property
    def _named(self) -> Credentials | None:
        return from_environment(self.url)

    def send(self, make: Callable[[], Request], *, again: bool = True) -> Reply:
        """The reply to a request, tried again where a server is busy or away; any status that is not an answer raises.

        `make` gives a fresh request for each try. LimitError at the deadline or byte cap, else ExternalError.
        """
        clock = Clock(self.url, self.limits)
        for attempt in range(1, self.limits.tries + 1):
            last = attempt == self.limits.tries or not again
            try:
                reply = self._authorised(make, clock)
            except ConnectionRefusedError as error:
                if last:
                    raise ExternalError(f"{self.url}: refuses connections, tried {attempt} times") from error
                self._wait(clock, self._pause(attempt, None), "it refuses connections")
                continue
            if reply.status not in _BUSY or last:
                return _checked(self.url, reply, attempt)
            pause = self._pause(attempt, reply.headers.get("Retry-After"))
            self._wait(clock, pause, f"it answers {reply.status} ({http.client.responses.get(reply.status, '')})")
        raise AssertionError  # pragma: no cover

    def _authorised(self, make: Callable[[], Request], clock: Clock) -> Reply:
        """The reply to one try; credentials are shown only to a server that asks, and to no other origin."""
        named = self._named  # refuses plain http before anything is sent
        reply = self._once(make, clock)
        known = named or (from_netrc(self.url) if reply.status in _UNAUTHORISED else None)
        if (
            reply.status not in _UNAUTHORISED
            or known is None
            or (reply.status == _UNAUTHORISED[1] and self._challenges)
        ):
            return reply
        # Not asked before, or a nonce has gone stale.
        self._challenges[:] = reply.headers.get_all("WWW-Authenticate") or ["Basic"]
        return self._once(make, clock)

    def _once(self, make: Callable[[], Request], clock: Clock) -> Reply:
        request = make()
        named = self._named
        asked = self._challenges or (self.writes and named is not None and named.token)
        if asked and (known := named or from_netrc(self.url)):
            request.add_unredirected_header("Authorization", known.answer(request, self._challenges))
        return self._open(request, clock)

    def _open(self, request: Request, clock: Clock) -> Reply:
        opener = OpenerDirector()
        # No handler for redirects, files or errors: a redirect is an answer we report, never a place we follow.
        opener.add_handler(HttpBefore(clock))
        if urlsplit(self.url).scheme == "https":
            opener.add_handler(HttpsBefore(clock))
        if not is_loopback(urlsplit(self.url).hostname or ""):
            opener.add_handler(ProxyHandler())
        try:
            with contextlib.closing(opener.open(request, timeout=clock.left())) as response:
                return Reply(response.status, response.headers, self._spooled(response, clock))
        except URLError as error:
            raise self._failure(error.reason, clock) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._failure(error, clock) from error

    def _spooled(self, response: http.client.HTTPResponse, clock: Clock) -> Spool:
        """The whole body beside memory; a body that ends early, or does not end, is no body."""
        body = Spool()
        size = 0
        announced = response.length
        while block := response.read(_BLOCK):
            clock.left()
            size += len(block)
            if size > self.limits.size:
                raise LimitError(f"{self.url}: the answer is larger than {self.limits.size} bytes; ask for less")
            body.write(block)
        if announced is not None and size < announced:
            raise ExternalError(f"{self.url}: the answer breaks off after {size} of {announced} bytes")
        body.seek(0)
        return body

    def _failure(self, reason: object, clock: Clock) -> Exception:
        if isinstance(reason, ConnectionRefusedError):
            return reason
        if isinstance(reason, TimeoutError):
            if clock.remaining() <= _NEARLY:
                return clock.exceeded()
            return ExternalError(
                f"{self.url}: silent for too long; it has {self.limits.connecting:g} seconds to "
                f"take a connection and {min(self.limits.patience, self.limits.seconds):g} to say something"
            )
        if isinstance(reason, http.client.IncompleteRead):
            return ExternalError(f"{self.url}: the answer breaks off")
        return ExternalError(f"{self.url}: {reason or type(reason).__name__}")

    def _pause(self, attempt: int, asked: str | None) -> float:
        """Seconds until the next try: what the server asks for, within reason, or twice as long each time."""
        pause = 0.25 * 2.0**attempt
        if asked and asked.strip().isdigit():
            pause = float(asked)
        elif asked:
            with contextlib.suppress(ValueError, TypeError):
                pause = email.utils.parsedate_to_datetime(asked).timestamp() - time.time()
        return min(max(pause, 0.0), self.limits.longest_wait)

    def _wait(self, clock: Clock, seconds: float, why: str) -> None:
        if seconds >= clock.remaining():
            raise ExternalError(
                f"{self.url}: {why}, and trying again in {seconds:g} seconds is past the deadline of "
                f"{self.limits.seconds:g} seconds"
            )
        time.sleep(seconds)


def checked_url(url: str) -> str:
    """The address of an endpoint; UsageError for anything else."""
    try:
        parts = urlsplit(url)
        right = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right or not re.fullmatch(r"[\x21-\x7e]+", url):
        raise UsageError(f"{url!r} is not the address of an endpoint; write it as https://host/path")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"the address of an endpoint holds no password; {REMEDY}")
    if parts.fragment:
        raise UsageError(f"{url}: an endpoint has no fragment; leave out #{parts.fragment}")
    return url


def _checked(url: str, reply: Reply, attempts: int) -> Reply:
    status = reply.status
    if status in range(200, 300):
        if reply.headers.get("Content-Encoding", "identity").casefold() != "identity":
            raise ExternalError(f"{url}: the answer is compressed, which was not asked for")
        return reply
    if status in _REDIRECT:
        target = reply.headers.get("Location", "nowhere")
        raise ExternalError(
            f"{url}: answers {status} and points to {target}; redirects are not followed: give that address"
        )
    said = reply.excerpt()
    tried = f", tried {attempts} times" if attempts > 1 else ""
    remedy = f"; it wants other credentials: {REMEDY}" if status in _UNAUTHORISED else ""
    raise ReplyError(f"{url}: answers {status}{tried}{remedy}{f': {said}' if said else ''}", status)


class ReplyError(ExternalError):
    """A store answered that it does not do what it was asked."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status
