"""Who stops posting falls silent for just that reason, from the feed alone."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from hanse.growth.content.feeding import add_feed, keep_look
from hanse.growth.content.finding import Looked
from hanse.growth.content.reading import read_feed
from hanse.growth.onboarding.models import Onboarding
from hanse.growth.onboarding.settling import settle_onboardings
from hanse.growth.silence.models import Silence
from hanse.growth.templates.values import _PAGES
from hanse.insight.facts.kinds import KINDS
from hanse.insight.rollups.levels import LEVELS
from hanse.insight.rollups.marks import move_marks
from hanse.insight.rollups.types import Cells
from hanse.kernel.clock import local_day
from hanse.runtime.relations import look_again
from tests import make
from tests.cast import build
from tests.conftest import Clock
from tests.growth.content.samples import item, rss

pytestmark = pytest.mark.django_db


def test_a_feed_that_fell_quiet_makes_the_cause_and_its_first_piece_the_step(clock: Clock) -> None:
    clock.set(make.at())
    cast, now = build(), make.at()
    cast.anas.enrolled_at = now - timedelta(days=200)
    cast.anas.save()
    settle_onboardings(now - timedelta(days=150), 10)
    days = list(range(50, 120, 7))
    for ago in days:
        day = local_day(now, cast.program.time_zone) - timedelta(days=ago)
        cells: Cells = {(cast.program.id, cast.anas.id, day): Counter(clicks=3, conversions=1, value_minor=900)}
        for level in LEVELS:
            level.add(cells)
        move_marks(cells)
    posts = [item(ago, date=(now - timedelta(days=ago)).isoformat()) for ago in days]
    looked = Looked("https://ana.example/feed", read=read_feed(rss(*posts), "", "https://ana.example/feed"))
    feed = add_feed(cast.anas, looked, now=now, by="t")
    keep_look(feed, looked, now=now)

    settle_onboardings(now, 10)
    first = local_day(now - timedelta(days=max(days)), cast.program.time_zone)
    assert Onboarding.objects.get(pk=cast.anas.pk).piece_on == first
    look_again(cast.program, now)
    assert Silence.objects.get(enrolment=cast.anas).cause == "content_stopped"


def test_letters_know_the_page_of_every_fact() -> None:
    assert {kind.page for kind in KINDS.values()} <= set(_PAGES)
