"""Which conversions are to be decided (again), and by which policy."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from hanse.kernel.ids import first_id, made_at
from hanse.programs.enrolments.models import StatusChange
from hanse.programs.programs.models import AttributionPolicy
from hanse.spine.audit.models import AuditEntry
from hanse.traffic.attribution.models import Evidence, HandDecision
from hanse.traffic.attribution.queries import frozen_among
from hanse.traffic.attribution.types import Policy, Subject
from hanse.traffic.clicks.queries import ids_of_visitors
from hanse.traffic.clicks.types import RecordedClick
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.conversions.queries import conversions_at
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.deals.models import Deal
from hanse.traffic.resale.queries import numbers_changed_since, sellers_of

DOMAIN_FIELDS = ("company_domain", "domain")  # metadata fields in which senders name the customer's company
_COLUMNS = (
    "id", "program_id", "external_id", "occurred_at", "goal__is_recurring", "customer_id", "customer__external_id",
    "customer__email_hash", "is_new", "click_id", "click_link_number", "click_touched_at", "bad_click", "visitor",
    "coupon_code", "partner_hint", "amount_minor", "refunded_minor", "metadata", "tellings", "source", "content_hash",
    "is_test",
)  # fmt: skip


def open_subjects(conversion_ids: Collection[UUID]) -> list[Subject]:
    """Return conversions as attribution reads them, without those that are frozen. Four queries."""
    frozen = frozen_among(conversion_ids)
    ids = [id_ for id_ in conversion_ids if id_ not in frozen]
    if not ids:
        return []
    hands = hands_of(ids)
    rows = list(Conversion.objects.filter(id__in=ids).values(*_COLUMNS))
    sellers = sellers_of({(row["program_id"], row["external_id"]) for row in rows})
    return [
        subject_of(row, hands.get(row["id"], ()), sellers.get((row["program_id"], row["external_id"]))) for row in rows
    ]


def subject_of(
    row: Mapping[str, Any], hand: tuple[tuple[UUID, int], ...] = (), resold_by: UUID | None = None
) -> Subject:
    """Return a conversion's columns as attribution reads them."""
    tellings = row["tellings"] or {}
    told = tellings.get("sources") or [{"source": row["source"], "content_hash": row["content_hash"]}]
    names = (
        "id", "program_id", "external_id", "occurred_at", "customer_id", "is_new", "click_id", "click_link_number",
        "click_touched_at", "bad_click", "visitor", "coupon_code", "partner_hint", "metadata", "is_test",
    )  # fmt: skip
    return Subject(
        **{name: row[name] for name in names},
        is_recurring=row["goal__is_recurring"],
        customer_external_id=row["customer__external_id"] or "",
        email_hash=row["customer__email_hash"] or "",
        is_kept=row["amount_minor"] == 0 or row["refunded_minor"] < row["amount_minor"],
        browsers=frozenset(tellings.get("browsers", ())),
        other_coupons=tuple(tellings.get("other_coupons", ())),
        sources=tuple(sorted(f"{one['source']}:{one['content_hash']}" for one in told)),
        hand=hand,
        resold_by=resold_by,
    )


def hands_of(conversion_ids: Collection[UUID]) -> dict[UUID, tuple[tuple[UUID, int], ...]]:
    """Return what persons decided about conversions and did not withdraw, the newest word of each. One query."""
    rows = HandDecision.objects.filter(conversion_id__in=conversion_ids, withdrawn_at=None).order_by("decided_at", "id")
    return {
        conversion_id: tuple((UUID(enrolment_id), int(ppm)) for enrolment_id, ppm in shares)
        for conversion_id, shares in rows.values_list("conversion_id", "shares")
    }


