"""A person's word on whose a conversion is: with a reason, in the log, until its commissions are approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.kernel.money import PPM
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import record_change
from hanse.spine.checks import Checks
from hanse.spine.positions.queries import last_moved_at
from hanse.spine.positions.types import ROUND
from hanse.traffic.attribution.models import Credit, HandDecision
from hanse.traffic.attribution.queries import frozen_among
from hanse.traffic.conversions.models import Conversion

MOST_SHARES = 20
HEARD_WITHIN = timedelta(minutes=1)  # from the moment of a word until its transaction is seen by everybody


def credit_by_hand(
    conversion: Conversion, shares: Sequence[tuple[UUID, int]], *, reason: str, now: datetime, by: str
) -> HandDecision:
    """Say whose a conversion is, one enrolment or several with their parts of a million. The pipeline credits and
    prices it within a minute; the evidence stays as it was found.

    Raises Invalid for parts that are no whole, enrolments of other programs, or no reason; refuses a conversion whose
    attribution is frozen: its commissions are approved.
    """
    row = _open(conversion)
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=True, lines=True)
    enrolments = {enrolment_id for enrolment_id, _ in shares}
    if not 1 <= len(shares) <= MOST_SHARES or len(enrolments) < len(shares):
        checks.refuse("shares", _("Name each partner once, at least one and at most twenty."), "out_of_range")
    if any(ppm < 1 for _, ppm in shares) or sum(ppm for _, ppm in shares) != PPM:
        checks.refuse("shares", _("The parts must add up to 100%."), "not_a_whole")
    if Enrolment.objects.filter(id__in=enrolments, program_id=row.program_id).count() < len(enrolments):
        checks.refuse("shares", _("This partner is not in the program."), "not_found")
    checks.done()
    HandDecision.objects.filter(conversion=row, withdrawn_at=None).update(withdrawn_at=now, changed_at=now)
    made = HandDecision.objects.create(
        id=new_id(now), conversion=row, shares=[[str(id_), ppm] for id_, ppm in shares], reason=reason,
        decided_at=now, decided_by=by[:200], changed_at=now,
    )  # fmt: skip
    record_change(
        actor=by, verb="credit_by_hand", subject_kind="conversion", subject_id=row.pk, before=_credits(row),
        after={str(id_): ppm for id_, ppm in shares}, reason=reason, now=now,
    )  # fmt: skip
    return made


def withdraw_hand_decision(conversion: Conversion, *, reason: str, now: datetime, by: str) -> None:
    """Let the evidence decide again. Raises Invalid without a reason; refuses where nobody decided, or it is frozen."""
    row = _open(conversion)
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=True, lines=True)
    checks.done()
    if not HandDecision.objects.filter(conversion=row, withdrawn_at=None).update(withdrawn_at=now, changed_at=now):
        raise Refused("no_hand_decision", _("Nobody has decided this by hand."))
    record_change(
        actor=by, verb="withdraw_hand_decision", subject_kind="conversion", subject_id=row.pk, before=_credits(row),
        after={}, reason=reason, now=now,
    )  # fmt: skip


def hand_decision_of(conversion_id: UUID) -> HandDecision | None:
    """Return the person's word that stands, if there is one."""
    rows = HandDecision.objects.filter(conversion_id=conversion_id, withdrawn_at=None)
    return rows.order_by("-decided_at", "-id").first()


def words_not_heard() -> QuerySet[HandDecision]:
    """Return what people have said so lately, or took back, that the pipeline need not have applied it yet.

    Until it has, nothing of the conversion is to be approved: its credits would be frozen as they were before.
    """
    looked_at = last_moved_at(ROUND)
    rows = HandDecision.objects.all()
    return rows.filter(changed_at__gt=looked_at - HEARD_WITHIN) if looked_at else rows


def _open(conversion: Conversion) -> Conversion:
    row = Conversion.objects.select_for_update(of=("self",)).get(pk=conversion.pk)
    if frozen_among([row.pk]):
        message = _("Its commissions are approved, so its credits stand. Add an adjustment instead.")
        raise Refused("attribution_frozen", message)
    return row


def _credits(row: Conversion) -> dict[str, object]:
    return dict(Credit.objects.filter(conversion=row).values_list("enrolment__partner__name", "share_ppm"))
