"""Reading what senders give as a click."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from hanse.kernel.signing import derive
from hanse.kernel.tokens import BadToken, ClickCore, ClickTokens


def read_click(text: str | None) -> ClickCore | None:
    """Return what a click token says, or None when there is none or it is not one of ours."""
    if not text:
        return None
    try:
        return _tokens(settings.HANSE_MASTER_KEY).read(text)
    except BadToken:
        return None


@lru_cache(maxsize=4)
def _tokens(master: bytes) -> ClickTokens:
    return ClickTokens(derive(master, "click-token"))
