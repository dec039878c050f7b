"""Faults as the data show them: lost click tokens, pages that do not answer, links that stopped selling."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from hanse.growth.incidents.kept import Telling, kept_tellings, waiting_hosts
from hanse.growth.incidents.models import Incident
from hanse.growth.watch.counting import compared_hosts
from hanse.growth.watch.links import REACH, Looked, look_at_links, series_of
from hanse.growth.watch.models import CheckedDestination
from hanse.growth.watch.queries import FAILED, links_in_use
from hanse.growth.watch.replay import ALL
from hanse.growth.watch.rules import is_kin, judge_hosts
from hanse.growth.watch.types import Compared, Fault, Verdict
from hanse.kernel.clock import day_starts_at, local_day
from hanse.programs.offers.queries import hosts_of
from hanse.programs.programs.models import Program

FEWEST_TOLD = 3  # orders of an unlisted host: one may be somebody who tries
PAGES_OF_A_HOST = 5  # failing pages of one host that are faults each; more are one fault of the host
MOST_NAMED = 20
MOST_HOSTS = 20  # unlisted ones that are looked into, those that told of most
MOST_LINKS = 1_000
_GONE = ("status_404", "status_410")
Kind = Incident.Kind


def token_key(host: str) -> str:
    """Name the fault of a checkout host on which orders lose their click."""
    return f"token:{host}"


def lost_at_unlisted(program: Program) -> list[Fault]:
    """Return the hosts that are not on the program's list and whose pages told of orders that lost their click.

    Three orders and more that the shop's own server told of, too, are certain: nothing is guessed. Where no server
    tells of any, three are enough on a host that belongs to a listed one. Two queries, three more a host (20 at most).
    """
    waiting = [host for host, count in waiting_hosts(program.pk).items() if count >= FEWEST_TOLD][:MOST_HOSTS]
    listed = hosts_of([program.pk])[program.pk] if waiting else frozenset()
    found = []
    for host in sorted(waiting):
        told = kept_tellings(program.pk, host)
        known = sum(one.is_known for one in told)
        if known >= FEWEST_TOLD or (len(told) >= FEWEST_TOLD and is_kin(host, listed)):
            found.append(_unlisted(host, told, known, is_ours=is_kin(host, listed)))
    return found


def lost_by_share(program: Program, today: date) -> list[Fault]:
    """Return the checkout hosts whose orders come with far fewer click tokens than theirs used to. Three queries."""
    found = []
    for alarm in judge_hosts(compared_hosts(program, today)).alarms:
        since = day_starts_at(today - timedelta(days=alarm.compared.span_days), program.time_zone)
        about = {"host": alarm.compared.key, "is_unlisted": False}
        found.append(Fault(token_key(alarm.compared.key), Kind.TOKEN_LOST, since, about, _numbers(alarm)))
    return found


def broken_pages(program: Program, now: datetime) -> list[Fault]:
    """Return the pages that failed when last looked at, and before, and that live links lead to. Three queries.

    A host that does not answer, or of which many pages are gone, is one fault.
    """
    failed = CheckedDestination.objects.filter(failed_since__isnull=False, failures__gte=FAILED)
    if not failed.exists():
        return []
    links = links_in_use(program, now).filter(destination_url__in=failed.values("url"))
    numbers: dict[str, list[int]] = defaultdict(list)
    for url, number in links.order_by("number").values_list("destination_url", "number"):
        numbers[url].append(number)
    by_host: dict[str, list[CheckedDestination]] = defaultdict(list)
    for row in failed.filter(url__in=list(numbers)).order_by("url"):
        by_host[urlsplit(row.url).netloc.lower()].append(row)
    found = []
    for host, rows in sorted(by_host.items()):
        gone = [row for row in rows if row.reason in _GONE]
        away = [row for row in rows if row.reason not in _GONE]
        single = gone if len(gone) <= PAGES_OF_A_HOST else []
        found += [_broken(f"page:{_digest(row.url)}", host, [row], numbers) for row in single]
        together = [*away, *(gone if not single else [])]
        if together:
            found.append(_broken(f"site:{host}", host, together, numbers))
    return found


def stopped_links(program: Program, today: date, now: datetime) -> tuple[Looked, list[Fault]]:
    """Return what a look at all links found, and those that stopped selling while people still click. Five queries.

    Where all stopped together it is one fault, and links whose page is broken have that one already.
    """
    looked = look_at_links(program, today)
    alarms = {one.compared.key: one for one in looked.judgement.alarms}
    if not alarms:
        return looked, []
    if ALL in alarms:
        alarms = {ALL: alarms[ALL]}
    numbers = [int(key) for key in alarms if key != ALL]
    broken = CheckedDestination.objects.filter(failed_since__isnull=False, failures__gte=FAILED).values("url")
    live = links_in_use(program, now).filter(number__in=numbers).exclude(destination_url__in=broken)
    names = dict(live.values_list("number", "slug"))
    first = today - timedelta(days=REACH)
    series = series_of(program, list(alarms), first, today)
    found = []
    for key, alarm in alarms.items():
        if key != ALL and int(key) not in names:
            continue
        last = max((place for place, (_clicks, sales) in enumerate(series[key]) if sales), default=-1)
        begun = first + timedelta(days=last + 1) if not alarm.compared.now.good else _begin(alarm, today)
        since = day_starts_at(max(begun, today - timedelta(days=REACH)), program.time_zone)
        about = {"links": None if key == ALL else [int(key)], "slug": "" if key == ALL else names[int(key)]}
        found.append(Fault(f"sales:{key}", Kind.LINK_SALES_STOPPED, since, about, _numbers(alarm)))
    return looked, found


def evidence_of(one: Compared, chance: float, level: float) -> dict[str, object]:
    """Return a comparison as it is stored and shown: its numbers, and how likely they are by chance."""
    return {
        "span_days": one.span_days, "tries": one.now.tries, "good": one.now.good, "past_days": one.past_days,
        "past_tries": one.past.tries, "past_good": one.past.good, "expected": round(one.expected, 1),
        "chance": chance, "level": level,
    }  # fmt: skip


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


def _broken(key: str, host: str, rows: list[CheckedDestination], numbers: dict[str, list[int]]) -> Fault:
    links = [number for row in rows for number in numbers[row.url]]
    since = min(row.failed_since for row in rows if row.failed_since is not None)
    about = {"host": host, "urls": [row.url for row in rows[:MOST_NAMED]], "links": links[:MOST_LINKS]}
    evidence = {
        "pages": len(rows), "links": len(links), "reasons": sorted({row.reason for row in rows})[:MOST_NAMED],
        "looks": max(row.failures for row in rows),
    }  # fmt: skip
    return Fault(key, Kind.LINK_BROKEN, since, about, evidence)


def _digest(url: str) -> str:
    return hashlib.blake2b(url.encode(), digest_size=12).hexdigest()


def today_of(program: Program, now: datetime) -> date:
    """Return a program's present local day: days before it are whole."""
    return local_day(now, program.time_zone)
