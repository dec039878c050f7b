"""Verbs of announcements: run by the clock, safe to run twice. Old events are not news, so imports wake nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from hanse.growth.announcements.letters import first_sale_letter, payout_letter
from hanse.growth.announcements.models import Announced
from hanse.growth.firstwins.actions import draft_note
from hanse.growth.reach.queries import may_write
from hanse.growth.sharing.models import SharingCustomer
from hanse.growth.templates.models import LetterKind
from hanse.money.commissions.models import Commission
from hanse.money.payouts.models import Payout
from hanse.programs.programs.models import Program
from hanse.spine.outbox.letters import send_letter

NEWS_FOR = timedelta(days=2)
AT_ONCE = 50


def announce_first_sales(now: datetime) -> int:
    """Tell partners about their first commission, by mail; draft the owners' notes. Returns how many were told."""
    rows = list(_first_sales(now)[:AT_ONCE])
    reached = _reached(row.enrolment.partner_id for row in rows)
    for row in rows:
        _tell(row, reached, now)
    return len(rows)


def _first_sales(now: datetime) -> QuerySet[Commission]:
    earlier = Commission.objects.filter(
        enrolment=OuterRef("enrolment"), occurred_at__lt=OuterRef("occurred_at"), earned_minor__gt=0,
        conversion__is_test=False,
    )  # fmt: skip
    told = Announced.objects.filter(kind="first_sale", subject=OuterRef("enrolment_id"))
    programs = list(Program.objects.values_list("pk", flat=True))  # named, so that an index finds the latest at once
    real = Commission.objects.filter(voided_at=None, conversion__is_test=False, enrolment__is_test=False)
    fresh = real.filter(
        program_id__in=programs, accrued_at__gt=now - NEWS_FOR, occurred_at__gt=now - NEWS_FOR, owed_minor__gt=0
    )
    rows = fresh.filter(~Exists(told), ~Exists(earlier)).order_by("occurred_at", "pk")
    return rows.select_related("program", "enrolment__partner__owner", "conversion")


def _reached(partner_ids: Iterable[UUID]) -> set[UUID]:
    """Return those whose address takes letters still."""
    ids = set(partner_ids)
    return may_write(ids, LetterKind.TRANSACTIONAL) if ids else ids


def _tell(row: Commission, reached: set[UUID], now: datetime) -> None:
    _announced, is_new = Announced.objects.get_or_create(
        kind="first_sale", subject=row.enrolment_id, defaults={"announced_at": now}
    )
    partner = row.enrolment.partner
    if is_new:
        if partner.pk in reached:
            key = f"first-sale:{row.enrolment_id}"
            send_letter(first_sale_letter(row), key, to=partner.email, language=partner.language, now=now)
        if not SharingCustomer.objects.filter(enrolment_id=row.enrolment_id).exists():
            draft_note(row, now)  # customers who tell friends are many, and nobody looks after each


def announce_payouts(now: datetime) -> int:
    """Tell partners that money has been sent, by mail. Returns how many were told."""
    told = Announced.objects.filter(kind="payout", subject=OuterRef("pk"))
    sent = Payout.objects.filter(settled_at__gt=now - NEWS_FOR, state=Payout.State.SETTLED)
    found = sent.filter(~Exists(told)).select_related("partner", "run__program").order_by("settled_at", "pk")
    rows = list(found[:AT_ONCE])
    reached = _reached(row.partner_id for row in rows)
    for row in rows:
        _tell_payout(row, reached, now)
    return len(rows)


def _tell_payout(row: Payout, reached: set[UUID], now: datetime) -> None:
    _announced, is_new = Announced.objects.get_or_create(kind="payout", subject=row.pk, defaults={"announced_at": now})
    partner = row.partner
    if is_new and partner.pk in reached:
        key = f"payout-sent:{row.pk}"
        send_letter(payout_letter(row), key, to=partner.email, language=partner.language, now=now)
