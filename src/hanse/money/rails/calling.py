"""Calls to PayPal in three steps, so that no transaction waits for the network: claim, ask, note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils.translation import gettext as _

from hanse.kernel.ids import parse_id
from hanse.money.payouts.closing import fail_payout
from hanse.money.payouts.models import Payout
from hanse.money.rails.answers import apply_answers
from hanse.money.rails.models import Sending
from hanse.money.rails.paypal_api import (
    NEVER_SENT,
    BatchAnswer,
    NotAllowedYet,
    PayPal,
    SentBefore,
    TurnedDown,
)
from hanse.money.rails.settings import rail_values
from hanse.spine.outbound import NoAnswer, NotCalled
from hanse.spine.outbox.actions import retry_after

BY = "paypal"
SAFE_FOR = timedelta(days=29)  # PayPal keeps batch ids for 30 days: only so long is a retry known not to pay twice
WATCH_FOR = timedelta(days=60)  # money may come back that long after it arrived
SOON, DAILY = timedelta(minutes=2), timedelta(days=1)
State = Sending.State


@dataclass(frozen=True, slots=True)
class Heard:
    """What a call brought: an id of the batch, its items, a refusal for good, or why to ask again."""

    outside_id: str = ""
    batch: BatchAnswer | None = None
    refused: str = ""
    again: str = ""


def claim_sendings(now: datetime, limit: int = 5, for_seconds: int = 120) -> list[Sending]:
    """Take calls that are due for a while; each is given to one asker."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = Sending.objects.filter(free, state__in=(State.WAITING, State.SENT), due_at__lte=now)
    taken = []
    for one in due.select_related("run__program").order_by("due_at", "id")[:limit]:
        until = now + timedelta(seconds=for_seconds)
        rows = Sending.objects.filter(free, pk=one.pk, state=one.state, tries=one.tries)
        if rows.update(claimed_until=until, tries=F("tries") + 1):
            one.tries += 1
            taken.append(one)
    return taken


def ask(sending: Sending, now: datetime) -> Heard:
    """Make the call that is due: send the batch as it was written down, or read back what became of it.

    A batch with a payment that is not on its way any more is not sent.
    """
    try:
        paypal = PayPal(rail_values(sending.run.program_id, "paypal"))
        if sending.state == State.SENT:
            return Heard(sending.outside_id, batch=paypal.read(sending.outside_id))
        left = len(_in_transit(sending))
        if left < len(sending.body["items"]):  # what a person noted is paid elsewhere, or payable again: never send it
            words = _(
                "A payment of this call was noted by hand, so it is not sent. Look at PayPal and note the others."
            )
            return Heard(again=words) if left else Heard(refused=words)
        if sending.tries > 1 and now - sending.made_at > SAFE_FOR:
            return Heard(again=_("Sent too long ago to be sent again safely: look at PayPal and note the results."))
        return Heard(paypal.send(sending.body))
    except SentBefore as known:
        if known.outside_id:
            return Heard(known.outside_id)
        return Heard(again=_("PayPal knows this batch but does not name it: look at PayPal and note the results."))
    except TurnedDown as refusal:
        return Heard(refused=str(refusal))
    except (NotAllowedYet, NoAnswer, NotCalled, KeyError) as problem:
        return Heard(again=str(problem) or type(problem).__name__)


def note(sending: Sending, heard: Heard, now: datetime) -> None:
    """Keep what a call brought: payouts settle, fail or come back; what is unknown stays in transit."""
    sending.last_error, sending.claimed_until = heard.again or heard.refused, None
    if heard.refused:
        sending.state = State.REFUSED
        _fail_all(sending, heard.refused, now)
    elif heard.again:
        sending.due_at = now + max(retry_after(sending.tries), timedelta(seconds=30))
    else:
        if sending.state == State.WAITING:
            sending.state, sending.outside_id, sending.sent_at, sending.tries = State.SENT, heard.outside_id, now, 0
            sending.due_at = now + timedelta(seconds=15)
        if heard.batch is not None:
            _note_batch(sending, heard.batch, now)
    sending.save(
        update_fields=[
            "state", "outside_id", "sent_at", "read_at", "tries", "due_at", "claimed_until", "last_error",
        ]
    )  # fmt: skip


def _note_batch(sending: Sending, batch: BatchAnswer, now: datetime) -> None:
    apply_answers(sending.run, batch.items, now=now, by=BY)
    sending.read_at = now
    if batch.state in NEVER_SENT:
        _fail_all(sending, _("PayPal turned the batch down (%(state)s).") % {"state": batch.state}, now)
    if _in_transit(sending):
        sending.due_at = now + min(SOON * max(1, sending.tries), timedelta(hours=1))
    elif sending.sent_at is not None and now - sending.sent_at > WATCH_FOR:
        sending.state = State.READ
    else:
        sending.due_at = now + DAILY


def _fail_all(sending: Sending, reason: str, now: datetime) -> None:
    for payout in _in_transit(sending):
        fail_payout(payout, reason, now=now, by=BY)


def _in_transit(sending: Sending) -> list[Payout]:
    ids = [parse_id("pay", item["sender_item_id"]) for item in sending.body["items"]]
    rows = Payout.objects.filter(run=sending.run, state=Payout.State.IN_TRANSIT).select_related("run")
    wanted = set(ids)
    return [one for one in rows if one.pk in wanted]
