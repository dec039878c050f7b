"""What is known of a customer: orders, whose they are, and whether they are new."""

from __future__ import annotations

from uuid import UUID

from hanse.insight.why.near import customers_like
from hanse.insight.why.types import Check, Pointer, Tracer, stop_at
from hanse.programs.programs.models import Program
from hanse.spine.parked.models import ParkedFact
from hanse.spine.parked.rules import customer_key
from hanse.traffic.attribution.models import Credit
from hanse.traffic.attribution.owners import first_owned
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.customers.models import Customer

NOBODY = UUID(int=0)
GATES = frozenset({"known", "ordered"})
_SHOWN = 20


def trace_customer(text: str, program: Program, for_enrolment: UUID | None = None) -> Tracer:
    """Trace a buyer by the business's own id. Partners see only buyers of orders that were credited to them."""
    outside = text.strip()
    customer = Customer.objects.filter(program=program, external_id=outside).first()
    credits_ = Credit.objects.filter(conversion__customer=customer, enrolment_id=for_enrolment or NOBODY)
    if customer is None or (for_enrolment is not None and not credits_.exists()):
        return _unknown(outside, program, for_enrolment)
    orders = Conversion.objects.filter(customer=customer).order_by("occurred_at", "external_id")
    orders = orders.filter(id__in=credits_.values("conversion_id")) if for_enrolment else orders
    rows = list(orders.values_list("external_id", "occurred_at", "goal__key")[:_SHOWN])
    return Tracer(
        kind="customer",
        text=outside,
        outcome="earned" if Credit.objects.filter(conversion__in=orders).exists() else "nothing",
        checks=stop_at(GATES, [Check("known", "passed"), _ordered(orders.count()), _owned(customer, for_enrolment)]),
        subject={"country": customer.country, "first_seen_at": customer.first_seen_at, "orders": orders.count()},
        related=tuple(Pointer("order", number, goal) for number, _at, goal in rows),
    )


def _unknown(outside: str, program: Program, for_enrolment: UUID | None) -> Tracer:
    rest = [Check(code, "not_reached") for code in ("ordered", "owned")]
    known = Check("known", "failed", "unknown_customer", "check_sender")
    if for_enrolment is not None:
        return Tracer("customer", outside, "unknown", stop_at(GATES, [known, *rest]))
    waiting = ParkedFact.objects.filter(status="waiting", waits_for=customer_key(program.id, outside))
    numbers = waiting.values_list("external_id", flat=True)
    if numbers:
        known = Check("known", "failed", "waits_for_customer", "send_first_sale", {"waiting": len(numbers)})
    return Tracer(
        "customer", outside, "waiting" if numbers else "unknown", stop_at(GATES, [known, *rest]),
        suggestions=customers_like(outside, program.id),
        related=tuple(Pointer("order", number) for number in numbers[:_SHOWN]),
    )  # fmt: skip


def _ordered(count: int) -> Check:
    return Check("ordered", "passed", numbers={"orders": count}) if count else Check("ordered", "failed", "no_order")


def _owned(customer: Customer, for_enrolment: UUID | None) -> Check:
    owned = first_owned([customer.id], []).get(customer.id)
    if owned is None:
        return Check("owned", "failed", "nobody_credited", "see_order")
    numbers: dict[str, object] = {"order": owned.external_id, "since": owned.occurred_at}
    if for_enrolment is not None and for_enrolment not in dict(owned.shares):
        return Check("owned", "failed", "owned_by_another", "policy_decides")
    if for_enrolment is None:
        rows = Credit.objects.filter(conversion__customer=customer, conversion__external_id=owned.external_id)
        numbers["partners"] = sorted(set(rows.values_list("enrolment__partner__name", flat=True)))
    return Check("owned", "passed", numbers=numbers)
