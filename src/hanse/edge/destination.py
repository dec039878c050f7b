"""Where a click goes: the link's own destination, a route or a deep link within the offer's hosts, never elsewhere."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_plus, urlsplit

MAX_URL = 2_000
# The authority is letters, digits, dots and a port, then ends: no "@", no backslash, no percent, nothing to dispute
_SAFE_URL = re.compile(r"(https?)://([A-Za-z0-9.-]+)(:[0-9]{1,5})?(?=[/?#]|$)[!-\[\]-~]*")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def deep_link(wanted: str, destination: str, allowed_hosts: frozenset[str]) -> str:
    """Return the wanted address when it lies on an allowed host (or the destination's own), else "".

    Allowed hosts are lower-case names, with a port where it is not the scheme's own. An http address is only taken
    where the destination itself is http: a deep link never weakens the connection. Blanks and letters beyond ASCII are
    encoded, as browsers do.
    """
    if not wanted or len(wanted) > MAX_URL:
        return ""
    safe = wanted if wanted.isascii() and " " not in wanted else quote(wanted, safe="!#$%&'()*+,/:;=?@[]~")
    match = _SAFE_URL.fullmatch(safe)
    if match is None or (match[1] == "http" and not destination.startswith("http://")):
        return ""
    name, port = match[2].lower(), match[3] or ""
    host = name if port in ("", _DEFAULT_PORTS[match[1]]) else name + port
    return safe if host in allowed_hosts or host == urlsplit(destination).netloc.lower() else ""


def with_token(destination: str, param: str, token: str) -> str:
    """Return the destination with `param=token` and `afsrc=1` in its query, before any fragment.

    A value of the same name that is there already, however encoded, is replaced: only we say which click this was.
    """
    address, mark, fragment = destination.partition("#")
    page, _, query = address.partition("?")
    if param in query or "%" in query or "afsrc" in query:
        query = _without(query, (param, "afsrc"))
    joint = "&" if query and query[-1] != "&" else ""
    return f"{page}?{query}{joint}{param}={token}&afsrc=1{mark}{fragment}"


def header_safe(url: str) -> str:
    """Return an address fit for a Location header: visible ASCII only, so no header can be smuggled in."""
    return url if url.isascii() and url.isprintable() and " " not in url else quote(url, safe="!#$%&'()*+,/:;=?@[]~")


def _without(query: str, names: tuple[str, ...]) -> str:
    return "&".join(pair for pair in query.split("&") if pair and unquote_plus(pair.partition("=")[0]) not in names)
