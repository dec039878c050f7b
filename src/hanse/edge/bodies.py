"""Request bodies: read with a limit, decoded strictly, lists taken entry by entry."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from hanse.kernel.errors import HanseError

MAX_BODY = 8 * 1024 * 1024
PATIENCE_S, PAUSE_S = 120.0, 20.0  # for a whole body, and for each piece of it
_SPACE = re.compile(r"[ \t\n\r]*")


class BadBody(HanseError):
    """The body cannot be read. `status` is the HTTP answer."""

    def __init__(self, status: int, detail: str) -> None:
        self.status, self.detail = status, detail
        super().__init__(detail)


async def read_bytes(scope: Any, proto: Any, limit: int = MAX_BODY) -> bytes:
    """Return the body, however it was framed. Raises BadBody: 413 beyond the limit (stops reading), 408 when it comes
    too slowly: nobody behind us waits for a body."""
    too_big = BadBody(413, f"The body is larger than {limit // 1024} KiB; send it in parts.")
    declared = scope.headers.get("content-length") or "0"
    if not (declared.isascii() and declared.isdigit()) or int(declared) > limit:
        raise too_big
    chunks, size, now = [], 0, asyncio.get_running_loop().time
    latest = now() + PATIENCE_S
    try:
        async with asyncio.timeout(PAUSE_S) as patience:
            async for chunk in proto:
                size += len(chunk)
                if size > limit:
                    raise too_big
                chunks.append(chunk)
                patience.reschedule(min(latest, now() + PAUSE_S))
                await asyncio.sleep(0)  # a fast uploader must not keep clicks waiting
    except TimeoutError:
        raise BadBody(408, "The body did not come in time; send it again.") from None
    return b"".join(chunks)


async def read_body(scope: Any, proto: Any, limit: int = MAX_BODY) -> str:
    """Return the body as text. Raises BadBody as `read_bytes` does, and 400 when it is not UTF-8."""
    try:
        return (await read_bytes(scope, proto, limit)).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadBody(400, "The body is not UTF-8 text.") from None


def json_values(text: str) -> tuple[bool, Iterator[object]]:
    """Return (is a list, its entries one by one): a long list is never decoded at once.

    The iterator raises BadBody 400 where the text stops being JSON (NaN and Infinity are not JSON).
    """
    start = _skip(text, 0)
    if text[start : start + 1] != "[":
        return False, iter([_decode_all(text)])
    return True, _entries(text, start + 1)


def _entries(text: str, at: int) -> Iterator[object]:
    at = _skip(text, at)
    if text[at : at + 1] == "]":
        _end(text, at + 1)
        return
    while True:
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise BadBody(400, f"The body is not JSON: {error}"[:300]) from None
        yield value
        at = _skip(text, at)
        mark, at = text[at : at + 1], at + 1
        if mark == "]":
            _end(text, at)
            return
        if mark != ",":
            raise BadBody(400, f"The body is not JSON: a comma or ] is missing at character {at - 1}.")
        at = _skip(text, at)


def _decode_all(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadBody(400, f"The body is not JSON: {error}"[:300]) from None


def _end(text: str, at: int) -> None:
    if _skip(text, at) != len(text):
        raise BadBody(400, f"The body is not JSON: something follows the list at character {at}.")


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(parse_constant=_refuse)
