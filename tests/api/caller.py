"""A small client of the API for tests: a key, JSON in and out."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client

from hanse.kernel import clock
from hanse.people.access.actions import create_key
from hanse.programs.programs.models import Program


class Caller:
    """Calls /v1 with one key."""

    def __init__(self, *scopes: str, program: Program | None = None) -> None:
        self.key, self.secret = create_key(
            name="tests", scopes=scopes or ("all",), program=program, now=clock.now(), by="tests"
        )
        self.client = Client()

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Send one request and return the answer."""
        sent = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        return self.client.generic(  # type: ignore[return-value]  # the test client's answer is a response
            method, f"/v1{path}", data=b"" if body is None else _json(body), content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {self.secret}", **sent,
        )  # fmt: skip

    def get(self, path: str, status: int = 200) -> Any:
        """Read, and expect a status."""
        return self._expected(self.send("GET", path), status)

    def post(self, path: str, body: Any = None, status: int = 201, **headers: str) -> Any:
        """Send a POST, and expect a status."""
        return self._expected(self.send("POST", path, body, **headers), status)

    def patch(self, path: str, body: Any, status: int = 200) -> Any:
        """Send a PATCH, and expect a status."""
        return self._expected(self.send("PATCH", path, body), status)

    @staticmethod
    def _expected(answer: HttpResponse, status: int) -> Any:
        assert answer.status_code == status, answer.content.decode()
        if status >= 400:
            assert answer["Content-Type"] == "application/problem+json"
        return answer.json()  # type: ignore[attr-defined]  # the test client adds it


def _json(body: Any) -> bytes:
    import json

    return body if isinstance(body, bytes) else json.dumps(body).encode()
