"""What pages on unlisted hosts told and what is kept of it: orders whose click got lost between page and server."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from hanse.growth.incidents.rules import Brought
from hanse.insight.rollups.models import EnrolmentDay
from hanse.kernel.fact_types import BROWSER, ConversionFact
from hanse.money.commissions.models import Commission
from hanse.programs.programs.models import Program
from hanse.programs.rates.rules import converted
from hanse.spine.parked.models import ParkedFact
from hanse.spine.parked.rules import host_key, read_body
from hanse.traffic.clicks.tokens import read_click
from hanse.traffic.conversions.actions import UNLISTED
from hanse.traffic.conversions.foreign import Exchange
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.links.models import Link

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Telling:
    """One order as a page on an unlisted host told it; `is_known` where the shop's own server told of it, too.

    `enrolment_id` is whose click its token names, None where that link is gone.
    """

    external_id: str
    host: str
    occurred_at: datetime
    clicked_at: datetime
    amount_minor: int
    link_number: int
    enrolment_id: UUID | None
    is_known: bool

    @property
    def minutes(self) -> int:
        """How long before the order the click was."""
        return int((self.occurred_at - self.clicked_at).total_seconds() // 60)


def kept_tellings(program_id: UUID, host: str | None = None) -> list[Telling]:
    """Return what waits for hosts to be listed (or for one), the oldest first. Five queries at most.

    An order that its server told with a click of its own has lost nothing and is left out. Amounts are in the program's
    currency, 0 where its rate is not known yet.
    """
    rows = ParkedFact.objects.filter(program_id=program_id, status=ParkedFact.Status.WAITING, reason=UNLISTED)
    if host is not None:
        rows = rows.filter(waits_for=host_key(program_id, host))
    return _tellings(program_id, _facts(program_id, rows.order_by("sequence", "index")))


def waiting_hosts(program_id: UUID) -> dict[str, int]:
    """Return for how many orders each unlisted host's pages told, the most first. One query."""
    found: dict[str, int] = defaultdict(int)
    rows = ParkedFact.objects.filter(program_id=program_id, status=ParkedFact.Status.WAITING, reason=UNLISTED)
    for waits_for in rows.values_list("waits_for", flat=True)[:MOST]:
        found[waits_for.split(":", 2)[2]] += 1
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def brought_by(tellings: Iterable[Telling], program_id: UUID) -> dict[UUID, Brought]:
    """Return orders, value and about what commission hang on tellings, by whose click it was. One query."""
    sums: dict[UUID, Brought] = defaultdict(Brought)
    for one in tellings:
        if one.enrolment_id is not None:
            known = sums[one.enrolment_id]
            sums[one.enrolment_id] = Brought(0, known.orders + 1, known.value_minor + one.amount_minor, 0)
    rates = usual_rates(program_id, sums)
    return {
        who: Brought(each.clicks, each.orders, each.value_minor, part_of(each.value_minor, *rates[who]))
        for who, each in sums.items()
    }


def usual_rates(program_id: UUID, enrolment_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return (commission, value) of enrolments so far, those of the whole program for who sold nothing. One query."""
    own: dict[UUID, tuple[int, int]] = {}
    whole_commission = whole_value = 0
    rows = EnrolmentDay.objects.filter(program_id=program_id, value_minor__gt=0).order_by("-day")
    wanted = set(enrolment_ids)
    for who, commission, value in rows.values_list("enrolment_id", "commission_minor", "value_minor")[:20_000]:
        whole_commission, whole_value = whole_commission + commission, whole_value + value
        if who in wanted:
            known = own.get(who, (0, 0))
            own[who] = (known[0] + commission, known[1] + value)
    return {who: own.get(who) or (whole_commission, whole_value) for who in wanted}


def part_of(value_minor: int, commission_minor: int, whole_minor: int) -> int:
    """Return what a value earns at the rate of a commission on a whole, rounded half up; 0 where nothing is known."""
    return (value_minor * commission_minor * 2 + whole_minor) // (2 * whole_minor) if whole_minor > 0 else 0


def released(program_id: UUID, host: str, since: datetime) -> dict[UUID, Brought]:
    """Return what the re-checked orders of a host brought, by who is credited now. Two queries."""
    rows = ParkedFact.objects.filter(
        program_id=program_id, waits_for=host_key(program_id, host), status=ParkedFact.Status.RESOLVED,
        resolved_at__gte=since,
    )  # fmt: skip
    told = {(fact.external_id, fact.goal) for fact in _facts(program_id, rows)}
    found: dict[UUID, Brought] = defaultdict(Brought)
    booked = Commission.objects.filter(
        program_id=program_id, conversion__external_id__in=[order for order, _goal in told], voided_at=None,
        conversion__is_test=False,
    ).exclude(conversion__click_id="")  # fmt: skip
    columns = ("enrolment_id", "value_minor", "conversion__refunded_minor", "share_ppm", "owed_minor")
    names = ("conversion__external_id", "conversion__goal__key")
    for order, goal, who, sold, refunded, share, owed in booked.values_list(*names, *columns):
        if (order, goal) not in told or 0 < sold <= refunded:
            continue  # another goal of the same order, or all of it was taken back meanwhile
        known, value = found[who], max(0, sold - refunded) * share // 1_000_000
        found[who] = Brought(0, known.orders + 1, known.value_minor + value, known.commission_minor + owed)
    return {who: each for who, each in found.items() if each.commission_minor or each.value_minor}


def _facts(program_id: UUID, rows: QuerySet[ParkedFact]) -> list[ConversionFact]:
    bodies = rows.values_list("received_at", "body")[:MOST]
    facts = [read_body("conversion", program_id, received_at, body) for received_at, body in bodies]
    return [fact for fact in facts if isinstance(fact, ConversionFact) and not fact.is_test]


def _tellings(program_id: UUID, facts: list[ConversionFact]) -> list[Telling]:
    sold = Conversion.objects.filter(program_id=program_id, external_id__in=[fact.external_id for fact in facts])
    known = {
        (external_id, goal): bool(click_id)
        for external_id, goal, click_id in sold.exclude(source=BROWSER).values_list(
            "external_id", "goal__key", "click_id"
        )
    }
    currency = Program.objects.values_list("currency", flat=True).get(pk=program_id)
    exchange = Exchange([(fact.currency, currency, fact.occurred_at) for fact in facts])
    cores = [(fact, read_click(fact.click, bare=True)) for fact in facts]
    numbers = {core.link_number for _fact, core in cores if core is not None}
    owners = dict(Link.objects.filter(number__in=numbers).values_list("number", "enrolment_id"))
    return [
        Telling(
            fact.external_id, fact.page_host, fact.occurred_at, core.at, _worth(fact, currency, exchange),
            core.link_number, owners.get(core.link_number), (fact.external_id, fact.goal) in known,
        )
        for fact, core in cores if core is not None and not known.get((fact.external_id, fact.goal))
    ]  # fmt: skip


def _worth(fact: ConversionFact, currency: str, exchange: Exchange) -> int:
    rate = exchange.rate(fact.currency, currency, fact.occurred_at)
    return converted(fact.amount_minor, rate.rate, fact.currency, currency) if rate is not None else 0
