"""The audit before money moves: gathers what the rules look at, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import F, Sum

from hanse.kernel.ids import text_id
from hanse.kernel.money import PPM
from hanse.money.commissions.models import Commission
from hanse.money.holds.models import Case
from hanse.money.payouts.lines import refunded_later, unbooked_payable
from hanse.money.payouts.models import Payout
from hanse.money.payouts.types import Candidate
from hanse.money.rails.payments import business_and_address, tax_profiles
from hanse.money.rails.registry import RAILS_BY_KEY
from hanse.money.rails.settings import rail_values
from hanse.money.rails.types import Payment
from hanse.people.partners.models import PayoutDetails
from hanse.programs.enrolments.models import Agreement, Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import policy_of
from hanse.traffic.attribution.models import Credit

Taken = Mapping[UUID, list[tuple[UUID | None, int]]]  # enrolment: (commission, amount) of each line


def candidates(program: Program, taken: Taken, as_of: datetime, *, rail: str, now: datetime) -> list[Candidate]:
    """Return what the audit looks at for each enrolment, by the partner's name. `as_of` is when lines were taken."""
    rows = Enrolment.objects.filter(pk__in=taken).select_related("partner").order_by("partner__name", "id")
    enrolments = list(rows)
    ids = [row.pk for row in enrolments]
    commissions = {one: row.pk for row in enrolments for one, _amount in taken[row.pk] if one is not None}
    details, resting = _details(enrolments, now)
    way, values, paid_before = RAILS_BY_KEY[rail], rail_values(program.pk, rail), _paid_before(ids)
    profiles = tax_profiles({row.partner_id for row in enrolments})
    agreed = set(Agreement.objects.filter(enrolment_id__in=ids).values_list("enrolment_id", flat=True))
    kept = set(Case.objects.filter(enrolment_id__in=ids, decided_at=None).values_list("enrolment_id", flat=True))
    lost = refunded_later(program.pk, program.currency, ids, as_of)
    differs = unbooked_payable(program.pk, program.currency, ids)
    held, own = _held(commissions), _own_orders(program, commissions)
    twice = _credited_twice(commissions)

    def trouble(row: Enrolment, known: Mapping[str, str]) -> str:
        payment = Payment(
            row.pk, text_id("pay", row.pk), sum(amount for _one, amount in taken[row.pk]), program.currency,
            row.partner.name, row.partner.email, known, *business_and_address(profiles.get(row.partner_id)),
        )  # fmt: skip
        return way.trouble(payment, values)

    known_of = {row.pk: details.get(row.partner_id) for row in enrolments}
    fits = {pk: known is None or way.takes(known) for pk, known in known_of.items()}
    return [
        Candidate(
            enrolment_id=row.pk, partner_id=row.partner_id, amount_minor=sum(amount for _one, amount in taken[row.pk]),
            status=row.status, details=known_of[row.pk], has_agreed=row.pk in agreed,
            has_open_case=row.pk in kept, holds_over=row.pk not in held, refunded_later=row.pk in lost,
            is_credited_twice=row.pk in twice, bought_themselves=row.pk in own, sums_match=not differs[row.pk],
            is_first=row.pk not in paid_before, details_rest=row.partner_id in resting, fits_rail=fits[row.pk],
            trouble=trouble(row, known) if (known := known_of[row.pk]) is not None and fits[row.pk] else "",
        )
        for row in enrolments
    ]  # fmt: skip


def _details(enrolments: list[Enrolment], now: datetime) -> tuple[dict[UUID, dict[str, str]], set[UUID]]:
    """Return payout details that are complete, and the partners whose changed ones still rest."""
    rows = PayoutDetails.objects.filter(partner_id__in={row.partner_id for row in enrolments})
    columns = ("rail", "account_name", "account", "bic")
    found = {row["partner_id"]: row for row in rows.values("partner_id", "usable_at", *columns)}
    complete = {
        partner_id: {name: row[name] for name in columns}
        for partner_id, row in found.items()
        if row["account"] and row["account_name"]
    }
    return complete, {one for one, row in found.items() if row["usable_at"] is not None and row["usable_at"] > now}


def _paid_before(enrolment_ids: list[UUID]) -> set[UUID]:
    rows = Payout.objects.filter(
        enrolment_id__in=enrolment_ids, state__in=(Payout.State.IN_TRANSIT, Payout.State.SETTLED)
    )
    return set(rows.values_list("enrolment_id", flat=True))


def _held(commissions: Mapping[UUID, UUID]) -> set[UUID]:
    rows = Commission.objects.filter(pk__in=commissions, approved_at=None)
    return {commissions[pk] for pk in rows.values_list("pk", flat=True)}


def _own_orders(program: Program, commissions: Mapping[UUID, UUID]) -> set[UUID]:
    """Return who would be paid for an order of their own, where the program does not allow it."""
    if policy_of(program.pk).self_referral == "allow":
        return set()
    rows = Commission.objects.filter(
        pk__in=commissions, owed_minor__gt=0, conversion__customer__email_hash=F("enrolment__partner__email_hash")
    )
    return {commissions[pk] for pk in rows.exclude(enrolment__partner__email_hash="").values_list("pk", flat=True)}


def _credited_twice(commissions: Mapping[UUID, UUID]) -> set[UUID]:
    """Return who has a line of a conversion whose shares add up to more than the whole."""
    conversions = Commission.objects.filter(pk__in=commissions).values("conversion_id")
    rows = Credit.objects.filter(conversion_id__in=conversions).values("conversion_id").order_by()
    doubled = [row["conversion_id"] for row in rows.annotate(sum=Sum("share_ppm")).filter(sum__gt=PPM)]
    rows_of = Commission.objects.filter(pk__in=commissions, conversion_id__in=doubled) if doubled else None
    return {commissions[pk] for pk in rows_of.values_list("pk", flat=True)} if rows_of is not None else set()
