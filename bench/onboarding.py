"""How quickly the funnel of onboarding answers with ten thousand partners, and how long the sweep takes for them.

Server time of whole pages, as a manager who is signed in sees them, without the edge and the network between.
"""

from __future__ import annotations

import gc
import json
import os
import random
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.crowd import make_links, make_partners
from bench.program import open_installation
from bench.reports import _p95, _page, _told

PARTNERS, TRIES = 10_000, 20
PAGES = (
    "/console/onboarding", "/console/onboarding?by=type&period=24m", "/console/onboarding?by=source&period=24m",
    "/console/onboarding/people", "/console/onboarding/tasks",
)  # fmt: skip
TYPES: tuple[list[str], ...] = (["affiliate"], ["creator"], ["creator", "ambassador"], ["agency"], [])
SOURCES = ("application", "invitation", "referral", "survey", "")


def run(partners: int = PARTNERS, tries: int = TRIES) -> dict[str, Any]:
    """Measure and return the figures: the pages' `p95_cpu_ms` and `max_queries`, and the sweep's seconds."""
    with tempfile.TemporaryDirectory(prefix="hanse-bench-") as name:
        open_installation(Path(name))
        return {"bench": "onboarding", **_measured(partners, tries)}


def _measured(partners: int, tries: int) -> dict[str, Any]:
    from django.test import Client

    person, swept, idle = _stage(partners)
    manager = Client()
    manager.force_login(person)
    manager.get(PAGES[0])
    gc.collect()
    gc.freeze()  # as the web role does once everything is loaded
    found = {page: _page(manager, page, tries) for page in PAGES}
    times_ms = sorted(one for page in found.values() for one in page["times_ms"])
    cpu_ms = sorted(one for page in found.values() for one in page["cpu_ms"])
    return {
        "p95_ms": round(_p95(times_ms)), "p95_cpu_ms": round(_p95(cpu_ms)),
        "max_queries": max(page["queries"] for page in found.values()),
        "pages": {path: _told(page) for path, page in found.items()}, "partners": partners,
        "sweep_s": round(swept, 2), "idle_sweep_s": round(idle, 3), "load_average": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def _stage(partners: int) -> tuple[Any, float, float]:
    from django.db import transaction

    from hanse.kernel import clock
    from hanse.people.access.actions import create_team_member
    from hanse.programs.programs.actions import create_program

    now = clock.now()
    told: Any = {"now": now - timedelta(days=420), "by": "bench"}
    with transaction.atomic():
        program = create_program(name="Bench", slug="bench", currency="GBP", time_zone="Europe/London", **told)
        person = create_team_member(email="ruth@bench.example", name="Ruth", role="manager", **told)
        enrolments = make_partners(program, partners, now)
        make_links(program, enrolments, now)
        _histories(program, now)
    began = time.perf_counter()
    _settle(now)
    settled = time.perf_counter()
    _settle(now)
    person.refresh_from_db()
    return person, settled - began, time.perf_counter() - settled


def _settle(now: Any) -> None:
    from django.db import transaction

    from hanse.growth.onboarding.settling import settle_onboardings

    while True:
        with transaction.atomic():
            if settle_onboardings(now, 200) < 200:
                return


def _histories(program: Any, now: Any) -> None:
    """Give every partner a type and a source, three of four a click, two of five a sale, some a second half-year."""
    from hanse.insight.rollups.models import EnrolmentDay, EnrolmentMark
    from hanse.people.partners.models import Partner
    from hanse.programs.enrolments.models import Enrolment
    from hanse.spine.bulk import insert_many, update_many

    dice = random.Random(7)  # noqa: S311  # the same invented field each time, no secret
    marks, days, people = [], [], []
    for key, partner_id, at in Enrolment.objects.filter(program=program).values_list("id", "partner_id", "enrolled_at"):
        people.append({"id": partner_id, "types": dice.choice(TYPES), "source": dice.choice(SOURCES)})
        age, joined = (now - at).days, at.date()
        click = dice.randrange(60) if dice.random() < 0.75 else None
        sale = click + dice.randrange(90) if click is not None and dice.random() < 0.55 else None
        on = {
            "first_click": joined + timedelta(days=click) if click is not None and click <= age else None,
            "first_sale": joined + timedelta(days=sale) if sale is not None and sale <= age else None,
        }
        last = {"last_click": on["first_click"], "last_sale": on["first_sale"]}
        marks.append({"enrolment_id": key, "program_id": program.id, **on, **last})
        days += [
            {"program_id": program.id, "enrolment_id": key, "day": joined + timedelta(days=day), "conversions": 1}
            for day in range(sale or 0, age, 5)
            if on["first_sale"] is not None and dice.random() < 0.3
        ]
    update_many(Partner, people)
    insert_many(EnrolmentMark, marks)
    for start in range(0, len(days), 20_000):
        insert_many(EnrolmentDay, days[start : start + 20_000])


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else PARTNERS)))
