"""Requests over HTTP that end: at a deadline, at a size, after a few tries, and never at another place."""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import re
import ssl
import tempfile
import time
from collections.abc import Coroutine, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from ..errors import ExternalError, LimitError, UsageError
from ..version import __version__
from .credentials import REMEDY, Credentials, from_environment, from_netrc, is_loopback

_BUSY = frozenset({429, 502, 503, 504})
_UNAUTHORISED = (401, 403)
_IN_MEMORY = 1 << 20
_SHOWN = 400
# One connection for each request, and a body that comes as it is.
_HEADERS = {
    "User-Agent": f"cartkg/{__version__} (https://w3id.org/cartkg/)",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


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


class Spool(tempfile.SpooledTemporaryFile[bytes]):
    """Bytes in memory or, when they are many, in a temporary file that goes with the last who reads it."""

    def __init__(self) -> None:
        super().__init__(_IN_MEMORY)

    def __del__(self) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; the body is whole, in memory or in a temporary file, and read from its start."""

    response: httpx.Response
    body: Spool

    @property
    def kind(self) -> str:
        """Media type of the body."""
        return str(self.response.headers.get("Content-Type", "")).partition(";")[0].strip().casefold()

    def excerpt(self) -> str:
        """The beginning of the body, for a message."""
        text = self.body.read(4 * _SHOWN).decode("utf-8", "replace")
        self.body.seek(0)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>|[^\x20-\x7e\s]", " ", text)).strip()[:_SHOWN]


class ReplyError(ExternalError):
    """A store answered that it does not do what it was asked."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class _Bearer(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


@dataclass
class Transport:
    """Sends requests to one origin and remembers how that wants to be shown credentials.

    One that writes shows a token without being asked: a store may answer a writer without one as it likes.
    """

    url: str
    limits: Limits = field(default_factory=Limits)
    writes: bool = False
    _way: httpx.Auth | None = field(default=None, init=False, repr=False, compare=False)

    def send(
        self, method: str, headers: Mapping[str, str], content: bytes = b"", url: str = "", *, again: bool = True
    ) -> Reply:
        """The reply to a request, tried again where a server is busy or away; any status that is not an answer raises.

        LimitError at the deadline or byte cap, else ExternalError. A redirect is reported, never followed.
        """
        named = from_environment(self.url)  # refuses plain http before anything is sent
        if self.writes and named is not None and named.token:
            self._way = _answer(named, self.url, [])
        request = httpx.Request(method, url or self.url, headers={**_HEADERS, **headers}, content=content)
        return _finished(self._before_deadline(request, named, self.limits.tries if again else 1))

    async def _before_deadline(self, request: httpx.Request, named: Credentials | None, tries: int) -> Reply:
        """The reply, or LimitError: time-outs of a library are per read, and a server may drip a byte a second."""
        parts = urlsplit(self.url)
        timeout = httpx.Timeout(self.limits.patience, connect=self.limits.connecting)
        checked = ssl.create_default_context() if parts.scheme == "https" else False
        proxies = not is_loopback(parts.hostname or "")
        try:
            async with (
                asyncio.timeout(self.limits.seconds),
                httpx.AsyncClient(verify=checked, trust_env=proxies, timeout=timeout) as client,
            ):
                return await self._tried(client, request, named, tries)
        except TimeoutError as error:
            raise LimitError(f"{self.url}: no complete answer within {self.limits.seconds:g} seconds") from error

    async def _tried(
        self, client: httpx.AsyncClient, request: httpx.Request, named: Credentials | None, tries: int
    ) -> Reply:
        end = time.monotonic() + self.limits.seconds
        for attempt in range(1, tries + 1):
            try:
                reply = await self._authorised(client, request, named)
            except ConnectionRefusedError as error:
                if attempt == tries:
                    tried = f", tried {attempt} times" if attempt > 1 else ""
                    raise ExternalError(f"{self.url}: refuses connections{tried}") from error
                pause, why = self._pause(attempt), "it refuses connections"
            else:
                response = reply.response
                if response.status_code not in _BUSY or attempt == tries:
                    return _checked(self.url, reply, attempt)
                pause = self._pause(attempt, response.headers.get("Retry-After"))
                why = f"it answers {response.status_code} ({httpx.codes.get_reason_phrase(response.status_code)})"
            if time.monotonic() + pause >= end:
                raise ExternalError(
                    f"{self.url}: {why}, and trying again in {pause:g} seconds is past the deadline of "
                    f"{self.limits.seconds:g} seconds"
                )
            await asyncio.sleep(pause)
        raise AssertionError  # pragma: no cover

    async def _authorised(self, client: httpx.AsyncClient, request: httpx.Request, named: Credentials | None) -> Reply:
        """The reply to one try; credentials are shown only to a server that asks, and to no other origin."""
        reply = None
        if self._way is None:
            reply = await self._once(client, request)
            if reply.response.status_code not in _UNAUTHORISED:
                return reply
            known = named or from_netrc(self.url)
            if known is None:
                return reply
            self._way = _answer(known, self.url, reply.response.headers.get_list("WWW-Authenticate"))
        flow = self._way.sync_auth_flow(request)
        try:
            shown = next(flow)
            if reply is not None and isinstance(self._way, httpx.DigestAuth):
                shown = flow.send(reply.response)  # it needs the challenge, which has come already
            reply = await self._once(client, shown)
            with contextlib.suppress(StopIteration):
                reply = await self._once(client, flow.send(reply.response))  # a nonce has gone stale
        except (httpx.ProtocolError, KeyError, ValueError) as error:
            raise ExternalError(f"{self.url}: asks for a digest in a way that is not understood") from error
        return reply

    async def _once(self, client: httpx.AsyncClient, request: httpx.Request) -> Reply:
        """The whole body beside memory; a body that ends early, or does not end, is no body."""
        body, size, announced = Spool(), 0, None
        try:
            response = await client.send(request, stream=True, auth=None)
            async with contextlib.aclosing(response):
                announced = response.headers.get("Content-Length")
                async for block in response.aiter_raw():
                    size += len(block)
                    if size > self.limits.size:
                        raise LimitError(
                            f"{self.url}: the answer is larger than {self.limits.size} bytes; ask for less"
                        )
                    body.write(block)
        except httpx.TimeoutException as error:
            raise ExternalError(
                f"{self.url}: silent for too long; it has {self.limits.connecting:g} seconds to "
                f"take a connection and {min(self.limits.patience, self.limits.seconds):g} to say something"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if size:
                of = f" after {size} of {announced} bytes" if announced else ""
                raise ExternalError(f"{self.url}: the answer breaks off{of}") from error
            cause = _cause(error)
            if isinstance(cause, ConnectionRefusedError):
                raise cause from error
            raise ExternalError(f"{self.url}: {cause or type(cause).__name__}") from error
        body.seek(0)
        return Reply(response, body)

    def _pause(self, attempt: int, asked: str | None = None) -> float:
        """Seconds until the next try: what the server asks for, within reason, or twice as long each time."""
        pause = 0.25 * 2.0**attempt
        if asked and asked.strip().isdigit():
            pause = float(asked)
        elif asked:
            with contextlib.suppress(ValueError, TypeError):
                pause = email.utils.parsedate_to_datetime(asked).timestamp() - time.time()
        return min(max(pause, 0.0), self.limits.longest_wait)


def _finished(work: Coroutine[object, object, Reply]) -> Reply:
    """The result of a coroutine; beside the loop that runs already in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, work).result()


def _cause(error: BaseException) -> BaseException:
    """What the system said beneath an error, of several the first; the error itself where it said nothing."""
    found, one = error, error.__cause__ or error.__context__
    while one is not None:
        if isinstance(one, BaseExceptionGroup):
            one = one.exceptions[0]
            continue
        found = one if isinstance(one, OSError) else found
        one = one.__cause__ or (None if isinstance(one, OSError) else one.__context__)
    return found


def _answer(known: Credentials, url: str, challenges: Sequence[str]) -> httpx.Auth:
    """How to show credentials, in the best of the ways that the server offers.

    A server that only says no, and not how to ask, gets a token or Basic.
    """
    schemes = {challenge.strip().partition(" ")[0].casefold() for challenge in challenges}
    if known.token:
        return _Bearer(known.token)
    if "digest" in schemes:
        return httpx.DigestAuth(known.user, known.password)
    if schemes and "basic" not in schemes:
        raise ExternalError(f"{url}: asks for {', '.join(sorted(schemes))}; Basic and Digest are known")
    return httpx.BasicAuth(known.user, known.password)


def checked_url(url: str) -> str:
    """The address of an endpoint; UsageError for anything else."""
    try:
        parts = urlsplit(url)
        right = parts.scheme in {"http", "https"} and bool(httpx.URL(url).host) and parts.port != 0
    except (ValueError, httpx.InvalidURL):
        right = False
    if not right or not re.fullmatch(r"[\x21-\x7e]+", url):
        raise UsageError(f"{url[:_SHOWN]!r} is not the address of an endpoint; write it as https://host/path")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"the address of an endpoint holds no password; {REMEDY}")
    if parts.fragment:
        raise UsageError(f"{url}: an endpoint has no fragment; leave out #{parts.fragment}")
    return url


def _checked(url: str, reply: Reply, attempts: int) -> Reply:
    status, headers = reply.response.status_code, reply.response.headers
    if reply.response.is_success:
        if headers.get("Content-Encoding", "identity").casefold() != "identity":
            raise ExternalError(f"{url}: the answer is compressed, which was not asked for")
        if status == httpx.codes.PARTIAL_CONTENT:
            raise ExternalError(f"{url}: answers {status}: gives a part of the answer only, which was not asked for")
        return reply
    if reply.response.is_redirect:
        raise ExternalError(
            f"{url}: answers {status} and points to {headers.get('Location', 'nowhere')}; redirects are not followed: "
            "give that address"
        )
    said = reply.excerpt()
    tried = f", tried {attempts} times" if attempts > 1 else ""
    remedy = f"; it wants other credentials: {REMEDY}" if status in _UNAUTHORISED else ""
    raise ReplyError(f"{url}: answers {status}{tried}{remedy}{f': {said}' if said else ''}", status)
