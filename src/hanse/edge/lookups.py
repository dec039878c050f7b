"""Links asked for that are not in memory: read together, one read at a time, so that a flood cannot queue reads."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from itertools import islice

from hanse.edge.directory import Directory
from hanse.kernel.paths import is_slug

MAX_WAITING = 2_000
_TOGETHER = 200


class LookUps:
    """Brings links into memory. Whoever asks for the same slug waits for the same read; reads follow one another."""

    def __init__(self, directory: Directory, blocking: Executor) -> None:
        self._directory, self._blocking = directory, blocking
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._reader: asyncio.Task[None] | None = None
        self.turned_away = 0

    async def bring(self, slug: str) -> None:
        """Return when the database was asked for a slug, at once where that is no use or too many wait already."""
        if not is_slug(slug) or self._directory.links.is_unknown(slug):
            return
        answer = self._waiting.get(slug)
        if answer is None:
            if len(self._waiting) >= MAX_WAITING:
                self.turned_away += 1
                return
            answer = self._waiting[slug] = asyncio.get_running_loop().create_future()
            if self._reader is None:
                self._reader = asyncio.create_task(self._read())
        await asyncio.shield(answer)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                slugs = list(islice(self._waiting, _TOGETHER))
                try:
                    await loop.run_in_executor(self._blocking, self._directory.look_up_many, slugs)
                finally:
                    for slug in slugs:
                        self._tell(slug)
        finally:
            self._reader = None
            for slug in list(self._waiting):
                self._tell(slug)

    def _tell(self, slug: str) -> None:
        answer = self._waiting.pop(slug, None)
        if answer is not None and not answer.done():
            answer.set_result(None)
