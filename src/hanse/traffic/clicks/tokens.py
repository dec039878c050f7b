"""Reading what senders give as a click."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from django.conf import settings

from hanse.kernel.signing import derive
from hanse.kernel.tokens import BARE_LENGTH, BadToken, ClickCore, ClickTokens
from hanse.programs.programs.models import Program


def read_click(text: str | None, *, bare: bool = False) -> ClickCore | None:
    """Return what a click token says in any of its forms, or None when there is none or it is not one of ours.

    `bare`: the click's 24-digit id alone is taken too, as some programs allow (`programs_with_bare_ids`).
    """
    if not text:
        return None
    try:
        return _tokens(settings.HANSE_MASTER_KEY).read(text, bare=bare)
    except BadToken:
        return None


def programs_with_bare_ids(said: Iterable[tuple[UUID, str | None]]) -> frozenset[UUID]:
    """Return which programs, of those for which a click's bare id was given, allow it: one query, mostly none."""
    asked = {program_id for program_id, click in said if click and len(click) == BARE_LENGTH}
    if not asked:
        return frozenset()
    return frozenset(Program.objects.filter(pk__in=asked, bare_click_ids=True).values_list("pk", flat=True))


@lru_cache(maxsize=4)
def _tokens(master: bytes) -> ClickTokens:
    return ClickTokens(derive(master, "click-token"))
