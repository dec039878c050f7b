"""What the demo's partners learn and what is coming: lessons, live sessions, previews under embargo, early access."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from hanse.growth.meetings.actions import note_held, plan_meeting
from hanse.growth.meetings.models import Meeting, MeetingInvitation
from hanse.growth.meetings.seating import add_recording, note_watching, set_session, take_seat
from hanse.growth.roadmap.actions import accept_embargo, keep_preview, note_sight, publish_preview
from hanse.growth.roadmap.models import Preview
from hanse.growth.training.actions import keep_lesson, publish_lesson
from hanse.growth.training.completing import answer_lesson, begin_lesson
from hanse.growth.training.models import Lesson
from hanse.insight.rollups.models import EnrolmentMark
from hanse.programs.enrolments.models import Enrolment
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.people import MANAGER, PARTNER, Stage
from hanse.spine.outbox.models import OutboxItem

_LESSONS: tuple[dict[str, Any], ...] = (
    {
        "title": "Where a link is seen", "summary": "One place is enough, if it is the right one.", "minutes": 5,
        "is_basic": True,
        "text": "Readers do not look for links. They look for **the thing you talk about**, and take the link that "
        "stands beside it.\n\n## Three places that work\n\n1. In the sentence that names the thing, not below it.\n"
        "2. Under the picture, with four words: what it is, and for whom.\n3. In the first comment, when the place "
        "above allows no links.\n\n## What does not\n\nA list of links at the end. In our shop those bring one click "
        "for every twelve that a link in the text brings.\n\n> Say it as you would say it to a friend, then put the "
        "link on the word that you would point at.",
        "questions": [
            {"text": "Where does the link go?", "options": ["At the end, with the others", "On the word you would "
             "point at", "Only into your profile"], "right": 1, "why": "Readers take the link beside the thing."},
            {"text": "No links are allowed in the post. What now?", "options": ["Leave it out", "First comment"],
             "right": 1, "why": "Pin it, and say in the post that it is there."},
        ],
    },
    {
        "title": "One sentence that sells", "summary": "Who it is for beats what it costs.", "minutes": 4,
        "is_basic": True,
        "text": "Write one sentence with three parts: **for whom**, **when**, **why this one**.\n\n* “For the friend "
        "who has everything: a lantern that she lights every evening.”\n* “When the house smells of nothing: beeswax, "
        "six hours a candle.”\n\nThe price comes in the second sentence, never in the first.",
        "questions": [{"text": "What comes first?", "options": ["The price", "For whom it is", "The code"],
                       "right": 1, "why": "Somebody who sees a person in it reads on."}],
    },
    {
        "title": "How and when you are paid", "summary": "Held for 30 days, then yours.", "minutes": 3,
        "text": "A sale is credited at once and *held* for 30 days, until returns are unlikely. Then it can be paid, "
        "from £25 on, on the first Friday of the month.\n\nA return takes back its part, and never more. Under "
        "**Earnings** each line opens its own explanation.",
        "questions": [{"text": "A third of an order comes back. What is taken back?", "options": ["All of it",
                       "A third", "Nothing"], "right": 1, "why": "Its part, to the penny."}],
    },
    {
        "title": "Show it lit: pictures of light", "summary": "For those who take pictures.", "minutes": 6,
        "types": ["creator", "ambassador"],
        "text": "Dusk, a window, no flash. Light two candles more than you think, and let the shadow of a hand be in "
        "the picture: it says *somebody lives here*.",
        "questions": [{"text": "Which light?", "options": ["Noon", "Dusk at a window", "Flash"], "right": 1,
                       "why": "The candle is then the brightest thing."}],
    },
)  # fmt: skip


class _Coming(NamedTuple):
    """A preview: its words, the days until its embargo ends, the days since it is shown, and who may see it."""

    said: dict[str, Any]
    ends_in: float | None
    shown_for: float
    share: int


_PREVIEWS = (
    _Coming({
        "teaser": "Something for the darkest evenings", "title": "Firefly: a lantern without a flame",
        "text": "A lantern with **forty small lights** in blown glass, lit by a switch under the base.\n\n* In the "
        "shop from Thursday\n* Pictures and copy come as a kit on the day\n* £34, and we have 600 of them",
        "words": ["Firefly"], "embargo_text": "Please say and show nothing of it before its day: two magazines have "
        "it first.", "tiers": ["power", "growth"],
    }, 2.8, 12, 2),
    _Coming({
        "teaser": "A new shelf for spring", "title": "Tideline: stoneware from our own kiln",
        "text": "Six bowls and a jug, glazed with what the tide leaves. We fire the first hundred in January.\n\n"
        "Write to Ruth if you would like to be there when the kiln is opened.",
        "words": ["Tideline", "stoneware"], "embargo_text": "Please keep it to yourself until we open the kiln.",
    }, 45, 6, 3),
    _Coming({
        "teaser": "Your own gift page", "title": "Gift pages with your name",
        "text": "A page with six things that **you** choose, on our shop, with your name above it. Early access is on "
        "for those on top; everybody else gets it in spring.", "tiers": ["power", "growth", "casual"],
        "feature": "gift-pages",
    }, None, 30, 1),
    _Coming({
        "teaser": "The calendar of next winter", "title": "The advent box of twenty-four",
        "text": "Not decided yet: twenty-four small things in one box.", "words": ["advent box"],
        "embargo_text": "Please keep it to yourself.",
    }, 200, -1, 0),
)  # fmt: skip


def teach_partners(stage: Stage, calendar: DemoCalendar) -> None:
    """Play lessons, sessions and previews up to this morning. Call inside a transaction."""
    now = calendar.ends_at
    everybody = list(
        Enrolment.objects.filter(program=stage.program, is_test=False).exclude(status="pending")
        .select_related("partner", "tier", "program").order_by("enrolled_at", "id")
    )  # fmt: skip
    people = [one for one in everybody if one.status == "active"]
    opened = min(one.enrolled_at for one in everybody) - timedelta(days=1)
    lessons = [
        publish_lesson(keep_lesson(stage.program, now=opened, by=MANAGER, **said), now=opened, by=MANAGER)
        for said in _LESSONS
    ]
    marks = EnrolmentMark.objects.filter(program_id=stage.program.pk).exclude(first_sale=None)
    sold = dict(marks.values_list("enrolment_id", "first_sale"))
    for number, one in enumerate(people):
        first = sold.get(one.pk)
        is_late = first is not None and (first - one.enrolled_at.date()).days > 14
        _learn(one, number, lessons, now, is_late=is_late)
    _meet(stage, people, lessons[1], now)
    for coming in _PREVIEWS:
        _announce(stage, coming, people, now)
    OutboxItem.objects.filter(key__startswith="meeting:").delete()  # nobody of the demo reads mail


def _learn(one: Enrolment, number: int, lessons: list[Lesson], now: datetime, *, is_late: bool) -> None:
    """Let some do a lesson in their first days, more of those who sold only later; some do one much later."""
    early = 2 + number % 7
    after = early if is_late and number % 3 else {0: early, 2: 25 + number % 30}.get(number % 5)
    if one.partner.email == PARTNER:
        after = 3
    if after is None:
        if number % 3:
            begin_lesson(lessons[0], one, now=min(now, one.enrolled_at + timedelta(days=3)))
        return
    meant = [lesson for lesson in lessons if not lesson.types or set(lesson.types) & set(one.partner.types)]
    for place, lesson in enumerate(meant[: 1 + number % 3]):
        at = one.enrolled_at + timedelta(days=after + 2 * place, hours=1 + number % 9)
        if at >= now:
            return
        if number % 3 == place:
            answer_lesson(lesson, one, [0] * _asked(lesson), number=lesson.number, now=at - timedelta(minutes=3))
        answer_lesson(lesson, one, [1] * _asked(lesson), number=lesson.number, now=at)


def _asked(lesson: Lesson) -> int:
    return next(len(said["questions"]) for said in _LESSONS if said["title"] == lesson.versions.get().title)


def _meet(stage: Stage, people: list[Enrolment], lesson: Lesson, now: datetime) -> None:
    held = _session(stage, "Live: your first sale", "onboarding", -20, 12, now, lesson=lesson)
    late = _session(stage, "Webinar: pictures of light", "webinar", -5, 20, now, types=["creator", "ambassador"])
    full = _session(stage, "Webinar: the last posting days", "webinar", 9, 6, now)
    _session(stage, "Live: your first sale", "onboarding", 16, 15, now, lesson=lesson)
    shown = [one for one in people if one.partner.email == PARTNER]
    for meeting, chosen in (
        (held, people[12:26]), (late, [one for one in people if set(one.partner.types) & {"creator"}][:11]),
        (full, [*people[:7], *shown, people[9]]),
    ):  # fmt: skip
        for minute, one in enumerate(chosen):
            at = min(meeting.starts_at, now) - timedelta(days=2) + timedelta(minutes=7 * minute)
            take_seat(meeting, one, way="portal", now=at)
    for meeting, days in ((held, -19), (late, -4)):
        seated = MeetingInvitation.objects.filter(meeting=meeting, answer="accepted").order_by("asked_at", "id")
        there = [pk for place, pk in enumerate(seated.values_list("enrolment_id", flat=True)) if place % 4 != 3]
        note_held(meeting, there=there, now=now + timedelta(days=days), by=MANAGER)
    add_recording(held, "https://video.example/your-first-sale", now=now - timedelta(days=18), by=MANAGER)
    for one in people[-6:-3]:
        note_watching(held, one, now=now - timedelta(days=10))


def _session(stage: Stage, title: str, kind: str, days: int, seats: int, now: datetime, **fields: Any) -> Meeting:
    made_at = now + timedelta(days=min(days, 0) - 12)
    meeting = plan_meeting(
        stage.program, kind=kind, title=title, starts_at=now + timedelta(days=days, hours=17), minutes=40,
        place="https://meet.example/harbour-and-pine", host=stage.manager, now=made_at, by=MANAGER,
        agenda="Forty minutes: what works for others, then your own page.",
    )  # fmt: skip
    return set_session(meeting, seats=seats, now=made_at, by=MANAGER, **fields)


def _announce(stage: Stage, coming: _Coming, people: list[Enrolment], now: datetime) -> None:
    at = now - timedelta(days=max(coming.shown_for, 1))
    until = now + timedelta(days=coming.ends_in) if coming.ends_in else None
    row = keep_preview(stage.program, embargo_until=until, now=at, by=MANAGER, **coming.said)
    if coming.shown_for < 0:
        return
    publish_preview(row, now=at, by=MANAGER)
    meant = [one for one in people if not row.tiers or (one.tier and one.tier.key in row.tiers)]
    for number, one in enumerate(meant):
        if one.partner.email != PARTNER and coming.share and number % (coming.share + 1) == 0:
            _read(row, one, at + timedelta(hours=5 + 11 * number % 90), now)


def _read(row: Preview, one: Enrolment, at: datetime, now: datetime) -> None:
    at = min(at, now - timedelta(hours=1))
    if row.embargo_digest:
        accept_embargo(row, one, digest=row.embargo_digest, now=at, by=one.partner.email)
    note_sight(row, one, number=1, now=at, by=one.partner.email)
