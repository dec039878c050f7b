"""Verbs of enrolments."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.people.partners.models import Partner
from hanse.programs.enrolments import rules
from hanse.programs.enrolments.models import Agreement, Enrolment, StatusChange, TierChange
from hanse.programs.programs.models import Program
from hanse.programs.programs.rules import FIRST_TIER
from hanse.programs.terms.models import Terms
from hanse.programs.tiers.models import Tier
from hanse.programs.tiers.queries import tier_by_key
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks
from hanse.spine.doors.actions import block_links_of, unblock_links_of

_AUDITED = ("program_id", "partner_id", "status", "tier_id", "is_test", "enrolled_at")


def enrol(
    partner: Partner, program: Program, *, tier: Tier | None = None, status: str = "active", enrolled_at: datetime,
    reason: str = "", now: datetime, by: str, is_test: bool = False,
) -> Enrolment:  # fmt: skip
    """Enrol a partner, by default into the tier *new*. Raises Invalid; refuses a second time and archived ones."""
    tier = tier or tier_by_key(program.pk, FIRST_TIER)
    checks = Checks()
    checks.one_of("status", status, ("pending", "active"))
    if enrolled_at > now:
        checks.refuse("enrolled_at", _("An enrolment cannot begin in the future."), "in_the_future")
    _check_tier(checks, tier, program)
    checks.done()
    if program.archived_at or partner.archived_at:
        raise Refused("archived", _("An archived program or partner takes no new enrolments."))
    if Enrolment.objects.filter(partner=partner, program=program).exists():
        names = {"partner": partner.name, "program": program.name}
        raise Refused("already_enrolled", _("%(partner)s is already enrolled in %(program)s.") % names)
    enrolment = Enrolment(
        id=new_id(now), program=program, partner=partner, status=status, tier=tier, is_test=is_test,
        enrolled_at=enrolled_at,
    )  # fmt: skip
    enrolment.save(force_insert=True)
    StatusChange.objects.create(enrolment=enrolment, status=status, at=enrolled_at, reason=reason, actor=by[:200])
    TierChange.objects.create(enrolment=enrolment, tier=tier, at=enrolled_at, reason=reason, actor=by[:200])
    record_creation(enrolment, actor=by, verb="enrol", fields=_AUDITED, reason=reason, now=now)
    return enrolment


def change_status(
    enrolment: Enrolment, status: str, *, at: datetime, reason: str = "", by: str, now: datetime | None = None
) -> Enrolment:
    """Change an enrolment's status from `at` on and keep the dated change; the same status changes nothing.

    Raises Invalid for an unknown status, a missing reason (suspended, ended) or a date before the last change;
    refuses what may not follow. Suspending blocks the links at the edge; ending leaves what is owed to be paid.
    """
    stored = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if stored.status != status:
        _check_change(stored, status, at, reason, now or at)
        before = stored.status
        values = {"status": status, "ended_at": at if status == "ended" else None}
        audited_save(stored, values, actor=by, verb="change_status", reason=reason, now=now or at)
        StatusChange.objects.create(enrolment=stored, status=status, at=at, reason=reason, actor=by[:200])
        if status == "suspended":
            block_links_of(stored.pk)
        elif before == "suspended":
            unblock_links_of(stored.pk)
    enrolment.status, enrolment.ended_at = stored.status, stored.ended_at
    return enrolment


def _check_change(enrolment: Enrolment, status: str, at: datetime, reason: str, now: datetime) -> None:
    checks = Checks()
    checks.one_of("status", status, rules.STATUSES)
    if status in rules.NEEDS_REASON and not reason.strip():
        checks.refuse("reason", _("Say why: the partner will read it."), "required")
    if at > now:
        checks.refuse("at", _("A change cannot be dated in the future."), "in_the_future")
    if StatusChange.objects.filter(enrolment=enrolment, at__gt=at).exists():
        message = _("The status already changed after this date; a change cannot be put before it.")
        checks.refuse("at", message, "out_of_order")
    checks.done()
    if not rules.may_follow(enrolment.status, status):
        names = {"before": enrolment.status, "after": status}
        raise Refused("status_cannot_follow", _("An enrolment that is %(before)s cannot become %(after)s.") % names)


def move_to_tier(
    enrolment: Enrolment, tier: Tier, *, reason: str = "", at: datetime | None = None, now: datetime, by: str
) -> Enrolment:
    """Move an enrolment to a tier of its program from `at` (default now) on; the same tier changes nothing.

    Raises Invalid for another program's tier or a date before the last move.
    """
    at = at or now
    checks = Checks()
    _check_tier(checks, tier, enrolment.program)
    if TierChange.objects.filter(enrolment=enrolment, at__gt=at).exists():
        message = _("The tier already changed after this date; a move cannot be put before it.")
        checks.refuse("at", message, "out_of_order")
    checks.done()
    if audited_save(enrolment, {"tier_id": tier.pk}, actor=by, verb="move_to_tier", reason=reason, now=now):
        TierChange.objects.create(enrolment=enrolment, tier=tier, at=at, reason=reason, actor=by[:200])
    return enrolment


def _check_tier(checks: Checks, tier: Tier, program: Program) -> None:
    if tier.program_id != program.pk:
        checks.refuse("tier", _("This tier belongs to another program."), "not_an_option")


def accept_terms(
    enrolment: Enrolment, terms: Terms, *, by: str, at: datetime, evidence: str = "",
    offered: tuple[str, datetime] | None = None,
) -> Agreement:  # fmt: skip
    """Keep that an enrolment accepted one version of terms: who, when, and the hash of what was read.

    `evidence` proves what somebody recorded for the partner; `offered` is who signed for the program, and when.
    Accepting the same version again keeps the first acceptance. Refuses terms that are not meant for this enrolment.
    """
    meant = terms.program_id == enrolment.program_id and terms.enrolment_id in (None, enrolment.pk)
    if not meant:
        raise Refused("other_terms", _("These terms are not meant for this enrolment."))
    kept = Agreement.objects.filter(enrolment=enrolment, terms=terms).first()
    if kept is not None:
        return kept
    agreement = Agreement(
        id=new_id(at), enrolment=enrolment, terms=terms, body_hash=terms.body_hash, accepted_by=by[:200],
        accepted_at=at, evidence=evidence[:2000], offered_by=offered[0][:200] if offered else "",
        offered_at=offered[1] if offered else None,
    )  # fmt: skip
    agreement.save(force_insert=True)
    record_change(
        actor=by, verb="accept_terms", subject_kind="enrolment", subject_id=enrolment.pk,
        before={}, after={"terms": terms.pk, "number": terms.number, "body_hash": terms.body_hash}, now=at,
    )  # fmt: skip
    return agreement
