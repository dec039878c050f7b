"""Every page there is, found as a person finds them: by following links from the first pages."""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qsl, urlsplit

import httpx
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

_HREF = re.compile(r'(?:href|hx-get)="([^"#][^"]*)"')
_MOST = 400
_TABS = {"state", "status", "view", "kind", "by"}
_ONE_IS_ENOUGH = {"portal:earning"}


@dataclass(frozen=True, slots=True)
class Address:
    """A page: its route's name, a path to it, who looked, and how long the server took for it then."""

    name: str
    path: str
    person: str
    milliseconds: float

    def __str__(self) -> str:
        return self.path


def route_names() -> dict[str, str]:
    """Return the name of every route of the console, the portal and the public pages, with its pattern."""
    found: dict[str, str] = {}

    def walk(resolver: URLResolver, prefix: str, space: str) -> None:
        for entry in resolver.url_patterns:
            path = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                walk(entry, path, f"{entry.namespace}:" if entry.namespace else space)
            elif isinstance(entry, URLPattern) and entry.name and not path.startswith("v1/"):
                found[space + entry.name] = path

    walk(get_resolver("hanse.faces.urls"), "", "")
    return found


@cache
def name_of(path: str) -> str:
    """Return the name of the route that answers a path; empty for what no page answers. Most links stand everywhere."""
    try:
        return resolve(urlsplit(path).path, "hanse.faces.urls").view_name
    except Resolver404:
        return ""


def walk(client: httpx.Client, starts: list[str]) -> Iterator[tuple[str, httpx.Response]]:
    """Follow links breadth first and yield one page, with its route's name, for each route and each of its tabs."""
    waiting, asked = deque(starts), 0
    met, seen = set(starts), set[tuple[str, frozenset[tuple[str, str]]]]()
    while waiting and asked < _MOST:
        path = waiting.popleft()
        name = name_of(path)
        chosen = [] if name in _ONE_IS_ENOUGH else parse_qsl(urlsplit(path).query)
        variant = frozenset(pair for pair in chosen if pair[0] in _TABS)
        if not name or (name, variant) in seen:
            continue
        seen.add((name, variant))
        asked += 1
        answer = client.get(path)
        if answer.status_code == 200 and "text/html" in answer.headers.get("content-type", ""):
            yield name, answer
            links = [link for link in _HREF.findall(answer.text) if link not in met]
            met.update(link for link in links if link.startswith("/"))  # these mean the same on every page
            for link in links:
                target = answer.url.join(html.unescape(link))
                if target.host == client.base_url.host and target.port == client.base_url.port:
                    waiting.append(target.raw_path.decode())
