"""Web addresses: which ones may be stored, shown as a link and redirected to."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\\<>\"`{}|^]")
_HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?")
_OWN_PORTS = {"http": 80, "https": 443}


def host_of(address: str) -> str:
    """Return the host of an address as ASCII in small letters, with the port unless it is the scheme's own.

    "" when the address has no usable host.
    """
    try:
        parts = urlsplit(address)
        name, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError:
        return ""
    own = _OWN_PORTS.get(parts.scheme.lower())
    return name if not name or port in (None, own) else f"{name}:{port}"


def allowed_host(text: str) -> str:
    """Return a typed host, with or without a port, as it is compared; "" when it cannot be one."""
    name, colon, port = text.strip().partition(":")
    if not colon:
        return ascii_host(name)
    if not ascii_host(name) or not port.isascii() or not port.isdigit() or not 0 < int(port[:6]) < 65_536:
        return ""
    return ascii_host(name) if int(port) in _OWN_PORTS.values() else f"{ascii_host(name)}:{int(port)}"


def ascii_host(name: str) -> str:
    """Return a host name as DNS knows it (IDNA, small letters, no final dot); "" when it cannot be one."""
    name = name.strip().lower()
    try:
        name = name.encode("idna").decode("ascii") if not name.isascii() else name
    except UnicodeError:
        return ""
    return name.rstrip(".") if len(name) <= 253 and _HOST_NAME.fullmatch(name) else ""


def address_problem(address: str) -> str | None:
    """Say in one sentence why an address cannot be used, or None. Only http and https lead anywhere from here."""
    if _UNSAFE.search(address):
        return _("A web address has no spaces, line breaks, quotes or backslashes.")
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        return _("This is not a web address. It is written like https://shop.example/page.")
    return _problem_of_parts(parts)


def _problem_of_parts(parts: SplitResult) -> str | None:
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return _("A web address begins with https:// (or http://).")
    if "@" in parts.netloc:
        return _("A web address must not carry a name or password before its host.")
    name = parts.hostname or ""
    plain = ascii_host(name)
    if not plain or (not name.isascii() and "xn--" not in plain):  # signs that only look like, or vanish from, a name
        return _("This is not a web address. It is written like https://shop.example/page.")
    return None


def as_sent(address: str) -> str:
    """Return a sound address as browsers send it: the scheme in small letters, the host as DNS knows it.

    What has no usable host stays as it is.
    """
    host = host_of(address)
    parts = urlsplit(address) if host else None
    return parts._replace(scheme=parts.scheme.lower(), netloc=host).geturl() if parts else address


def leads_to_one_of(address: str, hosts: Collection[str]) -> bool:
    """Say whether an address leads to one of the allowed hosts, compared exactly: no subdomain, no look-alike."""
    return host_of(address) in hosts
