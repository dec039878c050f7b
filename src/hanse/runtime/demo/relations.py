"""The demo's relations: signs of life beside clicks and sales, a silence of each cause, what was done about them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from hanse.growth.silence.actions import note_play
from hanse.growth.silence.queries import silent_in
from hanse.growth.watch.destinations import note_destination
from hanse.insight.events.models import PartnerEvent
from hanse.kernel.ids import new_id
from hanse.programs.models import Enrolment
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.cast import DemoPartner
from hanse.runtime.demo.people import MANAGER, Stage
from hanse.runtime.pipeline import Pipeline
from hanse.runtime.relations import look_again, look_for_silence
from hanse.spine.bulk import insert_many
from hanse.traffic.attribution.hand import credit_by_hand
from hanse.traffic.attribution.models import Attribution
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.links.actions import create_link

SEED = "who is heard"
BROKEN = "OMBRA"
BY_HAND = {"POSTCARDS": (172, 97, 7), "PERFECTO": (150, 62, 6)}  # days ago from, until, how many orders
LAPSED_DAYS = {"PERFECTO": 58, "POSTCARDS": 400}  # since the last visit to the portal
_WEEKS = 5
_REASON = "They sent these customers by letter; the shop wrote down who came through whom."


def play_relations(stage: Stage, partners: Sequence[DemoPartner], pipeline: Pipeline, calendar: DemoCalendar) -> None:
    """Let partners look in and fall silent, and look at all of them as it was done every week."""
    ends_at = calendar.ends_at
    with transaction.atomic():
        insert_many(PartnerEvent, list(_events(stage, partners, ends_at)))
        _break_a_link(stage, ends_at)
        for code in BY_HAND:
            _credit(stage, code, ends_at - timedelta(hours=1))
    pipeline.drain(now=ends_at)
    for week in range(_WEEKS, 0, -1):
        look_for_silence(stage.program, ends_at - timedelta(days=7 * week, hours=1))
    look_again(stage.program, ends_at - timedelta(minutes=1))
    with transaction.atomic():
        called = silent_in(stage.program.pk).filter(cause="link_cold").order_by("since").first()
        if called is not None:
            note = "Called on Tuesday. They move house and come back in spring."
            note_play(called.enrolment_id, note=note, now=ends_at - timedelta(hours=8), by=MANAGER)


def _events(stage: Stage, partners: Sequence[DemoPartner], ends_at: datetime) -> Iterator[dict[str, object]]:
    for cast in partners:
        draw = random.Random(f"{SEED}/{cast.code}")  # noqa: S311 (a story, not a secret)
        enrolment, joined_at = stage.enrolments[cast.code], cast.joined_at(ends_at)
        quiet = LAPSED_DAYS.get(cast.code, cast.silent_days)
        for at in _moments(draw, joined_at, ends_at - timedelta(days=quiet), 6 if cast.weight else 17):
            yield _event(stage, enrolment, "portal_login", at)


def _moments(draw: random.Random, first: datetime, until: datetime, days: int) -> Iterator[datetime]:
    at = first + timedelta(hours=1)
    while at < until:
        yield at
        at += timedelta(days=max(1, round(draw.gauss(days, days / 5))), minutes=draw.randrange(-240, 240))


def _event(stage: Stage, enrolment: Enrolment, kind: str, at: datetime) -> dict[str, object]:
    return {
        "id": new_id(at), "program_id": stage.program.pk, "enrolment_id": enrolment.pk, "kind": kind,
        "external_id": f"{enrolment.pk}:{at.isoformat()}", "occurred_at": at, "detail": {}, "content_hash": "",
    }  # fmt: skip


def _break_a_link(stage: Stage, ends_at: datetime) -> None:
    """Let a page of the shop be gone that a partner's second link leads to."""
    url = "https://harbourandpine.example/autumn-lanterns"
    create_link(
        stage.enrolments[BROKEN], stage.offer, destination_url=url, slug=f"{BROKEN.lower()}-lanterns",
        label="lanterns", now=ends_at - timedelta(days=95), by=MANAGER,
    )  # fmt: skip
    for days in (79, 78, 1):
        note_destination(url, reason="status_404", now=ends_at - timedelta(days=days))


def _credit(stage: Stage, code: str, now: datetime) -> None:
    """Credit some small orders by hand that nobody brought, spread over a time."""
    from_days, until_days, count = BY_HAND[code]
    first, last = now - timedelta(days=from_days), now - timedelta(days=until_days)
    enrolment = stage.enrolments[code]
    nobodys = Attribution.objects.filter(level="", frozen_at=None, conversion__occurred_at__range=(first, last))
    orders = Conversion.objects.filter(
        id__in=nobodys.values("conversion"), program=stage.program, amount_minor__range=(1_500, 9_000), is_test=False,
        refunded_minor=0,
    ).order_by("occurred_at", "id")  # fmt: skip
    found = list(orders)
    for order in found[:: max(1, len(found) // count)][:count]:
        credit_by_hand(order, [(enrolment.pk, 1_000_000)], reason=_REASON, now=now, by=MANAGER)
