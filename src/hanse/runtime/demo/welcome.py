"""How the demo's partners began: ways in all states, tasks, notes about first sales, a launch, two pilots."""

from __future__ import annotations

from datetime import timedelta

from hanse.growth.firstwins.actions import draft_note, drop_win, send_win
from hanse.growth.firstwins.queries import first_commission
from hanse.growth.launch.actions import add_to_pilot, decide_pilot, open_program, prepare_launch, start_pilot
from hanse.growth.onboarding.actions import finish_task, mark_step, move_to_path, publish_paths
from hanse.growth.onboarding.models import OwnerTask
from hanse.growth.onboarding.rules import DEFAULT, written
from hanse.growth.onboarding.settling import settle_onboardings
from hanse.insight.rollups.models import EnrolmentMark
from hanse.kernel.clock import local_day
from hanse.money.payouts.schedule import payout_rules, set_payout_rules
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.people import MANAGER, ZONE, Stage
from hanse.traffic.links.actions import note_copied

_SOURCES = ("application", "invitation", "referral", "application", "survey")
_PLAYBOOK = (
    "Answer every partner within a day. Rates are Ruth's to decide; nobody promises one.\n"
    "A parcel that came broken is refunded first and talked about afterwards.\n"
    "We never ask a partner to hide that they earn from a link."
)


def welcome_partners(stage: Stage, calendar: DemoCalendar) -> None:
    """Play onboarding for everybody who joined. Call inside a transaction."""
    now, program = calendar.ends_at, stage.program
    everybody = list(stage.enrolments.values())
    for number, one in enumerate(everybody):
        Partner.objects.filter(pk=one.partner_id).update(source=_SOURCES[number % len(_SOURCES)])
        if number % 4:
            at = min(one.enrolled_at + timedelta(days=number % 6), now - timedelta(hours=2))
            note_copied(stage.links[list(stage.enrolments)[number]], now=at)
    while settle_onboardings(now, 200):
        pass
    _mark_pieces(everybody, calendar)
    _tell_first_wins(stage, calendar)
    _call_the_newest(stage, calendar)
    publish_paths(
        program, _with_a_lesson(), note="Creators start with the five-minute lesson", now=now - timedelta(days=9),
        by=MANAGER,
    )  # fmt: skip
    _open_and_pilot(stage, calendar)
    rules = payout_rules(program)
    set_payout_rules(
        program, schedule=rules.schedule, schedule_day=rules.schedule_day, rail=rules.rail,
        first_payout_up_to_minor=2500, first_hold_days=14, now=now, by=MANAGER,
    )  # fmt: skip


def _with_a_lesson() -> dict[str, object]:
    lesson = {
        "key": "where-a-link-is-seen", "kind": "training", "who": "partner", "title": "Do the five-minute lesson",
        "text": "Where a link is seen, and what to say beside it.", "address": "",
    }  # fmt: skip
    personal, everybody = written(DEFAULT)["paths"]
    steps = [everybody["steps"][0], lesson, *everybody["steps"][1:]]
    creators = {"key": "creators", "name": "Creators", "types": ["creator"], "tiers": [], "steps": steps}
    return {"paths": [personal, creators, everybody]}


def _mark_pieces(everybody: list[Enrolment], calendar: DemoCalendar) -> None:
    for number, one in enumerate(everybody):
        if number % 3 == 0:
            on = min(local_day(one.enrolled_at, ZONE) + timedelta(days=8 + number), local_day(calendar.ends_at, ZONE))
            mark_step(
                one, "piece", on=on, address=f"https://posts.example/{number}", now=calendar.ends_at,
                by=one.partner.email,
            )  # fmt: skip


def _tell_first_wins(stage: Stage, calendar: DemoCalendar) -> None:
    """Draft the notes for the three latest first sales: one is sent, one dropped, one waits."""
    marks = EnrolmentMark.objects.filter(program_id=stage.program.pk, first_sale__isnull=False)
    latest = list(marks.order_by("-first_sale", "enrolment_id").values_list("enrolment_id", flat=True)[:3])
    wins = [draft_note(row, calendar.ends_at) for key in latest if (row := first_commission(key)) is not None]
    for place, win in enumerate(wins[1:]):
        if place == 0:
            send_win(win, subject=win.subject, text=win.body, now=calendar.ends_at, by=MANAGER)
        else:
            drop_win(win, now=calendar.ends_at, by=MANAGER)


def _call_the_newest(stage: Stage, calendar: DemoCalendar) -> None:
    """Promise a call to the newest partners: one is held, one is late, one is to come."""
    newest = sorted(stage.enrolments.values(), key=lambda one: one.enrolled_at)[-3:]
    today = local_day(calendar.ends_at, ZONE)
    for one, due in zip(newest, (-3, -1, 2), strict=True):
        move_to_path(one, "personal", now=calendar.ends_at, by=MANAGER)
        OwnerTask.objects.filter(onboarding_id=one.pk).update(owner=stage.manager, due_on=today + timedelta(days=due))
    held = OwnerTask.objects.get(onboarding_id=newest[0].pk)
    finish_task(held, note="Likes the lanterns; will show them in a letter in May", now=calendar.ends_at, by=MANAGER)


def _open_and_pilot(stage: Stage, calendar: DemoCalendar) -> None:
    opened_at, program = calendar.starts_at, stage.program
    first = local_day(calendar.starts_at, ZONE)
    prepare_launch(
        program, asset_pack="https://harbourandpine.example/partners/pack", playbook=_PLAYBOOK, aim_metric="partners",
        aim_number=25, aim_on=first + timedelta(days=300), now=opened_at, by=MANAGER,
    )  # fmt: skip
    why = "The test shop came a week later; Ruth bought in the real one and saw it arrive."
    open_program(program, why=why, now=opened_at + timedelta(days=1), by=MANAGER)
    by_age = sorted(stage.enrolments.values(), key=lambda one: one.enrolled_at)
    began = start_pilot(
        program, name="The first eight", size=8, aim_days=45, starts_on=first, ends_on=first + timedelta(days=90),
        now=opened_at, by=MANAGER,
    )  # fmt: skip
    add_to_pilot(began, [one for one in by_age if local_day(one.enrolled_at, ZONE) >= first][:8], now=opened_at,
                 by=MANAGER)  # fmt: skip
    decide_pilot(
        began, "scale", why="They sold sooner than we hoped, and without a coupon site.",
        now=opened_at + timedelta(days=95), by=MANAGER,
    )  # fmt: skip
    today = local_day(calendar.ends_at, ZONE)
    start_pilot(
        program, name="Podcasts", size=6, aim_days=30, starts_on=today - timedelta(days=20),
        ends_on=today + timedelta(days=40), fills_itself=True, now=calendar.ends_at, by=MANAGER,
    )  # fmt: skip
