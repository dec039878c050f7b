"""The answers that are not redirects: JSON, problem documents (RFC 9457) and plain pages."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from hanse.kernel.errors import Problem

Headers = list[tuple[str, str]]
MAX_QUERY = 8 * 1024  # bytes of a query; servers behind us and before us take no more either
NO_STORE = ("cache-control", "no-store")
_PLAIN = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
}


def send_json(proto: Any, status: int, body: object, extra: Sequence[tuple[str, str]] = (), kind: str = "json") -> None:
    """Answer with a JSON body that no cache keeps."""
    headers = [("content-type", f"application/{kind}"), NO_STORE, *extra]
    proto.response_str(status, headers, json.dumps(body, separators=(",", ":")))


def send_problem(
    proto: Any,
    status: int,
    detail: str,
    problems: Sequence[Problem] = (),
    extra: Sequence[tuple[str, str]] = (),
    **more: Any,
) -> None:
    """Answer with a problem document: what is wrong, where, and how to mend it."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if problems:
        body["errors"] = [{"pointer": p.pointer, "message": p.message, "code": p.code} for p in problems]
    send_json(proto, status, {**body, **more}, extra, kind="problem+json")


def send_page(proto: Any, status: int, title: str, text: str, extra: Sequence[tuple[str, str]] = ()) -> None:
    """Answer with a short page in plain words."""
    headers = [("content-type", "text/html; charset=utf-8"), NO_STORE, *_PLAIN.items(), *extra]
    proto.response_str(status, headers, page(title, text))


def send_too_long(proto: Any, *, is_api: bool) -> None:
    """Answer that an address is longer than anybody needs; nothing of it is kept."""
    title, text = "The address is too long", f"What follows the ? has more than {MAX_QUERY // 1024} KiB."
    if is_api:
        send_problem(proto, 414, f"{title}: {text}", code="address_too_long")
    else:
        send_page(proto, 414, title, text)


def page(title: str, text: str) -> str:
    """Return the whole page: no script, no outside resource, readable on any screen."""
    heading, words = html.escape(title), html.escape(text)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{heading}</title>'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><style>'
        "body{font:1rem/1.6 system-ui,sans-serif;color:#1c2733;background:#f6f7f9;margin:0;display:grid;"
        "min-height:100vh;place-items:center}main{max-width:34rem;padding:2rem}"
        "h1{font-size:1.5rem;line-height:1.25;margin:0 0 .5rem}"
        "p{margin:0;color:#46515d}"
        "@media(prefers-color-scheme:dark){body{background:#12181f;color:#f0f3f6}p{color:#b6c0ca}}"
        f"</style></head><body><main><h1>{heading}</h1><p>{words}</p></main></body></html>"
    )
