"""A newsletter while it is written: what is wrong with it, and how a real partner would read it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from hanse.faces.console.messages.writing import Looked, look
from hanse.growth.newsletters.actions import LANGUAGE
from hanse.growth.newsletters.rules import Part, body_of, readers_of
from hanse.growth.templates.actions import check_contents, said
from hanse.growth.templates.models import LetterKind, MessageVersion
from hanse.growth.templates.previews import unsaved
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program


def look_along(program: Program, subject: str, parts: Sequence[Part], partner: Enrolment | None) -> Looked:
    """Check a newsletter's sections, and fill those that the partner's tier reads. Writes nothing."""
    if problems := tuple(_problems(parts)):
        return Looked(partner, None, problems)
    tiers = readers_of(parts)
    if parts and partner is not None and tiers is not None and (partner.tier is None or partner.tier.key not in tiers):
        return Looked(partner, None, (_("No section is for this partner’s tier: they would not get it."),))
    return look(program, LetterKind.NEWSLETTER, _contents(subject, parts), LANGUAGE, partner)


def version_of(program: Program, subject: str, parts: Sequence[Part]) -> MessageVersion:
    """Return the letter that the sections make, not kept."""
    return unsaved(program, LetterKind.NEWSLETTER, _contents(subject, parts))


def _contents(subject: str, parts: Sequence[Part]) -> dict[str, dict[str, str]]:
    return {LANGUAGE: {"subject": subject, "body": body_of(parts) if parts else ""}}


def _problems(parts: Sequence[Part]) -> list[str]:
    """Say what is wrong section by section: lines are counted within each, as they are typed."""
    found = []
    for number, part in enumerate(parts, 1):
        for text in (part.heading, part.text):
            for places in check_contents({LANGUAGE: {"subject": "–", "body": text or "–"}}).values():
                found += [_("Section %(number)d: %(problem)s") % {"number": number, "problem": said(p)} for p in places]
    return found
