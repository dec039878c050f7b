"""Reads of watch."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from hanse.growth.incidents.kept import waiting_hosts
from hanse.growth.incidents.models import Incident
from hanse.growth.incidents.queries import incidents_of
from hanse.growth.watch.models import CheckedDestination, CheckoutDay, LinkLook
from hanse.growth.watch.rules import PAST_DAYS, is_kin
from hanse.growth.watch.types import Counts, HostShown
from hanse.kernel import clock
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.queries import hosts_of
from hanse.programs.programs.models import Program
from hanse.traffic.links.models import Link

FAILED = 2  # looks in a row: one may be the network's fault
SHOWN_DAYS = 14
MOST_HOSTS = 100


def broken_links(enrolment_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return who has a link in use whose destination failed when it was last looked at, and twice. One query."""
    live = Q(expires_at=None) | Q(expires_at__gt=clock.now())  # nobody looks at the pages of others any more
    rows = Link.objects.filter(live, enrolment_id__in=list(enrolment_ids), archived_at=None)
    rows = rows.filter(destination_url__in=failing_pages().values("url"))
    return dict(rows.order_by("-number").values_list("enrolment_id", "destination_url"))


def failing_pages() -> QuerySet[CheckedDestination]:
    """Return the addresses that failed when they were last looked at, and before."""
    return CheckedDestination.objects.filter(failed_since__isnull=False, failures__gte=FAILED)


def mended_at(program: Program) -> dict[str, datetime]:
    """Return when each fault was mended last, by its key; what healed by itself is not among them. One query."""
    rows = Incident.objects.filter(program=program, closed_as="mended").exclude(fault_key="").order_by()
    return dict(rows.values("fault_key").annotate(last=Max("closed_at")).values_list("fault_key", "last"))


def links_in_use(program: Program, now: datetime) -> QuerySet[Link]:
    """Return a program's links that somebody can go through: of active enrolments, not archived, not expired."""
    active = Enrolment.objects.filter(program=program, status=Enrolment.Status.ACTIVE)
    return Link.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), archived_at=None, enrolment__in=active)


def open_faults(program_id: UUID) -> QuerySet[Incident]:
    """Return the faults of a program that watch found and that go on, those with most money at risk first."""
    rows = incidents_of(program_id).filter(closed_at=None).exclude(fault_key="")
    return rows.order_by(F("lost_minor").desc(), "starts_at", "id")


def looks_of(program_id: UUID) -> QuerySet[LinkLook]:
    """Return the links that sell least against their own past, alarms first."""
    return LinkLook.objects.filter(program_id=program_id).order_by("-is_alarm", "chance", "link_number")


def pages_of(program: Program) -> QuerySet[CheckedDestination]:
    """Return the addresses that a program's links lead to and that were looked at, those that fail first."""
    urls = Link.objects.filter(enrolment__program=program, archived_at=None).values("destination_url")
    rows = CheckedDestination.objects.filter(url__in=urls)
    return rows.order_by(F("failed_since").asc(nulls_last=True), "url")


def odd_pages(program: Program) -> QuerySet[CheckedDestination]:
    """Return the addresses that fail, and those about which something is odd."""
    return pages_of(program).filter(Q(failed_since__isnull=False) | ~Q(hints=[]))


def page_counts(program: Program, now: datetime) -> dict[str, int]:
    """Return how many addresses were looked at, within the last day, fail, and are odd. One query."""
    return pages_of(program).aggregate(
        known=Count("pk"), today=Count("pk", filter=Q(checked_at__gt=now - timedelta(days=1))),
        failing=Count("pk", filter=Q(failed_since__isnull=False, failures__gte=FAILED)),
        odd=Count("pk", filter=Q(failed_since=None) & ~Q(hints=[])),
    )  # fmt: skip


def checkout_hosts(program: Program, today: date) -> list[HostShown]:
    """Return each checkout host with its orders of the last two weeks and of the 90 days before. Three queries."""
    listed, waiting = hosts_of([program.pk])[program.pk], waiting_hosts(program.pk)
    begin = today - timedelta(days=SHOWN_DAYS)
    rows = CheckoutDay.objects.filter(program=program, day__gte=begin - timedelta(days=PAST_DAYS), day__lte=today)
    spans = {"now": Q(day__gte=begin), "past": Q(day__lt=begin)}
    sums = {f"{name}_{part}": Sum(name, filter=span, default=0) for name in ("orders", "tokens")
            for part, span in spans.items()}  # fmt: skip
    counted: Any = rows.order_by().values("host").annotate(**sums)
    found = {
        row["host"]: HostShown(
            row["host"], Counts(row["orders_now"], row["tokens_now"]), Counts(row["orders_past"], row["tokens_past"]),
            row["host"] in listed, waiting.get(row["host"], 0), is_kin(row["host"], listed),
        )
        for row in counted
    }  # fmt: skip
    for host, count in waiting.items():
        found.setdefault(host, HostShown(host, Counts(), Counts(), host in listed, count, is_kin(host, listed)))
    return sorted(found.values(), key=lambda one: (-one.waiting, -one.now.tries, one.host))[:MOST_HOSTS]
