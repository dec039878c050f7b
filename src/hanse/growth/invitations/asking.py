"""Before somebody is invited: are the rows sound, and is anybody on the list to be left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from hanse.growth.invitations.models import Invitation
from hanse.growth.invitations.types import NewInvitation
from hanse.growth.reach.models import Suppression
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.rules import OPEN
from hanse.kernel.reading import pointer_part
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.checks import Checks

MOST_ROWS = 5_000


def check_row(
    checks: Checks, number: int, one: NewInvitation, tiers: Mapping[str, object], questions: Mapping[str, str]
) -> NewInvitation:
    """Return a row as it may be kept; its problems go to `checks` with its number.

    `questions` gives the key for each key and each text of the form's own questions.
    """
    inner = Checks(f"/rows/{pointer_part(str(number))}")
    row = NewInvitation(
        email=inner.email("email", one.email),
        name=inner.text("name", one.name, 200),
        company=inner.text("company", one.company, 200),
        website=inner.web_address("website", one.website),
        channels=tuple(inner.words("channels", one.channels, 300, at_most=20)),
        country=inner.country("country", one.country),
        language=inner.language("language", one.language) if one.language.strip() else "",
        note=inner.text("note", one.note, 5000, lines=True),
        tier=inner.one_of("tier", one.tier.strip().lower(), tiers) if one.tier.strip() else "",
        answers=_answers(inner, one.answers, questions),
    )
    checks.problems += inner.problems
    return row


def _answers(
    inner: Checks, given: Sequence[tuple[str, str]], questions: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for name, value in given:
        key = questions.get(name.strip().lower())
        if key is None:
            inner.refuse("answers", _("The form has no question “%(name)s”.") % {"name": name[:80]}, "unknown_field")
        elif value.strip():
            found[key] = inner.text("answers", value, 5000, lines=True)
    return tuple(found.items())


def left_alone(program: Program, emails: Sequence[str]) -> dict[str, str]:
    """Return who of these addresses is not to be invited (again), and why. Four queries."""
    found: dict[str, str] = {}
    for start in range(0, len(emails), 500):  # a statement takes so many values only
        some = emails[start : start + 500]
        invited = Invitation.objects.filter(program=program, email__in=some).values_list("email", "declined_at")
        found |= {email: "said_no" if declined_at else "invited" for email, declined_at in invited}
        applied = Application.objects.filter(program=program, email__in=some, status__in=OPEN)
        found |= dict.fromkeys(applied.values_list("email", flat=True), "applied")
        suppressed = Suppression.objects.filter(address__in=some, lifted_at=None)
        found |= dict.fromkeys(suppressed.values_list("address", flat=True), "unreachable")
        enrolled = Enrolment.objects.filter(program=program, partner__email__in=some).exclude(status="ended")
        found |= dict.fromkeys(enrolled.values_list("partner__email", flat=True), "partner")
    return found
