"""Watch: orders by checkout host, links beside their past, pages that links lead to, how often the rule is wrong."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.reach import own_program
from hanse.faces.api.values import Input, Instant, Output, Text
from hanse.growth.watch.mending import dismiss_host, list_host
from hanse.growth.watch.models import CheckedDestination, LinkLook, ProgramLook
from hanse.growth.watch.queries import checkout_hosts, looks_of, odd_pages, open_faults, page_counts
from hanse.growth.watch.rules import FALSE_ALARMS_A_YEAR
from hanse.growth.watch.types import HostShown
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.traffic.links.models import Link

router = Router(tags=["Watch"])
_MOST = 200


class WatchedHost(Output):
    """One checkout host: orders of the last 14 days and of the 90 before, and how many of them had a click token."""

    host: Annotated[str, Field(description='"" for orders whose source does not say where they were paid.')]
    orders: int
    tokens: int
    past_orders: int
    past_tokens: int
    is_listed: bool
    waiting: Annotated[int, Field(description="Orders that its pages told and that wait until it is listed.")]


class WatchedLink(Output):
    """One link beside its own past."""

    link: str | None
    number: int
    days: int
    clicks: int
    sales: int
    past_days: int
    past_clicks: int
    past_sales: int
    expected: Annotated[float, Field(description="Sales to be expected at its own usual rate.")]
    chance: Annotated[float, Field(description="How likely so few are by chance (exact test).")]
    is_alarm: bool


class WatchedPage(Output):
    """A page that fails, or about which something is odd; hints alone are no fault."""

    url: str
    checked_at: Instant
    failing_since: Instant | None
    looks_failed: int
    reason: str
    status: int | None
    final_url: str
    redirects: int
    hints: list[str]


class WatchOut(Output):
    """All that is watched in a program."""

    program: str
    looked_at: Instant | None
    open_incidents: list[str]
    links: Annotated[int, Field(description="Links that sold enough to be compared with their past.")]
    level: Annotated[float, Field(description="The level of each comparison; all share one.")]
    false_alarms_a_year: Annotated[float, Field(description="How many a year of looks may raise on average.")]
    replay: Annotated[dict[str, Any], Field(description="The past year with today's rule: looks, alarms, false ones.")]
    pages: Annotated[dict[str, int], Field(description="Pages known, looked at today, failing and odd.")]
    hosts: list[WatchedHost]
    lowest: Annotated[
        list[WatchedLink], Field(description="The links that sell least against their past, at most 200.")
    ]
    odd_pages: Annotated[list[WatchedPage], Field(description="At most 200.")]


class HostIn(Input):
    """A checkout host."""

    program: Text | None = None
    host: Annotated[Text, Field(max_length=253)]


class HostOut(Output):
    """How many orders its pages told that are looked at again, or were dismissed."""

    host: str
    orders: int


@router.get("/watch", auth=READ, response=WatchOut)
def read_watch(request: HttpRequest, program: str = "") -> WatchOut:
    """Read what is watched in a program and what was found."""
    found = own_program(asker(request), program or None)
    now = clock.now()
    look = ProgramLook.objects.filter(program=found).first() or ProgramLook(program=found)
    lowest = list(looks_of(found.pk)[:_MOST])
    links = dict(Link.objects.filter(number__in=[one.link_number for one in lowest]).values_list("number", "id"))
    return WatchOut(
        program=text_id("prg", found.pk), looked_at=look.looked_at, links=look.links, level=look.level,
        open_incidents=[text_id("ict", row.pk) for row in open_faults(found.pk)[:_MOST]],
        false_alarms_a_year=FALSE_ALARMS_A_YEAR, replay=look.replay, pages=page_counts(found, now),
        hosts=[_host(one) for one in checkout_hosts(found, local_day(now, found.time_zone))],
        lowest=[_link(one, links) for one in lowest], odd_pages=[_page(one) for one in odd_pages(found)[:_MOST]],
    )  # fmt: skip


@router.post("/watch/hosts/add", auth=WRITE, response=HostOut)
def add_checkout_host(request: HttpRequest, body: HostIn) -> HostOut:
    """Add a host to the program's list of domains; what its pages told is looked at again."""
    program = own_program(asker(request), body.program)
    return HostOut(host=body.host, orders=list_host(program, body.host, now=clock.now(), by=actor(request)))


@router.post("/watch/hosts/dismiss", auth=WRITE, response=HostOut)
def dismiss_checkout_host(request: HttpRequest, body: HostIn) -> HostOut:
    """Close what pages of a stranger's host told; it is never counted, the rows stay."""
    program = own_program(asker(request), body.program)
    return HostOut(host=body.host, orders=dismiss_host(program, body.host, now=clock.now(), by=actor(request)))


def _host(one: HostShown) -> WatchedHost:
    return WatchedHost(
        host=one.host, orders=one.now.tries, tokens=one.now.good, past_orders=one.past.tries, past_tokens=one.past.good,
        is_listed=one.is_listed, waiting=one.waiting,
    )  # fmt: skip


def _link(one: LinkLook, links: dict[int, Any]) -> WatchedLink:
    return WatchedLink(
        link=text_id("lnk", links[one.link_number]) if one.link_number in links else None, number=one.link_number,
        days=one.span_days, clicks=one.clicks, sales=one.sales, past_days=one.past_days, past_clicks=one.past_clicks,
        past_sales=one.past_sales, expected=one.expected_hundredths / 100, chance=one.chance, is_alarm=one.is_alarm,
    )  # fmt: skip


def _page(one: CheckedDestination) -> WatchedPage:
    return WatchedPage(
        url=one.url, checked_at=one.checked_at, failing_since=one.failed_since, looks_failed=one.failures,
        reason=one.reason, status=one.status, final_url=one.final_url, redirects=len(one.hops), hints=one.hints,
    )  # fmt: skip
