"""Our promises in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.growth.care.models import TierPromise


def promise_words(kind: str, number: int, words: str = "") -> str:
    """Say a promise: `an answer within 24 hours`."""
    if kind == TierPromise.Kind.ANSWER:
        said = ngettext("an answer within one hour", "an answer within %(n)d hours", number)
    elif kind == TierPromise.Kind.CALL:
        said = ngettext("a call every day", "a call every %(n)d days", number)
    elif kind == TierPromise.Kind.BRIEFING:
        said = ngettext("word of what comes one day ahead", "word of what comes %(n)d days ahead", number)
    else:
        every = ngettext("every day", "every %(n)d days", number) % {"n": number}
        return _("%(what)s, %(every)s") % {"what": words, "every": every}
    return said % {"n": number}
