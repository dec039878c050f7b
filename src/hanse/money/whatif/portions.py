"""Work cut into portions, one after the other or some at once in processes of their own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from django.db import connections

AT_ONCE = 20_000
Part = TypeVar("Part")
Result = TypeVar("Result")


def portions(counts: Mapping[UUID, int]) -> Iterator[list[UUID]]:
    """Cut enrolments into portions of some ten thousand credits, so that memory does not grow with the program."""
    part: list[UUID] = []
    size = 0
    for one, count in counts.items():
        if part and size + count > AT_ONCE:
            yield part
            part, size = [], 0
        part.append(one)
        size += count
    if part:
        yield part


def in_turn_or_at_once(work: Callable[[Part], Result], parts: Sequence[Part], workers: int) -> Iterator[Result]:
    """Yield what the work answers for each part, in no promised order.

    Workers begin as copies of this process and open connections of their own, so that only a command may ask for more
    than one: a copy of a process with threads could wait for ever.
    """
    if workers < 2 or len(parts) < 2:
        yield from map(work, parts)
        return
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(min(workers, len(parts))) as pool:
        yield from pool.imap_unordered(work, parts)