def policies_for(subjects: Sequence[Subject]) -> dict[UUID, tuple[UUID, Policy]]:
    """Return, by conversion, the policy in force when it occurred; before a program's first version, that one."""
    versions: dict[UUID, list[tuple[datetime, UUID, Policy]]] = {}
    rows = AttributionPolicy.objects.filter(program_id__in={one.program_id for one in subjects}).order_by("number")
    for row in rows:
        versions.setdefault(row.program_id, []).append((row.created_at, row.id, policy_value(row)))
    chosen = {}
    for one in subjects:
        of_program = versions[one.program_id]
        in_force = [version for version in of_program if version[0] <= one.occurred_at] or of_program[:1]
        chosen[one.id] = in_force[-1][1:]
    return chosen


def policy_value(row: AttributionPolicy) -> Policy:
    """Return a stored version as the rules take it."""
    return Policy(
        row.model, row.window_days, row.half_life_days, tuple(row.order), row.self_referral, dict(row.windows),
        lifetime=row.lifetime, new_customers_only=row.new_customers_only, own_signals=tuple(row.own_signals),
        stand_down_minutes=row.stand_down_minutes, takeover_seconds=row.takeover_seconds,
        introducer_ppm=row.introducer_ppm,
    )  # fmt: skip


def touched_by_clicks(clicks: Sequence[RecordedClick]) -> set[UUID]:
    """Return the conversions that late clicks could change: they name the click, its visitor, or another click of that
    visitor; or their customer's address came with one that does."""
    if not clicks:
        return set()
    visitors = {click.visitor for click in clicks if click.visitor and click.is_valid}
    return conversions_at(visitors, {click.id for click in clicks} | set(ids_of_visitors(visitors)))


def of_the_same_address(conversion_ids: Collection[UUID]) -> set[UUID]:
    """Return the conversions whose customers' addresses are those of conversions that brought a click or a visitor, at
    or after these: e-mail evidence may have changed. Two queries at most."""
    if not conversion_ids:
        return set()
    brought = Conversion.objects.filter(id__in=conversion_ids, customer__isnull=False)
    brought = brought.exclude(customer__email_hash="").exclude(click_id="", visitor="")
    since: dict[tuple[UUID, str], datetime] = {}
    for program_id, email, at in brought.values_list("program_id", "customer__email_hash", "occurred_at"):
        key = (program_id, str(email))
        since[key] = min(at, since.get(key, at))
    if not since:
        return set()
    rows = Conversion.objects.filter(
        customer__email_hash__in={email for _, email in since},
        program_id__in={program_id for program_id, _ in since},
        occurred_at__gte=min(since.values()),
    ).values_list("id", "program_id", "customer__email_hash", "occurred_at")
    late = datetime.max.replace(tzinfo=UTC)
    return {id_ for id_, program_id, email, at in rows if at >= since.get((program_id, str(email)), late)}


def touched_by_new_coupons(since: datetime) -> set[UUID]:
    """Return the conversions whose code was unknown and is a coupon now, made since a moment."""
    made = list(Coupon.objects.filter(created_at__gte=since).values_list("program_id", "code"))
    if not made:
        return set()
    unknown = Evidence.objects.filter(
        kind="coupon", reason="unknown_coupon", conversion__coupon_code__in={code for _, code in made},
        conversion__program_id__in={program_id for program_id, _ in made},
    )  # fmt: skip
    named = unknown.exclude(conversion__coupon_code="")
    rows = named.values_list("conversion_id", "conversion__program_id", "conversion__coupon_code")
    return {conversion_id for conversion_id, program_id, code in rows if (program_id, code) in set(made)}


def touched_by_changed_coupons(since: datetime) -> set[UUID]:
    """Return the conversions that brought a code whose dates were changed since a moment: a code may have been good, or
    no longer, when they occurred."""
    changed = AuditEntry.objects.filter(
        at__gte=since, subject_kind="coupon", verb__in=("change_coupon", "archive_coupon")
    )
    ids = [UUID(id_) for id_ in changed.values_list("subject_id", flat=True)]
    return set(Evidence.objects.filter(coupon_id__in=ids).values_list("conversion_id", flat=True)) if ids else set()


