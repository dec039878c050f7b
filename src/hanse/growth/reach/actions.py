"""Verbs of reach: switching kinds of letters off and on, and what comes back from addresses."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Max

from hanse.growth.reach.models import AddressReport, LetterChoice, Suppression
from hanse.growth.reach.rules import OPTIONAL, SOFT_WITHIN, stays_away
from hanse.growth.sends.models import Send
from hanse.kernel.ids import new_id
from hanse.people.partners.models import Partner
from hanse.spine.audit.actions import record_change
from hanse.spine.audit.models import AuditEntry

_LATELY = timedelta(days=7)


def choose_letters(partner: Partner, wanted: Collection[str], *, how: str, now: datetime, by: str) -> list[str]:
    """Switch on the kinds that are `wanted` and off every other that can be stopped; returns those that changed."""
    off = _off(partner)
    changed = [kind for kind in OPTIONAL if (kind in off) == (kind in wanted)]
    _switch(partner, changed, wanted, how=how, now=now, by=by)
    return changed


def stop_letters(partner: Partner, kind: str, *, how: str, now: datetime) -> bool:
    """Switch one kind off for a partner, and touch no other. Doing it twice changes nothing; returns whether it was on.

    A kind that is owed cannot be stopped: nothing happens.
    """
    if kind not in OPTIONAL or kind in _off(partner):
        return False
    _switch(partner, [kind], (), how=how, now=now, by=partner.email)
    return True


def _switch(
    partner: Partner, changed: Collection[str], wanted: Collection[str], *, how: str, now: datetime, by: str
) -> None:
    """Switch kinds on that are `wanted`, and off the others of those that change."""
    for kind in changed:
        LetterChoice.objects.update_or_create(
            partner=partner, kind=kind, defaults={"is_off": kind not in wanted, "how": how, "changed_at": now}
        )
    if changed:
        record_change(
            actor=by, verb="choose_letters", subject_kind="partner", subject_id=partner.pk,
            before={kind: kind not in wanted for kind in changed},
            after={kind: kind in wanted for kind in changed}, reason=how, now=now,
        )  # fmt: skip


def note_bounce(address: str, is_permanent: bool, now: datetime) -> bool:
    """Note that a mail came back. A lasting bounce, or passing ones on three days of thirty, closes the address.

    Returns whether the address is closed by it now.
    """
    address = address.strip().lower()
    kind = AddressReport.Kind.HARD_BOUNCE if is_permanent else AddressReport.Kind.SOFT_BOUNCE
    AddressReport.objects.create(id=new_id(now), address=address, kind=kind, at=now)
    last = _last_send(address, now, bounced_at=None)
    if last is not None:
        Send.objects.filter(pk=last.pk).update(bounced_at=now)
    if not is_permanent:
        since = max(now - SOFT_WITHIN, _last_reopened(address) or now - SOFT_WITHIN)  # what came before is settled
        rows = AddressReport.objects.filter(address=address, kind=AddressReport.Kind.SOFT_BOUNCE, at__gt=since)
        is_permanent = stays_away(rows.values_list("at", flat=True), now)
    return is_permanent and _suppress(address, Suppression.Why.BOUNCE, now)


def note_complaint(address: str, now: datetime) -> bool:
    """Note that somebody called a mail spam: nothing but what is owed goes there. Returns whether that is new."""
    address = address.strip().lower()
    AddressReport.objects.create(id=new_id(now), address=address, kind=AddressReport.Kind.COMPLAINT, at=now)
    last = _last_send(address, now, complained_at=None)
    if last is not None:
        Send.objects.filter(pk=last.pk).update(complained_at=now)
    return _suppress(address, Suppression.Why.COMPLAINT, now)


def reopen_address(address: str, *, now: datetime, by: str) -> bool:
    """Write to an address again, after a person made sure. Returns whether it was closed.

    Where a bounce hid a complaint, the complaint still stands: only what is owed goes there then.
    """
    address = address.strip().lower()
    row = Suppression.objects.filter(address=address, lifted_at=None).first()
    if row is None:
        return False
    if row.why == Suppression.Why.BOUNCE and _is_complained_of(address):
        Suppression.objects.filter(pk=row.pk).update(why=Suppression.Why.COMPLAINT)
    else:
        Suppression.objects.filter(pk=row.pk).update(lifted_at=now, lifted_by=by[:200])
    record_change(
        actor=by, verb="reopen_address", subject_kind="address", subject_id=address[:80],
        before={"why": row.why}, after={}, now=now,
    )  # fmt: skip
    return True


def _is_complained_of(address: str) -> bool:
    """Say whether somebody called our mail spam since a colleague last opened the address."""
    rows = AddressReport.objects.filter(address=address, kind=AddressReport.Kind.COMPLAINT)
    at, reopened_at = rows.aggregate(latest=Max("at"))["latest"], _last_reopened(address)
    return at is not None and (reopened_at is None or at > reopened_at)


def _last_reopened(address: str) -> datetime | None:
    rows = AuditEntry.objects.filter(subject_kind="address", subject_id=address[:80], verb="reopen_address")
    return rows.order_by("-at").values_list("at", flat=True).first()


def _suppress(address: str, why: Suppression.Why, now: datetime) -> bool:
    row = Suppression.objects.filter(pk=address).first()
    if row is not None and row.lifted_at is None and (row.why == why or row.why == Suppression.Why.BOUNCE):
        return False  # a bounce says more than a complaint
    Suppression.objects.update_or_create(
        address=address, defaults={"why": why, "since": now, "lifted_at": None, "lifted_by": ""}
    )
    return True


def _last_send(address: str, now: datetime, **unset: None) -> Send | None:
    rows = Send.objects.filter(partner__email__iexact=address, queued_at__gt=now - _LATELY, queued_at__lte=now, **unset)
    return rows.order_by("-queued_at", "-pk").first()


def _off(partner: Partner) -> set[str]:
    return set(LetterChoice.objects.filter(partner=partner, is_off=True).values_list("kind", flat=True))
