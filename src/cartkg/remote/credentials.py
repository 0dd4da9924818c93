"""Names, passwords and tokens for stores: where they come from, to whom they may be shown, and how."""

from __future__ import annotations

import base64
import ipaddress
import netrc
import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import (
    AbstractDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    parse_http_list,
    parse_keqv_list,
)

from ..errors import ExternalError, UsageError

if TYPE_CHECKING:
    from urllib.request import Request

USER, PASSWORD, TOKEN = "CARTKG_ENDPOINT_USER", "CARTKG_ENDPOINT_PASSWORD", "CARTKG_ENDPOINT_TOKEN"
REMEDY = f"set {USER} and {PASSWORD}, or {TOKEN}, or add the host to ~/.netrc"


@dataclass(frozen=True)
class Credentials:
    """A name with its password, or a token."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @cached_property
    def _digest(self) -> AbstractDigestAuthHandler:
        return AbstractDigestAuthHandler(self._passwords)

    @cached_property
    def _passwords(self) -> HTTPPasswordMgrWithDefaultRealm:
        return HTTPPasswordMgrWithDefaultRealm()

    def answer(self, request: Request, challenges: list[str]) -> str:
        """What to write into `Authorization`, in the best of the ways that the server offers.

        A server that only says no, and not how to ask, gets a token or Basic.
        """
        schemes = {scheme.casefold(): rest for scheme, _, rest in (one.strip().partition(" ") for one in challenges)}
        if self.token:
            return f"Bearer {self.token}"
        if "digest" in schemes:
            self._passwords.add_password(None, request.full_url, self.user, self.password)
            try:
                found = self._digest.get_authorization(request, parse_keqv_list(parse_http_list(schemes["digest"])))
            except (ValueError, KeyError):
                found = None
            if found is None:
                raise ExternalError(f"{request.full_url}: asks for a digest in a way that is not understood")
            return f"Digest {found}"
        if schemes and "basic" not in schemes:
            raise ExternalError(
                f"{request.full_url}: asks for {', '.join(sorted(schemes))}; Basic and Digest are known"
            )
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


def is_private(url: str) -> bool:
    """True where nobody between can read what is sent: https, or this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """True for this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def from_environment(url: str) -> Credentials | None:
    """The credentials that the environment names; UsageError where they would be shown to everybody."""
    user, password, token = (os.environ.get(name, "") for name in (USER, PASSWORD, TOKEN))
    if not (user or token):
        return None
    if any(character in user + password + token for character in "\r\n\0") or (":" in user and not token):
        raise UsageError(f"{USER}, {PASSWORD} and {TOKEN} hold one line each, and a user has no colon")
    if not is_private(url):
        name = TOKEN if token else USER
        raise UsageError(
            f"{url}: credentials are sent over https or to this machine only, and plain http shows them to everybody "
            f"between; use https, or unset {name}"
        )
    return Credentials(token=token) if token else Credentials(user, password)


def from_netrc(url: str) -> Credentials | None:
    """The credentials that ~/.netrc (or `$NETRC`) holds for exactly this host."""
    host = urlsplit(url).hostname or ""
    try:
        # Only an entry of the host itself: `default` would show a password to every endpoint somebody tries.
        found = netrc.netrc(os.environ.get("NETRC")).hosts.get(host)
    except (OSError, netrc.NetrcParseError, UnicodeDecodeError):
        return None
    if found is None:
        return None
    if not is_private(url):
        raise UsageError(f"{url}: asks for credentials over plain http, which everybody between can read; use https")
    return Credentials(found[0], found[2] or "")