def touched_by_people(since: datetime) -> set[UUID]:
    """Return the conversions that something people did since a moment could change: codes given or changed, statuses
    dated back, deals registered or decided, orders that turned out to be resold, their own word on a conversion."""
    by_hand = HandDecision.objects.filter(changed_at__gte=since).values_list("conversion_id", flat=True)
    return {
        *touched_by_new_coupons(since), *touched_by_changed_coupons(since), *touched_by_backdated_statuses(since),
        *by_hand, *touched_by_deals(Deal.objects.filter(changed_at__gte=since)), *touched_by_resale(since),
    }  # fmt: skip


def touched_by_resale(since: datetime) -> set[UUID]:
    """Return the conversions whose numbers are those of resale orders that changed since a moment."""
    found: set[UUID] = set()
    for program_id, numbers in numbers_changed_since(since).items():
        rows = Conversion.objects.filter(program_id=program_id, external_id__in=numbers)
        found |= set(rows.values_list("id", flat=True))
    return found


def touched_by_deals(deals: QuerySet[Deal]) -> set[UUID]:
    """Return the conversions since their registration whose customers these deals name."""
    found: set[UUID] = set()
    columns = ("program_id", "customer_external_id", "email_hash", "company_domain", "registered_at")
    for program_id, outside, email_hash, domain, registered_at in deals.values_list(*columns):
        named = Q()
        named |= Q(customer__external_id=outside) if outside else Q()
        named |= Q(customer__email_hash=email_hash) if email_hash else Q()
        for field in DOMAIN_FIELDS if domain else ():
            for written in (domain, f"www.{domain}"):  # in capitals or not, as `domain_of` reads it
                named |= Q(**{f"metadata__{field}__iexact": written})
        rows = Conversion.objects.filter(named, program_id=program_id, occurred_at__gte=registered_at)
        found |= set(rows.values_list("id", flat=True))
    return found


def touched_by_backdated_statuses(since: datetime) -> set[UUID]:
    """Return the conversions that statuses noted since a moment could change because they hold from an earlier one."""
    earliest: dict[UUID, datetime] = {}
    noted = StatusChange.objects.filter(id__gte=first_id(since), at__gt=F("enrolment__enrolled_at"))
    for id_, enrolment_id, at in noted.values_list("id", "enrolment_id", "at"):
        if at < made_at(id_):
            earliest[enrolment_id] = min(at, earliest.get(enrolment_id, at))
    if not earliest:
        return set()
    rows = Evidence.objects.filter(
        enrolment_id__in=earliest, conversion__occurred_at__gte=min(earliest.values())
    ).values_list("conversion_id", "enrolment_id", "conversion__occurred_at")
    return {id_ for id_, enrolment_id, at in rows if enrolment_id is not None and at >= earliest[enrolment_id]}


def conversions_of_customers(customer_ids: Collection[UUID]) -> set[UUID]:
    """Return all conversions of customers: what is known of who they are has changed."""
    if not customer_ids:
        return set()
    return set(Conversion.objects.filter(customer_id__in=customer_ids).values_list("id", flat=True))


def renewals_after(firsts: Mapping[UUID, datetime]) -> set[UUID]:
    """Return the conversions that a customer's owner may earn from, at or after a moment of each: renewals, and every
    goal where a program has owners for life. The owner may be another one now."""
    if not firsts:
        return set()
    for_life = AttributionPolicy.objects.filter(lifetime=True).values("program_id")
    owned = Q(goal__is_recurring=True) | Q(program_id__in=for_life)
    rows = Conversion.objects.filter(owned, customer_id__in=firsts, occurred_at__gte=min(firsts.values())).values_list(
        "id", "customer_id", "occurred_at"
    )
    return {id_ for id_, customer_id, at in rows if customer_id is not None and at >= firsts[customer_id]}


def customers_of(conversion_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Return the customers of conversions, each with the earliest of those conversions' times."""
    firsts: dict[UUID, datetime] = {}
    rows = Conversion.objects.filter(id__in=conversion_ids, customer__isnull=False)
    for customer_id, at in rows.values_list("customer_id", "occurred_at"):
        if customer_id is not None and at < firsts.get(customer_id, at.max.replace(tzinfo=at.tzinfo)):
            firsts[customer_id] = at
    return firsts
