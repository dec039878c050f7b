"""Words for kinds of letters, as partners read them: what they are, and what comes with them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hanse.growth.reach.rules import OPTIONAL


@dataclass(frozen=True, slots=True)
class KindWords:
    """One kind of letter with its words; `is_on`: the reader gets it."""

    kind: str
    name: str
    about: str
    is_on: bool = True


def name_of_kind(kind: str) -> str:
    """Return what a kind of letter is called."""
    return _words().get(kind, (kind, ""))[0]


def optional_kinds(choices: dict[str, bool]) -> list[KindWords]:
    """Return every kind that can be stopped, with whether it comes."""
    words = _words()
    return [KindWords(kind, *words[kind], choices.get(kind, True)) for kind in OPTIONAL]


def _words() -> dict[str, tuple[str, str]]:
    return {
        "welcome": (pgettext("kind of letter", "First steps"), _("Five short mails after you join.")),
        "newsletter": (pgettext("kind of letter", "News"), _("What is new in the program, and what comes next.")),
        "insight": (
            pgettext("kind of letter", "Your numbers"),
            _("What your own numbers show, if they show anything."),
        ),
        "ideas": (pgettext("kind of letter", "Ideas"), _("Small promotions to try, dates to plan for.")),
        "comeback": (pgettext("kind of letter", "After a pause"), _("What you missed, when it was quiet for a while.")),
        "thanks": (pgettext("kind of letter", "Thanks"), _("Milestones, records and anniversaries of yours.")),
        "invitation": (pgettext("kind of letter", "Invitations"), _("Calls and office hours that you may join.")),
        "honesty": (pgettext("kind of letter", "Faults and changes"), _("When something went wrong, or terms change.")),
        "transactional": (pgettext("kind of letter", "Needed"), _("Payouts, sign-in, answers to you.")),
        "note": (pgettext("kind of letter", "Personal note"), _("Written to you by a person.")),
    }
