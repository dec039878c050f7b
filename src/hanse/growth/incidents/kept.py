"""What pages on unlisted hosts told and what is kept of it: orders whose click got lost between page and server."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hanse.growth.incidents.rules import Brought
from hanse.insight.rollups.models import EnrolmentDay
from hanse.kernel.fact_types import BROWSER, ConversionFact
from hanse.money.commissions.models import Commission
from hanse.spine.parked.models import ParkedFact
from hanse.spine.parked.rules import host_key, read_body
from hanse.traffic.clicks.tokens import read_click
from hanse.traffic.conversions.actions import UNLISTED
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
    """Return what waits for hosts to be listed (or for one), the oldest first. Three queries.

    An order that its server told with a click of its own has lost nothing and is left out.
    """
    rows = ParkedFact.objects.filter(program_id=program_id, status=ParkedFact.Status.WAITING, reason=UNLISTED)
    if host is not None:
        rows = rows.filter(waits_for=host_key(program_id, host))
    facts = [
        read_body("conversion", program_id, received_at, body)
        for received_at, body in rows.order_by("sequence", "index").values_list("received_at", "body")[:MOST]
    ]
    return _tellings(program_id, [fact for fact in facts if isinstance(fact, ConversionFact) and not fact.is_test])


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
    orders = list(rows.values_list("external_id", flat=True)[:MOST])
    found: dict[UUID, Brought] = defaultdict(Brought)
    booked = Commission.objects.filter(
        program_id=program_id, conversion__external_id__in=orders, voided_at=None, conversion__is_test=False,
    ).exclude(conversion__click_id="")  # fmt: skip
    for who, value, share, owed in booked.values_list("enrolment_id", "value_minor", "share_ppm", "owed_minor"):
        known = found[who]
        found[who] = Brought(
            0, known.orders + 1, known.value_minor + value * share // 1_000_000, known.commission_minor + owed
        )
    return {who: each for who, each in found.items() if each.commission_minor or each.value_minor}


def _tellings(program_id: UUID, facts: list[ConversionFact]) -> list[Telling]:
    sold = Conversion.objects.filter(program_id=program_id, external_id__in=[fact.external_id for fact in facts])
    known = {
        (external_id, goal): bool(click_id)
        for external_id, goal, click_id in sold.exclude(source=BROWSER).values_list(
            "external_id", "goal__key", "click_id"
        )
    }
    cores = [(fact, read_click(fact.click, bare=True)) for fact in facts]
    numbers = {core.link_number for _fact, core in cores if core is not None}
    owners = dict(Link.objects.filter(number__in=numbers).values_list("number", "enrolment_id"))
    return [
        Telling(
            fact.external_id, fact.page_host, fact.occurred_at, core.at, fact.amount_minor, core.link_number,
            owners.get(core.link_number), (fact.external_id, fact.goal) in known,
        )
        for fact, core in cores if core is not None and not known.get((fact.external_id, fact.goal))
    ]  # fmt: skip
