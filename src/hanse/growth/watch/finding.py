"""Faults as the data show them: orders that lost their click token, links that stopped selling.

What lies before the moment at which a person mended a fault is never found again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from hanse.growth.incidents.kept import Telling, kept_tellings, waiting_hosts
from hanse.growth.incidents.models import Incident
from hanse.growth.watch.counting import compared_hosts
from hanse.growth.watch.links import Looked, look_at_links, series_of
from hanse.growth.watch.queries import failing_pages, links_in_use, mended_at
from hanse.growth.watch.replay import ALL, REACH
from hanse.growth.watch.rules import is_kin, judge_hosts
from hanse.growth.watch.types import Compared, Fault, Judgement, Verdict
from hanse.kernel.clock import day_starts_at, local_day
from hanse.programs.offers.queries import hosts_of
from hanse.programs.programs.models import Program

FEWEST_TOLD = 3  # orders of an unlisted host: one may be somebody who tries
MOST_HOSTS = 20  # unlisted ones that are looked into, those that told of most
Kind = Incident.Kind


def token_key(host: str) -> str:
    """Name the fault of a checkout host on which orders lose their click."""
    return f"token:{host}"


def lost_at_unlisted(program: Program) -> list[Fault]:
    """Return the hosts that are not on the program's list and whose pages told of orders that lost their click.

    Three orders and more that the shop's own server told of, too, are certain: nothing is guessed. Where no server
    tells of any, three are enough on a host that belongs to a listed one. Three queries, five more a host (20 at most).
    """
    told_of = waiting_hosts(program.pk)
    listed = hosts_of([program.pk])[program.pk] if told_of else frozenset()
    waiting = [host for host, count in told_of.items() if count >= FEWEST_TOLD and host not in listed][:MOST_HOSTS]
    mended, found = mended_at(program) if waiting else {}, list[Fault]()
    for host in sorted(waiting):
        last = mended.get(token_key(host))
        told = [one for one in kept_tellings(program.pk, host) if last is None or one.occurred_at > last]
        known = sum(one.is_known for one in told)
        if known >= FEWEST_TOLD or (len(told) >= FEWEST_TOLD and is_kin(host, listed)):
            found.append(_unlisted(host, told, known, is_ours=is_kin(host, listed)))
    return found


def lost_by_share(program: Program, today: date) -> list[Fault]:
    """Return the checkout hosts whose orders come with far fewer click tokens than theirs used to. Seven queries."""
    judgement, found = judge_hosts(compared_hosts(program, today)), list[Fault]()
    mended = mended_at(program) if judgement.alarms else {}
    for alarm in _fresh(judgement, lambda host: _day_of(program, mended.get(token_key(host))), today):
        host = alarm.compared.key
        since = day_starts_at(_begin(alarm, today), program.time_zone)
        about = {"host": host, "is_unlisted": False}
        found.append(Fault(token_key(host), Kind.TOKEN_LOST, since, about, _numbers(alarm)))
    return found


def stopped_links(program: Program, today: date, now: datetime) -> tuple[Looked, list[Fault]]:
    """Return what a look at all links found, and those that stopped selling while people still click. Six queries.

    Where all stopped together it is one fault, and links whose page is broken have that one already.
    """
    looked = look_at_links(program, today)
    if not looked.judgement.alarms:
        return looked, []
    mended = mended_at(program)

    def last(key: str) -> datetime | None:
        """Return when a link was mended last, by itself or with all."""
        return max((mended[one] for one in (sales_key(key), sales_key(ALL)) if one in mended), default=None)

    fresh = _fresh(looked.judgement, lambda key: _day_of(program, last(key)), today)
    alarms = {one.compared.key: one for one in fresh}
    alarms = {ALL: alarms[ALL]} if ALL in alarms else alarms
    live = links_in_use(program, now).filter(number__in=[int(key) for key in alarms if key != ALL])
    names = dict(live.exclude(destination_url__in=failing_pages().values("url")).values_list("number", "slug"))
    kept = {key: one for key, one in alarms.items() if key == ALL or int(key) in names}
    series = series_of(program, list(kept), today - timedelta(days=REACH), today)
    return looked, [
        _stopped(program, one, series[key], names.get(int(key), "") if key != ALL else "", last(key), today)
        for key, one in kept.items()
    ]


def evidence_of(one: Compared, chance: float, level: float) -> dict[str, object]:
    """Return a comparison as it is stored and shown: its numbers, and how likely they are by chance."""
    return {
        "span_days": one.span_days, "tries": one.now.tries, "good": one.now.good, "past_days": one.past_days,
        "past_tries": one.past.tries, "past_good": one.past.good, "expected": round(one.expected, 1),
        "chance": chance, "level": level,
    }  # fmt: skip


def sales_key(key: str) -> str:
    """Name the fault of a link, or of all together, that sells nothing any more."""
    return f"sales:{key}"


def _stopped(
    program: Program, alarm: Verdict, days: list[tuple[int, int]], slug: str, mended: datetime | None, today: date
) -> Fault:
    key, first = alarm.compared.key, today - timedelta(days=REACH)
    last = max((place for place, (_clicks, sales) in enumerate(days) if sales), default=-1)
    begun = first + timedelta(days=last + 1) if not alarm.compared.now.good else _begin(alarm, today)
    since = day_starts_at(max(begun, first), program.time_zone)
    about = {"links": None if key == ALL else [int(key)], "slug": slug}
    return Fault(sales_key(key), Kind.LINK_SALES_STOPPED, max(since, mended or since), about, _numbers(alarm))


def _fresh(judgement: Judgement, mended_on: Callable[[str], date], today: date) -> list[Verdict]:
    """Return the alarms over whole days since each thing was mended."""
    fresh = [one for one in judgement.verdicts if _begin(one, today) > mended_on(one.compared.key)]
    return replace(judgement, verdicts=fresh).alarms


def _day_of(program: Program, moment: datetime | None) -> date:
    return date.min if moment is None else local_day(moment, program.time_zone)


def _begin(alarm: Verdict, today: date) -> date:
    return today - timedelta(days=alarm.compared.span_days)


def _numbers(alarm: Verdict) -> dict[str, object]:
    return evidence_of(alarm.compared, alarm.chance, alarm.level)


def _unlisted(host: str, told: list[Telling], known: int, *, is_ours: bool) -> Fault:
    evidence = {
        "orders": len(told), "known": known, "value_minor": sum(one.amount_minor for one in told),
        "longest_minutes": max(one.minutes for one in told), "order_ids": [one.external_id for one in told[:200]],
    }  # fmt: skip
    about = {"host": host, "is_unlisted": True, "is_ours": is_ours, "is_counted": True}
    return Fault(token_key(host), Kind.TOKEN_LOST, min(one.occurred_at for one in told), about, evidence)


def today_of(program: Program, now: datetime) -> date:
    """Return a program's present local day: days before it are whole."""
    return local_day(now, program.time_zone)
