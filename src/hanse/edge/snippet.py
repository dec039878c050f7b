"""The snippet for shops, served from memory with an ETag."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

_SOURCE = (Path(__file__).parent / "hz.js").read_text(encoding="utf-8")
ETAG = f'"{hashlib.blake2b(_SOURCE.encode(), digest_size=8).hexdigest()}"'
_HEADERS = [
    ("content-type", "text/javascript; charset=utf-8"),
    ("cache-control", "public, max-age=3600, stale-while-revalidate=86400"),
    ("etag", ETAG),
    ("x-content-type-options", "nosniff"),
    ("access-control-allow-origin", "*"),
    ("cross-origin-resource-policy", "cross-origin"),
]


def send_snippet(scope: Any, proto: Any) -> None:
    """Answer GET /hz.js: 304 to a browser that has it already."""
    known = (scope.headers.get("if-none-match") or "").replace("W/", "")
    if ETAG in [tag.strip() for tag in known.split(",")]:
        proto.response_empty(304, _HEADERS[1:3])
    elif scope.method == "HEAD":
        proto.response_empty(200, _HEADERS)
    else:
        proto.response_str(200, _HEADERS, _SOURCE)
