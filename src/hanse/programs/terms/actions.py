"""Verbs of terms: publishing is the only one, since a version never changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.kernel.errors import Invalid, Problem, Refused
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import goals_of
from hanse.programs.terms.models import Terms
from hanse.programs.terms.rules import body_hash, parse_terms
from hanse.programs.tiers.models import Tier
from hanse.spine.audit.actions import record_creation

NAMED_LOSERS = 10
EarnsLess = Callable[[Terms], Sequence[str]]


def publish_terms(
    *,
    program: Program,
    tier: Tier | None = None,
    enrolment: Enrolment | None = None,
    body: Mapping[str, Any],
    name: str = "",
    legal_text: str = "",
    starts_at: datetime,
    ends_at: datetime | None = None,
    reason: str = "",
    earns_less: EarnsLess | None = None,
    now: datetime,
    by: str,
) -> Terms:
    """Make the next version for a program, one of its tiers or one enrolment, in force from `starts_at` on.

    With `ends_at` the version before it returns by itself. A start in the past is taken only if no conversion would
    earn less: `earns_less` is asked with the stored version and names the conversions that would; without it a past
    start is taken only where nothing was promised before. Raises Invalid (pointers into the body) or Refused.
    """
    parse_terms(body, currency=program.currency, goals={goal.key for goal in goals_of(program.pk)})
    _check_frame(program, tier, enrolment, starts_at, ends_at)
    versions = Terms.objects.filter(program=program, tier=tier, enrolment=enrolment)
    others = Terms.objects.filter(program=program, starts_at__lt=now).exists()
    if starts_at < now and earns_less is None and others:
        raise Refused("starts_in_the_past", _("Terms that change what was promised start now or later."))
    made = Terms.objects.create(
        program=program, tier=tier, enrolment=enrolment, body=body, body_hash=body_hash(body, legal_text),
        number=(versions.aggregate(last=Max("number"))["last"] or 0) + 1, name=name.strip()[:120],
        legal_text=legal_text, reason=reason, starts_at=starts_at, ends_at=ends_at, created_at=now, created_by=by,
    )  # fmt: skip
    losers = earns_less(made) if earns_less is not None and starts_at < now else ()
    if losers:
        raise Refused("would_earn_less", _who_would_lose(losers))
    fields = ("number", "tier_id", "enrolment_id", "body", "starts_at", "ends_at")
    record_creation(made, actor=by, verb="publish_terms", fields=fields, reason=reason, now=now)
    return made


def _who_would_lose(losers: Sequence[str]) -> str:
    named, more = ", ".join(losers[:NAMED_LOSERS]), len(losers) - NAMED_LOSERS
    if more <= 0:
        return _("A version may start in the past only if nobody earns less. These would: %(names)s.") % {
            "names": named
        }
    message = ngettext(
        "A version may start in the past only if nobody earns less. These would: %(names)s and %(more)d more.",
        "A version may start in the past only if nobody earns less. These would: %(names)s and %(more)d more.",
        more,
    )
    return message % {"names": named, "more": more}


def _check_frame(
    program: Program, tier: Tier | None, enrolment: Enrolment | None, starts_at: datetime, ends_at: datetime | None
) -> None:
    problems = []
    if tier is not None and enrolment is not None:
        problems.append(Problem("/tier", _("Terms are for a tier or for one partner, not for both.")))
    if any(scope is not None and scope.program_id != program.pk for scope in (tier, enrolment)):
        problems.append(Problem("/program", _("The tier or partner belongs to another program.")))
    if ends_at is not None and ends_at <= starts_at:
        problems.append(Problem("/ends_at", _("The end comes after the start."), "out_of_range"))
    if problems:
        raise Invalid(problems)
