"""Reading the pre-added numbers as a whole."""

from __future__ import annotations

from collections import Counter

from django.db.models import Q

from hanse.insight.rollups.deriving import all_cells
from hanse.insight.rollups.levels import LEVELS
from hanse.insight.rollups.models import EnrolmentDay
from hanse.insight.rollups.rules import add_up, differing
from hanse.insight.rollups.types import Cells
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program
from hanse.spine.findings import Finding
from hanse.traffic.clicks.retention import clicks_complete_since

_KEYS = ("program_id", "enrolment_id", "day")
LEDGER_PLACE = "rollups:ledger"


def compare_rollups() -> list[Finding]:
    """Return every number that is not what the rows say. Clicks of days whose rows were forgotten are believed."""
    derived = add_up([forgotten_clicks()], into=all_cells())
    return [
        Finding("rollups", f"{level.model.__name__} {subject}", message)
        for level in LEVELS
        for subject, message in differing(level.stored(), level.sums(derived))
    ]


def forgotten_clicks() -> Cells:
    """Return the stored click counters of the days whose clicks are no longer all there: nothing else knows them."""
    since = clicks_complete_since()
    if since is None:
        return {}
    cells: Cells = {}
    for program_id, zone in Program.objects.values_list("id", "time_zone"):
        days = EnrolmentDay.objects.filter(program_id=program_id, day__lte=local_day(since, zone))
        days = days.filter(Q(clicks__gt=0) | Q(invalid_clicks__gt=0))
        for *key, clicks, invalid in days.values_list(*_KEYS, "clicks", "invalid_clicks"):
            cells[key[0], key[1], key[2]] = Counter(clicks=clicks, invalid_clicks=invalid)
    return cells
