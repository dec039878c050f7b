"""Payouts as rails see them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from hanse.kernel.ids import text_id
from hanse.money.payouts.models import Payout, PayoutRun
from hanse.money.rails.types import Payment, RunFacts
from hanse.people.partners.models import TaxProfile


def payments_of(payouts: Sequence[Payout]) -> list[Payment]:
    """Return payouts (with their partners) as payments, in the order given. One query."""
    profiles = tax_profiles({one.partner_id for one in payouts})
    return [
        Payment(
            one.pk, text_id("pay", one.pk), one.amount_minor, one.currency, one.partner.name, one.partner.email,
            dict(one.details), *business_and_address(profiles.get(one.partner_id)),
        )
        for one in payouts
    ]  # fmt: skip


def tax_profiles(partner_ids: Collection[UUID]) -> dict[UUID, TaxProfile]:
    """Return what tax papers know of partners; those who have not said are missing."""
    return {row.partner_id: row for row in TaxProfile.objects.filter(partner_id__in=partner_ids)}


def business_and_address(profile: TaxProfile | None) -> tuple[bool, dict[str, str]]:
    """Return whether somebody is a business, and the address on their tax papers."""
    if profile is None:
        return False, {}
    address = {name: getattr(profile, name) for name in ("street", "postal_code", "city", "country")}
    return profile.is_business, address


def facts_of(run: PayoutRun, file_number: int = 1, made_at: datetime | None = None) -> RunFacts:
    """Return what rails need to know of an opened run (with its program)."""
    program, opened_at = run.program, run.opened_at or run.drafted_at
    return RunFacts(run.number, program.name, run.currency, opened_at, program.time_zone, file_number, made_at)
