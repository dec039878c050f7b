"""Waiting for the pipeline: what became of the facts whose sender asked to know."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

from hanse.edge.doors import Doors, DoorsClosed

PATIENCE_S = 5.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.02, 0.2

Told = tuple[int, dict[str, Any]]


class Verdicts:
    """Polls the verdict table without holding anything else up."""

    def __init__(self, doors: Doors, blocking: Executor) -> None:
        self._doors, self._blocking = doors, blocking

    async def of(self, places: Sequence[tuple[int, int]], answers: Sequence[dict[str, str]]) -> list[Told] | None:
        """Return (status, body) for each fact in order, or None when five seconds were not enough."""
        until, pause_s = time.monotonic() + PATIENCE_S, _FIRST_PAUSE_S
        missing, found = {sequence for sequence, _ in places}, dict[tuple[int, int], Told]()
        while time.monotonic() < until:
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
            for sequence in sorted(missing):
                found.update(await self._read(sequence))
            missing = {sequence for sequence, index in places if (sequence, index) not in found}
            if not missing:
                return [_told(found[place], answer) for place, answer in zip(places, answers, strict=True)]
        return None

    def answer(self, verdicts: list[Told], is_list: bool) -> tuple[int, object]:
        """Return the HTTP status and body: one fact's own, or 200 with a list in which each has its status."""
        if not is_list:
            status, body = verdicts[0]
            return status, body if status < 400 else {**body, "status": status, "code": body.get("status", "conflict")}
        return 200, {"facts": [body for _, body in verdicts]}

    async def _read(self, sequence: int) -> dict[tuple[int, int], Told]:
        loop = asyncio.get_running_loop()
        try:
            rows = await loop.run_in_executor(self._blocking, self._doors.verdicts, sequence)
        except DoorsClosed:
            return {}
        return {
            (sequence, row.place): (row.http_status, row.body if isinstance(row.body, dict) else {}) for row in rows
        }


def _told(verdict: Told, answer: dict[str, str]) -> Told:
    """Complete the pipeline's body with what the door knows; a conflict becomes a problem document."""
    status, body = verdict
    known = {"id": answer["id"], "external_id": answer["external_id"]}
    if status < 400:
        return status, {**known, **body, "id": answer["id"]}
    problem = {
        "type": "about:blank",
        "title": "Conflict",
        "status": status,
        "detail": "The same fact is known with other content.",
    }
    return status, {**problem, **known, **body}
