"""Reads what health is told from: a fixed number of queries for any number of enrolments of one program."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, Sum

from hanse.growth.conversations.models import Entry
from hanse.growth.conversations.silence import spoken_at
from hanse.growth.health.types import Known
from hanse.growth.silence.types import Look, Pools, Signal
from hanse.growth.training.queries import learned_by
from hanse.insight.figures.queries import figures_of
from hanse.insight.figures.types import Figures
from hanse.kernel.clock import local_day
from hanse.money.commissions.models import Commission
from hanse.people.partners.models import PayoutDetails
from hanse.programs.enrolments.models import Agreement, Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.deals.models import Deal
from hanse.traffic.links.models import Link


def known_of(program: Program, looks: Collection[Look], pools: Pools, today: date, as_of: datetime) -> list[Known]:
    """Return what the health of looked-at enrolments is told from. Twenty-three queries."""
    ids = [look.enrolment_id for look in looks]
    partners = dict(Enrolment.objects.filter(id__in=ids).values_list("id", "partner_id"))
    figures, spoke = figures_of(program.pk, ids, today), spoken_at(program.pk, ids)
    they = _they_spoke(ids)
    links = _have(Link.objects.filter(Q(copied_at__isnull=False), enrolment_id__in=ids, archived_at=None))
    terms = _have(Agreement.objects.filter(enrolment_id__in=ids))
    details = PayoutDetails.objects.filter(partner_id__in=partners.values(), confirmed_at__isnull=False)
    payable = set(details.values_list("partner_id", flat=True))
    held, learned = _held(ids), learned_by(program.pk, ids)
    deals = _by(Deal.objects.filter(enrolment_id__in=ids, status=Deal.Status.OPEN), Count("id"))

    def days_since(at: datetime | None) -> int | None:
        return None if at is None else max(0, (today - local_day(at, program.time_zone)).days)

    def one(look: Look) -> Known:
        key, mine = look.enrolment_id, figures.get(look.enrolment_id, Figures())
        lessons = learned.get(key)
        click, sale, login = (look.rhythms.get(name) for name in (Signal.CLICK, Signal.CONVERSION, Signal.LOGIN))
        return Known(
            enrolment_id=key, now_minor=mine.value_90d_minor,
            before_minor=mine.value_180d_minor - mine.value_90d_minor, program_now_minor=pools.now_minor,
            program_before_minor=pools.before_minor, is_click_quiet=click.is_quiet if click else None,
            is_sale_quiet=sale.is_quiet if sale else None, days_since_click=mine.days_since_click,
            days_since_sale=mine.days_since_sale, days_since_login=login.days_since if login else None,
            clicks_30d=mine.clicks_30d, clicks_60d_before=mine.clicks_90d - mine.clicks_30d,
            has_link=key in links or mine.days_since_click is not None, has_terms=key in terms,
            has_payout_details=partners.get(key) in payable, lessons_done=lessons.done if lessons else 0,
            lessons_meant=lessons.meant if lessons else 0, held_minor=held.get(key, 0),
            open_deals=deals.get(key, 0), days_since_we_spoke=days_since(spoke.get(key)),
            days_since_they_spoke=days_since(they.get(key)),
        )  # fmt: skip

    return [one(look) for look in looks]


def _held(ids: list[UUID]) -> Mapping[UUID, int]:
    waiting = Commission.objects.filter(enrolment_id__in=ids, approved_at=None, voided_at=None, owed_minor__gt=0)
    return _by(waiting, Sum("owed_minor"))


def _they_spoke(ids: list[UUID]) -> dict[UUID, datetime]:
    rows = Entry.objects.filter(conversation__enrolment__in=ids, direction=Entry.Direction.IN).order_by()
    return dict(rows.values_list("conversation__enrolment_id").annotate(at=Max("at")))


def _have(rows: Any) -> set[UUID]:
    return set(rows.order_by().values_list("enrolment_id", flat=True))


def _by(rows: Any, added: Any) -> dict[UUID, int]:
    return dict(rows.order_by().values_list("enrolment_id").annotate(n=added))
