"""Moving somebody to another tier, with all that the move means for what is owed."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.money.commissions.pricing import price_conversions
from hanse.money.ledger.actions import lock_chain
from hanse.money.promises.actions import settle
from hanse.programs.enrolments import actions
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.tiers.models import Tier
from hanse.traffic.attribution.models import Credit


def move_to_tier(
    enrolment: Enrolment, tier: Tier, *, reason: str = "", at: datetime | None = None, now: datetime, by: str
) -> Enrolment:
    """Move an enrolment as `programs.enrolments.actions.move_to_tier` does, and price anew what the move concerns.

    Orders at the very moment of the move, or dated after it, go by the new tier: so they come out alike whether they
    were recorded before the move or after it. A move that begins in the past is refused where an order since then would
    earn less.
    """
    begins_at = at or now
    lock_chain()
    before = enrolment.tier_id
    moved = actions.move_to_tier(enrolment, tier, reason=reason, at=at, now=now, by=by)
    if before == moved.tier_id:
        return moved
    later = Credit.objects.filter(enrolment=enrolment, occurred_at__gte=begins_at)
    changes = price_conversions(set(later.values_list("conversion_id", flat=True)), now)
    lost = [one for one in changes if one.enrolment_id == enrolment.pk and one.after_minor < one.before_minor]
    if begins_at < now and lost:
        raise Refused("would_earn_less", _("A move may begin in the past only if no order since then earns less."))
    settle([enrolment.pk], now)
    return moved
