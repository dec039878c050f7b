"""What tests of the faces share: the cast, a manager's browser, days with numbers."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from hanse.insight.rollups.actions import add_cells
from hanse.programs.enrolments.models import Enrolment
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.make import NOON

TODAY = NOON.date()


@pytest.fixture
def cast(db: None, clock: Clock) -> Cast:
    """The fixed cast on the tests' present day."""
    cache.clear()
    clock.set(NOON)
    return build()


@pytest.fixture
def ruth(cast: Cast) -> Client:
    """Ruth's browser, signed in."""
    browser = Client()
    browser.force_login(cast.ruth)
    return browser


def day(enrolment: Enrolment, days_ago: int, **numbers: int) -> None:
    """Write the numbers of one enrolment's day."""
    on: date = TODAY - timedelta(days=days_ago)
    add_cells({(enrolment.program_id, enrolment.id, on): Counter(numbers)})
