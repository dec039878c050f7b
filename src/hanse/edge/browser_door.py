"""The snippet's public door: POST /v1/browser/conversions, with a click token, where a program opted in."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import Executor
from typing import Any
from urllib.parse import SplitResult, urlsplit

from hanse.edge.allowance import Allowance
from hanse.edge.answers import send_problem
from hanse.edge.bodies import BadBody, json_values, read_body
from hanse.edge.capture import FactBatch
from hanse.edge.counts import Counts
from hanse.edge.directory import Directory
from hanse.edge.doors import DoorsClosed
from hanse.edge.fact_door import RETRY, FactDoor, Refusal
from hanse.edge.origin import Origins, household
from hanse.edge.records import Program
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.tokens import BARE_LENGTH, BadToken, ClickTokens

MAX_BROWSER_BODY = 64 * 1024
SOURCE = "browser"
_FORBIDDEN = ("partner", "is_test", "revision", "program")
_ORIGIN_MISSING = "null"
MOST_ASIDE = 10_000  # tellings of one program that may wait for hosts that are not on its list
STRANGER = "This page's host is not one of the program's."
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")


class BrowserDoor:
    """Takes one conversion from a visitor's browser. What it records waits for approval like any other."""

    def __init__(
        self,
        facts: FactDoor,
        directory: Directory,
        tokens: ClickTokens,
        origins: Origins,
        counts: Counts,
        blocking: Executor,
    ) -> None:
        self._facts, self._directory, self._tokens, self._origins = facts, directory, tokens, origins
        self._counts, self._blocking = counts, blocking
        self._allowance = Allowance(per_minute=60, burst=30)
        self._guesses = Allowance(per_minute=6, burst=12)
        self._strangers = Allowance(per_minute=60, burst=600)

    def preflight(self, scope: Any, proto: Any) -> None:
        """Answer the browser's question whether a page may post here."""
        cors = self._cors(scope, self._directory.hosts)
        allowed = [*cors, ("access-control-allow-methods", "POST"), ("access-control-allow-headers", "content-type")]
        extra = [("access-control-max-age", "600")] if cors else []
        proto.response_empty(204 if cors else 403, [*(allowed if cors else []), *extra, ("vary", "origin")])

    async def answer(self, scope: Any, proto: Any, batch: FactBatch) -> None:
        """Answer one POST. The token decides the program; the page's origin must be one of that program's hosts."""
        cors = [*self._cors(scope, self._directory.hosts), ("vary", "origin")]
        told = _WithHeaders(proto, cors)
        try:
            if not self._allowance.take(household(self._origins.ip(scope))):
                raise Refusal(429, "Too many conversions from this address; wait a minute.", ("retry-after", "60"))
            value = await self._value(scope, proto)
            program = await self._program(value, household(self._origins.ip(scope)))
            host = self._page_host(scope, program)
            is_listed = not scope.headers.get("origin") or bool(self._cors(scope, program.allowed_hosts))
            if not is_listed:
                await self._make_room(program, host)
            batch.add(value, program.program_id, self._facts.defaults(program, batch.received_at), page_host=host)
            if not is_listed:
                await self._keep_aside(batch, host)
            await self._facts.write(told, batch, is_list=False)
        except Refusal as refusal:
            self._counts.facts[SOURCE, "refused"] += 1
            send_problem(told, refusal.status, refusal.detail, extra=refusal.extra, code=refusal.code)
        except BadBody as bad:
            self._counts.facts[SOURCE, "unreadable"] += 1
            send_problem(told, bad.status, bad.detail, code=bad.code)
        except Invalid as invalid:
            self._counts.facts[SOURCE, "invalid"] += 1
            send_problem(told, 422, "Nothing was stored. Each problem names its place.", invalid.problems)

    async def _value(self, scope: Any, proto: Any) -> dict[str, Any]:
        is_list, values = json_values(await read_body(scope, proto, MAX_BROWSER_BODY))
        value = next(values, None)
        if is_list or not isinstance(value, dict):
            raise Invalid([Problem("", "The body must be one conversion, a JSON object.", "wrong_type")])
        refused = [
            Problem(f"/{name}", f"/{name} needs an API key.", "not_here") for name in _FORBIDDEN if name in value
        ]
        if refused:
            raise Invalid(refused)
        return value

    async def _program(self, value: dict[str, Any], ip: str) -> Program:
        """Return the program of the conversion's click. Raises Invalid: bad token; Refusal: not open."""
        text = str(value.get("click") or "")
        try:
            number = self._tokens.read(text, bare=True).link_number
        except BadToken:
            raise self._bad_signature(ip) from None
        loop = asyncio.get_running_loop()
        try:
            program_id = await loop.run_in_executor(self._blocking, self._directory.doors.link_program, number)
        except DoorsClosed:
            raise Refusal(503, "The product is starting; try again in a moment.", *RETRY) from None
        if program_id and program_id not in self._directory.links.programs:
            await self._facts.catch_up()
        program = self._directory.links.programs.get(program_id) if program_id else None
        if program is None or not program.browser_conversions or program.archived:
            raise Refusal(403, "This program takes no conversions from browsers.")
        if len(text) == BARE_LENGTH and not program.bare_click_ids:
            raise self._bad_signature(ip)
        return program

    def _page_host(self, scope: Any, program: Program) -> str:
        """Return the host of the page that tells: with its port where it is listed so, "" for none and for our own."""
        parts = _parts_of(scope.headers.get("origin") or "")
        place = parts.netloc.lower()
        if parts.scheme not in ("http", "https") or not place or place == self._origins.host(scope).lower():
            return ""
        return place if place in program.allowed_hosts else (parts.hostname or "")

    async def _make_room(self, program: Program, host: str) -> None:
        """Raise Refusal where what a page tells may not even be kept aside: no real host, or too much waits already."""
        if not is_page_host(host) or not self._strangers.take(program.slug):
            raise Refusal(403, STRANGER)
        loop = asyncio.get_running_loop()
        try:
            waiting = await loop.run_in_executor(
                self._blocking, self._directory.doors.kept_for_hosts, program.program_id, MOST_ASIDE
            )
        except DoorsClosed:
            return  # how much waits is not known now; the allowance still bounds it
        if waiting >= MOST_ASIDE:
            raise Refusal(403, STRANGER)

    async def _keep_aside(self, batch: FactBatch, host: str) -> None:
        """Make a sound conversion durable and refuse the page all the same: it waits until its host is listed."""
        await self._facts.make_safe(batch)
        self._counts.facts[SOURCE, "kept_aside"] += 1
        raise Refusal(403, f"{STRANGER} What it told is kept and counts once {host} is added to the program's hosts.")

    def _bad_signature(self, ip: str) -> Invalid | Refusal:
        """Return what is said of a token that is none; who guesses many is told nothing any more."""
        self._counts.facts[SOURCE, "bad_signature"] += 1
        if not self._guesses.take(ip):
            return Refusal(429, "Too many click tokens that are none; wait a minute.", ("retry-after", "60"))
        return Invalid([Problem("/click", "/click must be the click token of this visit.", "bad_signature")])

    def _cors(self, scope: Any, hosts: frozenset[str]) -> list[tuple[str, str]]:
        """Return the headers that let the page read the answer, or nothing when its host is not welcome."""
        origin: str = scope.headers.get("origin") or ""
        if not origin or origin == _ORIGIN_MISSING:
            return []
        parts = _parts_of(origin)
        ours = parts.netloc.lower() == self._origins.host(scope).lower()
        welcome = ours or (parts.hostname or "") in hosts or parts.netloc.lower() in hosts
        return [("access-control-allow-origin", origin)] if welcome and parts.scheme in ("http", "https") else []


def is_page_host(host: str) -> bool:
    """Say whether a host is a name that a program could list: no IP address, no single word."""
    return bool(_HOST.fullmatch(host))


def _parts_of(origin: str) -> SplitResult:
    try:
        parts = urlsplit(origin)
        _port = parts.port
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


class _WithHeaders:
    """A protocol that adds headers to every answer."""

    def __init__(self, proto: Any, headers: list[tuple[str, str]]) -> None:
        self._proto, self._headers = proto, headers

    def response_str(self, status: int, headers: list[tuple[str, str]], body: str) -> None:
        """Answer with the extra headers."""
        self._proto.response_str(status, [*headers, *self._headers], body)
