"""What a real shop's server does: report an order to the public door, with a key, and read the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from hanse.spine.outbox.actions import absolute_url

SECONDS = 8


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """The status and body of an answer; status 0 when nobody answered."""

    status: int
    body: Mapping[str, Any]

    @property
    def is_taken(self) -> bool:
        """Whether the order is safe with us."""
        return 200 <= self.status < 300

    @property
    def problem(self) -> str:
        """Why it was not taken, in the door's words."""
        return str(self.body.get("detail") or self.body.get("title") or self.status)

    @property
    def text(self) -> str:
        """The body as a reader of the page sees it."""
        return json.dumps(self.body, indent=2, ensure_ascii=False)


def report_order(order: Mapping[str, Any], secret: str) -> DoorAnswer:
    """Send one conversion to this installation's own public door. Never raises for an answer that says no."""
    request = Request(  # noqa: S310  # our own public address, http or https by its setting
        absolute_url("/v1/conversions"), data=json.dumps(order).encode(), method="POST",
        headers={"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
    )  # fmt: skip
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return DoorAnswer(answer.status, _read(answer.read()))
    except HTTPError as error:
        return DoorAnswer(error.code, _read(error.read()))
    except (URLError, OSError, HTTPException) as error:
        return DoorAnswer(0, {"detail": str(error)})


def _read(raw: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError:
        return {"detail": raw[:500].decode(errors="replace")}
    return body if isinstance(body, dict) else {"answer": body}
