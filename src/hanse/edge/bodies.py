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


# what a sender may call a JSON body; some programs call everything a form unless they are told otherwise
_JSON_TYPES = re.compile(r"[\w.+-]+/(?:[\w.+-]+\+)?json|text/plain|application/x-www-form-urlencoded").fullmatch


class BadBody(HanseError):
    """The body cannot be read. `status` is the HTTP answer, `code` names the reason."""

    def __init__(self, status: int, detail: str, code: str = "bad_json") -> None:
        self.status, self.detail, self.code = status, detail, code
        super().__init__(detail)


async def read_bytes(scope: Any, proto: Any, limit: int = MAX_BODY) -> bytes:
    """Return the body, however it was framed. Raises BadBody: 413 beyond the limit (stops reading), 400 when less came
    than was announced, 408 when it comes too slowly: nobody behind us waits for a body."""
    too_big = BadBody(413, f"The body is larger than {limit // 1024} KiB; send it in parts.", "too_large")
    declared = scope.headers.get("content-length") or ""
    if declared and (not (declared.isascii() and declared.isdigit()) or int(declared[:20]) > limit):
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
        raise BadBody(408, "The body did not come in time; send it again.", "too_slow") from None
    if declared and size != int(declared) and scope.headers.get("transfer-encoding") is None:
        raise BadBody(400, "The body ended before it was complete; send it again.", "incomplete")
    return b"".join(chunks)


async def read_body(scope: Any, proto: Any, limit: int = MAX_BODY) -> str:
    """Return the body as text. Raises BadBody as `read_bytes` does, 415 when it says that it is something else than
    JSON or is compressed, and 400 when it is not UTF-8."""
    kind = (scope.headers.get("content-type") or "").partition(";")[0].strip().lower()
    if kind and not _JSON_TYPES(kind):
        raise BadBody(415, "Send JSON, with “Content-Type: application/json”.", "not_json")
    if (scope.headers.get("content-encoding") or "identity").strip().lower() != "identity":
        raise BadBody(415, "Send the body uncompressed.", "compressed")
    try:
        return (await read_bytes(scope, proto, limit)).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadBody(400, "The body is not UTF-8 text.", "not_utf8") from None


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
            raise _not_json(error) from None
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
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise _not_json(error) from None


def _end(text: str, at: int) -> None:
    if _skip(text, at) != len(text):
        raise BadBody(400, f"The body is not JSON: something follows the list at character {at}.")


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _not_json(error: Exception) -> BadBody:
    if isinstance(error, RecursionError):
        return BadBody(400, "The body is nested too deeply.", "too_deep")
    if isinstance(error, Doubled):
        return BadBody(400, f"{error} Which one holds?", "duplicate_key")
    return BadBody(400, f"The body is not JSON: {error}"[:300])


class Doubled(ValueError):
    """An object says the same name twice: readers differ in which one they take, so we take neither."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    told = dict(pairs)
    if len(told) != len(pairs):
        names = [name for name, _ in pairs]
        name = next(name for place, name in enumerate(names) if name in names[:place])
        raise Doubled(f"“{name[:60]}” stands twice in one object.")
    return told


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_object)
