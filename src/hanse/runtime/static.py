"""Static files straight from the package: no collecting step, and addresses that change with their content."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import FileResponse, HttpRequest
from whitenoise.middleware import WhiteNoiseMiddleware

FOREVER = "public, max-age=31536000, immutable"


@lru_cache(maxsize=1024)
def content_mark(name: str) -> str:
    """Return ten characters that stand for a static file's content; nothing for a file that is not there."""
    found = finders.find(name)
    if not isinstance(found, str):
        return ""
    return hashlib.blake2b(Path(found).read_bytes(), digest_size=5).hexdigest()


class MarkedStorage(StaticFilesStorage):
    """Writes `/static/name?v=mark`, so that a browser may keep a file for ever and still sees a new one at once."""

    def url(self, name: str | None) -> str:
        """Return a static file's address."""
        address = super().url(name)
        mark = content_mark(name or "")
        return f"{address}?v={mark}" if mark else address


class StaticMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # WhiteNoise has no types
    """Serves static files; one that is asked for with its mark may be kept for ever."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> FileResponse:
        """Answer with the file."""
        response: FileResponse = WhiteNoiseMiddleware.serve(static_file, request)
        if request.GET.get("v"):
            response["Cache-Control"] = FOREVER
        return response
