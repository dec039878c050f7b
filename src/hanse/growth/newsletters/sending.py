"""Planning newsletters part by part: the row remembers how far it came, so a restart goes on there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hanse.growth.newsletters.models import Newsletter
from hanse.growth.newsletters.queries import readers_now
from hanse.growth.sends.planning import Measured, plan_send
from hanse.growth.sends.strategic import strategic_among
from hanse.growth.sends.types import Priority

AT_ONCE = 500
_ON_THE_WAY = (Newsletter.State.SCHEDULED, Newsletter.State.SENDING)


def to_be_planned(now: datetime) -> list[Newsletter]:
    """Return newsletters whose time has come, or that were interrupted. One query."""
    rows = Newsletter.objects.filter(state__in=_ON_THE_WAY, send_at__lte=now)
    return list(rows.select_related("audience", "version__template").order_by("send_at", "id"))


def left_to_plan(newsletter: Newsletter, now: datetime) -> list[UUID]:
    """Return those whom a newsletter means now and who were not planned yet, by id."""
    done = newsletter.planned_to
    return [who for who in readers_now(newsletter, now) if done is None or who > done]


def plan_part(newsletter: Newsletter, part: Sequence[UUID], now: datetime) -> int:
    """Plan a newsletter for the next part of its readers; an empty part says that it is done. One transaction.

    The draw of the holdout and the start of measuring are the same for everybody. Returns how many are new. Nothing is
    planned of one that was called off, or taken back to be changed, since `newsletter` was read.
    """
    assert newsletter.version is not None
    assert newsletter.send_at is not None
    if not _still_goes(newsletter):
        return 0
    if not part:
        Newsletter.objects.filter(pk=newsletter.pk).update(state=Newsletter.State.SENT)
        return 0
    never = strategic_among(newsletter.program_id, part) if newsletter.holdout_ppm else ()
    measured = Measured(
        newsletter.action, newsletter.action_days, f"newsletter:{newsletter.pk}", newsletter.holdout_ppm, never
    )
    count = plan_send(
        newsletter.version, part, reason=Priority.NEWSLETTER, key=f"newsletter:{newsletter.pk}", now=now,
        due_at=newsletter.send_at, newsletter=newsletter, measured=measured,
    )  # fmt: skip
    newsletter.planned_to, newsletter.planned_count = part[-1], newsletter.planned_count + count
    Newsletter.objects.filter(pk=newsletter.pk).update(
        state=Newsletter.State.SENDING, planned_to=newsletter.planned_to, planned_count=newsletter.planned_count
    )
    return count


def _still_goes(newsletter: Newsletter) -> bool:
    """Say whether a newsletter is what it was when it was read; it stays so until the end of the transaction."""
    rows = Newsletter.objects.select_for_update().filter(state__in=_ON_THE_WAY, version=newsletter.version)
    return rows.filter(pk=newsletter.pk, send_at=newsletter.send_at).exists()
