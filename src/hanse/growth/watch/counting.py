"""Orders by checkout host and day, and how many came with a click token: counted from the conversions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDate

from hanse.growth.watch.models import CheckoutDay
from hanse.growth.watch.rules import FEWEST_ORDERS, HOST_SPANS, PAST_DAYS, spread_of
from hanse.growth.watch.types import Compared, Counts
from hanse.insight.rollups.models import ProgramDay
from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.fact_types import BROWSER
from hanse.programs.programs.models import Program
from hanse.spine.bulk import insert_many
from hanse.traffic.conversions.models import Conversion

REACH = PAST_DAYS + max(HOST_SPANS)
AGAIN_DAYS = 3  # orders may come late: the last days are counted again
_WEEK = 7
Days = dict[str, dict[date, Counts]]


def first_to_count(program: Program, now: datetime) -> date:
    """Return from which local day on orders have to be counted: some days again, or all that is compared."""
    today = local_day(now, program.time_zone)
    last = CheckoutDay.objects.filter(program=program).aggregate(last=Max("day"))["last"]
    return today - timedelta(days=REACH) if last is None else min(last, today) - timedelta(days=AGAIN_DAYS)


def count_orders(program: Program, first: date, now: datetime) -> list[CheckoutDay]:
    """Count the orders since a local day by host and day. One query; stores nothing.

    Orders of which only a browser tells have come with a token by nature, and renewals never do: both are left out.
    """
    zone = ZoneInfo(program.time_zone)
    rows = Conversion.objects.filter(
        program=program, occurred_at__gte=day_starts_at(first, program.time_zone), occurred_at__lte=now, is_test=False,
        goal__is_recurring=False,
    ).exclude(source=BROWSER)  # fmt: skip
    grouped = rows.annotate(day=TruncDate("occurred_at", tzinfo=zone)).order_by().values("checkout_host", "day")
    counts = grouped.annotate(orders=Count("pk"), tokens=Count("pk", filter=~Q(click_id="")))
    return [
        CheckoutDay(program=program, host=host, day=day, orders=orders, tokens=tokens)
        for host, day, orders, tokens in counts.values_list("checkout_host", "day", "orders", "tokens")
    ]


def keep_orders(program: Program, first: date, rows: Iterable[CheckoutDay]) -> None:
    """Store counted days in place of what was known since a day."""
    CheckoutDay.objects.filter(program=program, day__gte=first).delete()
    insert_many(
        CheckoutDay,
        [
            {"program_id": program.pk, "host": row.host, "day": row.day, "orders": row.orders, "tokens": row.tokens}
            for row in rows
        ],
    )


def compared_hosts(program: Program, today: date) -> list[Compared]:
    """Return each checkout host's last whole days beside its own past; a new host's beside that of all.

    Five queries, whatever there is. Hosts with hardly an order are left out.
    """
    days, found = _days(program, today), list[Compared]()
    whole, shorter = _together(days), dict[str, Counts]()
    for span in HOST_SPANS:
        begin = today - timedelta(days=span)
        before = begin - timedelta(days=PAST_DAYS)
        change = _clicks_an_order(program, whole, begin, today)
        for host, counts in days.items():
            now, past, own = _between(counts, begin, today), _between(counts, before, begin), counts
            if now.tries < FEWEST_ORDERS or now == shorter.get(host):
                continue  # a longer span without a further order tells of other days only
            shorter[host] = now
            if past.tries < now.tries:
                past, own = _between(whole, before, begin), whole
            found.append(Compared(host, span, now, past, PAST_DAYS, change, spread_of(_weeks(own, begin))))
    return found


def share_since(program: Program, host: str, since: date, today: date) -> Counts:
    """Return a host's orders, and those with a token, from a local day on. One query."""
    rows = CheckoutDay.objects.filter(program=program, host=host, day__gte=since, day__lte=today)
    return sum((Counts(orders, tokens) for orders, tokens in rows.values_list("orders", "tokens")), Counts())


def _days(program: Program, today: date) -> Days:
    found: Days = {}
    rows = CheckoutDay.objects.filter(program=program, day__gte=today - timedelta(days=REACH), day__lt=today)
    for host, day, orders, tokens in rows.values_list("host", "day", "orders", "tokens"):
        found.setdefault(host, {})[day] = Counts(orders, tokens)
    return found


def _between(days: dict[date, Counts], first: date, until: date) -> Counts:
    return sum((counts for day, counts in days.items() if first <= day < until), Counts())


def _together(days: Days) -> dict[date, Counts]:
    """Return all hosts' days added up."""
    whole: dict[date, Counts] = {}
    for counts in days.values():
        for day, one in counts.items():
            whole[day] = whole.get(day, Counts()) + one
    return whole


def _weeks(days: dict[date, Counts], until: date) -> list[Counts]:
    starts = [until - timedelta(days=_WEEK * number) for number in range(1, PAST_DAYS // _WEEK + 1)]
    return [_between(days, start, start + timedelta(days=_WEEK)) for start in starts]


def _clicks_an_order(program: Program, whole: dict[date, Counts], begin: date, today: date) -> float:
    """Return how many clicks come on an order now against before: where fewer click, fewer orders bring a token."""
    first = begin - timedelta(days=PAST_DAYS)
    clicks_now = clicks_before = 0
    rows = ProgramDay.objects.filter(program_id=program.pk, day__gte=first, day__lt=today)
    for day, clicks in rows.values_list("day", "clicks"):
        clicks_now, clicks_before = clicks_now + clicks * (day >= begin), clicks_before + clicks * (day < begin)
    now, before = _between(whole, begin, today).tries, _between(whole, first, begin).tries
    if not (clicks_before and now and before):
        return 1.0
    return min(1.0, (clicks_now / now) / (clicks_before / before))
