"""Names, passwords and tokens for stores: where they come from, and to whom they may be shown."""

from __future__ import annotations

import ipaddress
import netrc
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ..errors import UsageError

USER, PASSWORD, TOKEN = "CARTKG_ENDPOINT_USER", "CARTKG_ENDPOINT_PASSWORD", "CARTKG_ENDPOINT_TOKEN"
REMEDY = f"set {USER} and {PASSWORD}, or {TOKEN}, or add the host to ~/.netrc"


@dataclass(frozen=True)
class Credentials:
    """A name with its password, or a token."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


def is_loopback(host: str) -> bool:
    """True for this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_private(url: str) -> bool:
    """True where nobody between can read what is sent: https, or this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def from_environment(url: str) -> Credentials | None:
    """The credentials that the environment names; UsageError where they would be shown to everybody."""
    user, password, token = (os.environ.get(name, "") for name in (USER, PASSWORD, TOKEN))
    if not (user or token):
        return None
    if not (user + password + token).isprintable() or not token.isascii() or (":" in user and not token):
        raise UsageError(
            f"{USER}, {PASSWORD} and {TOKEN} hold one line each; a user has no colon, and a token only letters of ASCII"
        )
    if not _is_private(url):
        name = TOKEN if token else USER
        raise UsageError(
            f"{url}: credentials are sent over https or to this machine only, and plain http shows them to everybody "
            f"between; use https, or unset {name}"
        )
    return Credentials(token=token) if token else Credentials(user, password)


def from_netrc(url: str) -> Credentials | None:
    """The credentials that ~/.netrc (or `$NETRC`) holds for exactly this host."""
    try:
        # Only an entry of the host itself: `default` would show a password to every endpoint somebody tries.
        named = os.environ.get("NETRC")
        if not Path(named or "~/.netrc").expanduser().is_file():  # a pipe would be waited for
            return None
        found = netrc.netrc(named).hosts.get(urlsplit(url).hostname or "")
    except (OSError, RuntimeError, netrc.NetrcParseError, ValueError):
        return None
    if found is None:
        return None
    if not _is_private(url):
        raise UsageError(f"{url}: asks for credentials over plain http, which everybody between can read; use https")
    return Credentials(found[0], found[2] or "")
