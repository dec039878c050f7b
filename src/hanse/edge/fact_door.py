"""The doors for facts with an API key: POST /v1/conversions and /v1/refunds."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import structlog

from hanse.edge.allowance import Allowance
from hanse.edge.answers import send_json, send_problem
from hanse.edge.bodies import BadBody, json_values, read_body
from hanse.edge.capture import MAX_FACTS, FactBatch
from hanse.edge.counts import Counts
from hanse.edge.directory import Directory
from hanse.edge.doors import DoorsClosed
from hanse.edge.records import Key, Program
from hanse.edge.verdicts import Verdicts
from hanse.journal.port import JournalError, TooLarge
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.facts import FactDefaults, FactKind
from hanse.kernel.ids import parse_id
from hanse.kernel.signing import key_hash
from hanse.kernel.tokens import BARE_LENGTH, BadToken, ClickTokens

log = structlog.get_logger("hanse.edge")
AT_ONCE = 50  # facts parsed before clicks may pass again
DURABLE_S = 10.0
RETRY = (("retry-after", "1"),)
GUESSES_A_MINUTE = MAX_FACTS  # a whole batch of another system's ids may come each minute
_BEARER = re.compile(r"Bearer +([!-~]{8,200}) *", re.IGNORECASE)


_CODES = {401: "unauthorized", 403: "forbidden", 413: "too_large", 429: "rate_limited", 503: "unavailable"}


class Refusal(Exception):
    """An answer that ends the request early; `code` names the reason."""

    def __init__(self, status: int, detail: str, *extra: tuple[str, str]) -> None:
        self.status, self.detail, self.extra, self.code = status, detail, extra, _CODES.get(status, "refused")
        super().__init__(detail)


class FactDoor:
    """Authenticates, checks, writes, and only then answers: 202, or the pipeline's verdict with `?wait=1`."""

    def __init__(
        self, directory: Directory, append: Callable[[list[bytes]], Future[int]], email_key: bytes, counts: Counts,
        blocking: Executor, now: Callable[[], datetime], tokens: ClickTokens,
    ) -> None:  # fmt: skip
        self._directory, self._append, self._email_key, self._counts = directory, append, email_key, counts
        self._blocking, self._now = blocking, now
        self._verdicts = Verdicts(directory.doors, blocking)
        self._tokens, self._guesses = tokens, Allowance(GUESSES_A_MINUTE, GUESSES_A_MINUTE)

    async def answer(self, scope: Any, proto: Any, kind: FactKind) -> None:
        """Answer one POST. Nothing is stored unless every fact of it is sound."""
        try:
            key = await self.authenticate(scope)
            wait = parse_qs(scope.query_string).get("wait") == ["1"]
            batch, text = FactBatch(str(key.key_id), kind, self._now(), wait), await read_body(scope, proto)
            is_list = await self._fill(batch, text, key)
            if _names_something_new(batch) and await self.catch_up():
                batch = FactBatch(batch.source, kind, batch.received_at, wait)
                is_list = await self._fill(batch, text, key)
            self._limit_guesses(key, batch)
            await self.write(proto, batch, is_list)
        except Refusal as refusal:
            self._counts.facts[kind, "refused"] += 1
            send_problem(proto, refusal.status, refusal.detail, extra=refusal.extra, code=refusal.code)
        except BadBody as bad:
            self._counts.facts[kind, "unreadable"] += 1
            send_problem(proto, bad.status, bad.detail, code=bad.code)
        except Invalid as invalid:
            self._counts.facts[kind, "invalid"] += 1
            send_problem(proto, 422, "Nothing was stored. Each problem names its place.", invalid.problems)

    def _limit_guesses(self, key: Key, batch: FactBatch) -> None:
        """Raise Refusal 429 when a key sends too many bare click ids that are none: their 24 bits could be guessed.

        Below that they are facts like others, recorded as `bad_signature`: shops that moved here send old ids for
        weeks. The longer forms cannot be guessed and are not counted.
        """
        programs = self._directory.links.programs
        bad = 0
        for program_id, click in batch.clicks():
            if len(click) == BARE_LENGTH and programs[program_id].bare_click_ids:
                try:
                    self._tokens.read(click, bare=True)
                except BadToken:
                    bad += 1
        if bad:
            self._counts.facts[batch.kind, "bad_signature"] += bad
            if not self._guesses.take(str(key.key_id), bad):
                told = "Too many click ids that are none came with this key; send these facts again in a minute."
                raise Refusal(429, told, ("retry-after", "60"))

    async def authenticate(self, scope: Any) -> Key:
        """Return the key of the Authorization header. Raises Refusal: 401 unknown, 403 not for facts, 503 closed."""
        found = _BEARER.fullmatch(scope.headers.get("authorization") or "")
        if found is None:
            raise Refusal(401, "Send “Authorization: Bearer hz_…” with an API key.", ("www-authenticate", "Bearer"))
        digest = key_hash(found[1])
        key = self._directory.keys.get(digest)
        if key is None:
            loop = asyncio.get_running_loop()
            try:
                key = await loop.run_in_executor(self._blocking, self._directory.look_up_key, digest)
            except DoorsClosed:
                raise Refusal(503, "The product is starting; try again in a moment.", *RETRY) from None
        if key is None or key.revoked:
            raise Refusal(401, "This API key is not known or was revoked.", ("www-authenticate", "Bearer"))
        if not key.allows("facts:write"):
            raise Refusal(403, "This API key may not send facts; it needs the scope facts:write.")
        return key

    async def catch_up(self) -> bool:
        """Take over programs and goals that were published within this second; say whether there was anything."""
        return await asyncio.get_running_loop().run_in_executor(self._blocking, self._directory.catch_up)

    async def write(self, proto: Any, batch: FactBatch, is_list: bool) -> None:
        """Make a batch durable and answer. Raises Invalid before anything is written."""
        records = batch.records()
        answers = batch.answers()
        last = await self._durable(records) if records else 0
        self._counts.facts[batch.kind, "accepted"] += len(answers)
        if batch.wait and records:
            verdicts = await self._verdicts.of(batch.record_places(last), answers)
            if verdicts is not None:
                status, body = self._verdicts.answer(verdicts, is_list)
                send_json(proto, status, body, kind="json" if status < 400 else "problem+json")
                return
        send_json(proto, 202, {"accepted": len(answers), "facts": answers} if is_list else answers[0])

    async def make_safe(self, batch: FactBatch) -> None:
        """Make a batch durable without answering. Raises Invalid before anything is written."""
        await self._durable(batch.records())

    async def _durable(self, records: list[bytes]) -> int:
        try:
            return await asyncio.wait_for(asyncio.wrap_future(self._append(records)), DURABLE_S)
        except TooLarge:
            raise Refusal(413, "The batch is larger than the journal takes at once; send it in parts.") from None
        except (JournalError, TimeoutError) as error:
            log.error("journal_refused", why=str(error))
            raise Refusal(503, "The fact could not be made safe on disk; send it again.", *RETRY) from None

    async def _fill(self, batch: FactBatch, text: str, key: Key) -> bool:
        is_list, values = json_values(text)
        for index, value in enumerate(values):
            pointer = f"/{index}" if is_list else ""
            if index >= MAX_FACTS:
                raise Invalid([Problem("", f"A batch holds at most {MAX_FACTS} facts.", "too_many")])
            program = self._program(value, key, pointer, batch.problems)
            if program is not None:
                batch.add(value, program.program_id, self.defaults(program, batch.received_at), pointer)
            if index % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
        return is_list

    def defaults(self, program: Program, received_at: datetime) -> FactDefaults:
        """Return what a program's facts may leave out."""
        return FactDefaults(program.currency, received_at, self._email_key, program.goals)

    def _program(self, value: object, key: Key, pointer: str, problems: list[Problem]) -> Program | None:
        """Find the fact's program: named in it, else the key's, else the only one there is."""
        programs = self._directory.links.programs
        named = value.get("program") if isinstance(value, dict) else None
        found: Program | None
        if named is not None:
            found = _named(named, programs)
            if found is not None and key.program_id not in (None, found.program_id):
                found = None  # another program's existence is none of this key's business
        elif key.program_id is not None:
            found = programs.get(key.program_id)
        else:
            current = [program for program in programs.values() if not program.archived]
            found = current[0] if len(current) == 1 else None
        if found is None:
            told = "is no program of this key" if named is not None else "is required: this key serves several programs"
            problems.append(Problem(f"{pointer}/program", f"{pointer}/program {told}.", "unknown_program"))
        return found


def _names_something_new(batch: FactBatch) -> bool:
    return any(problem.code in ("unknown_program", "unknown_goal") for problem in batch.problems)


def _named(named: object, programs: dict[UUID, Program]) -> Program | None:
    """Find a program by its `prg_…` id or its slug."""
    if not isinstance(named, str):
        return None
    try:
        return programs.get(parse_id("prg", named))
    except Invalid:
        return next((program for program in programs.values() if program.slug == named), None)
