"""Lessons: written with versions, done by answers, live or elsewhere; steps, tiers, health, and the effect on sales."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.growth.audiences.rows import rows_for
from hanse.growth.health.rules import score_of
from hanse.growth.health.types import Known
from hanse.growth.onboarding.actions import publish_paths
from hanse.growth.onboarding.queries import progress_of
from hanse.growth.onboarding.settling import settle_onboardings
from hanse.growth.tiers.reckoning import field_of
from hanse.growth.tiers.rules import evaluate
from hanse.growth.tiers.versions import read_rules
from hanse.growth.training.actions import archive_lesson, keep_lesson, publish_lesson
from hanse.growth.training.completing import answer_lesson, begin_lesson, note_learned
from hanse.growth.training.models import Lesson, LessonVersion
from hanse.growth.training.queries import effect_of, learned_by, lessons_done, lessons_for
from hanse.growth.training.rules import landmark_effect
from hanse.growth.training.types import Joined
from hanse.insight.events.models import PartnerEvent
from hanse.kernel.errors import Conflict, Invalid, Refused
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.safe_text import html_of
from tests import make
from tests.cast import Cast, build
from tests.make import at

BY = "ruth@harbour.example"
QUESTIONS = [
    {"text": "Where does the link go?", "options": ["At the end", "Where you speak of it"], "right": 1, "why": "Near."},
    {"text": "How often?", "options": ["Once", "Twice", "Always"], "right": 0},
]


class _Seen(HTMLParser):
    """Which elements and attributes stand in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags, self.attributes = set[str](), list[tuple[str, str]]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.fixture
def cast(db: None) -> Cast:
    return build()


def _lesson(cast: Cast, title: str = "Place a link", *, is_open: bool = True, **fields: Any) -> Lesson:
    said: dict[str, Any] = {"title": title, "text": "Put it **near**.", "questions": QUESTIONS} | fields
    row = keep_lesson(cast.program, now=at(-60), by=BY, **said)
    return publish_lesson(row, now=at(-60), by=BY) if is_open else row


def _did(lesson: Lesson, enrolment: Enrolment, days: float = 0) -> None:
    answer_lesson(lesson, enrolment, [1, 0], number=lesson.number, now=at(days))


def _pointers(refused: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {problem.pointer for problem in refused.value.problems}


def test_a_lesson_is_done_when_every_answer_is_right_and_stays_done(cast: Cast) -> None:
    lesson = _lesson(cast)
    begin_lesson(lesson, cast.anas, now=at(-2))
    first = answer_lesson(lesson, cast.anas, [0, 0], number=1, now=at(-1))
    assert (first.right, first.tries, first.done_at) == (1, 1, None)
    done = answer_lesson(lesson, cast.anas, [1, 0], number=1, now=at())
    assert (done.right, done.tries, done.done_at, done.way) == (2, 2, at(), "questions")
    again = answer_lesson(lesson, cast.anas, [0, 2], number=1, now=at(1))
    assert (again.done_at, again.right) == (at(), 0)
    assert PartnerEvent.objects.filter(enrolment_id=cast.anas.pk, kind="lesson").count() == 1
    assert lessons_done(cast.program.pk, at(1)) == {cast.anas.pk: 1}
    assert lessons_done(cast.program.pk, at(-0.5)) == {}


def test_answers_that_are_none_are_refused_with_their_place(cast: Cast) -> None:
    lesson = _lesson(cast)
    for answers, pointers in (([], {"/answers/0", "/answers/1"}), ([1, 3], {"/answers/1"}), ([-1, 0], {"/answers/0"}),
                              ([1, 0, 0], {"/answers"})):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            answer_lesson(lesson, cast.anas, answers, number=1, now=at())
        assert _pointers(refused) == pointers
    keep_lesson(cast.program, instead_of=lesson, text="Put it *very* near.", now=at(), by=BY)
    with pytest.raises(Conflict):
        answer_lesson(lesson, cast.anas, [1, 0], number=1, now=at())
    assert [row.number for row in LessonVersion.objects.filter(lesson=lesson).order_by("number")] == [1, 2]
    keep_lesson(cast.program, instead_of=lesson, tiers=["new"], now=at(), by=BY)
    assert lesson.number == 2  # for whom it is says nothing new


def test_lessons_are_only_there_for_whom_they_are_meant(cast: Cast) -> None:
    draft, other, mine = (_lesson(cast, "Draft", is_open=False), _lesson(cast, "Power", tiers=["power"]),
                          _lesson(cast, "Mine", types=["affiliate"], tiers=["new", "casual"]))  # fmt: skip
    gone = archive_lesson(_lesson(cast, "Gone"), now=at(), by=BY)
    assert [one.lesson.key for one in lessons_for(cast.anas)] == ["mine"]
    for lesson in (draft, other, gone):
        with pytest.raises(Refused):
            answer_lesson(lesson, cast.anas, [1, 0], number=1, now=at())
    strange = make.enrolment(make.partner("Eve"), make.program("other"))
    with pytest.raises(Refused):
        begin_lesson(mine, strange, now=at())
    assert learned_by(cast.program.pk, [cast.anas.pk, strange.pk])[cast.anas.pk].meant == 1


def test_a_bad_lesson_is_refused_with_every_place(cast: Cast) -> None:
    bad = [{"text": "", "options": ["a", "a"], "right": 2}, {"text": "x", "options": ["a"], "right": 0, "extra": 1}]
    with pytest.raises(Invalid) as refused:
        keep_lesson(cast.program, title="", text="", questions=bad, minutes=0, video_address="javascript:x",
                    tiers=["gold"], types=["nobody"], now=at(), by=BY)  # fmt: skip
    assert _pointers(refused) == {
        "/title", "/text", "/minutes", "/video_address", "/tiers", "/types", "/questions/0/text",
        "/questions/0/options", "/questions/0/right", "/questions/1/options", "/questions/1/extra",
    }  # fmt: skip
    for questions in ([], [QUESTIONS[0]] * 6, "x", None, [3]):
        with pytest.raises(Invalid):
            keep_lesson(cast.program, title="T", text="T", questions=questions, now=at(), by=BY)
    for key in ("sale", "Bad Key", "training"):
        with pytest.raises(Invalid):
            _lesson(cast, key=key)
    _lesson(cast)
    with pytest.raises(Invalid):
        _lesson(cast)  # the same key


def test_nothing_runs_and_nothing_is_loaded_from_a_lesson() -> None:
    hostile = (
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "<style>*{}</style>",
        "![p](https://e.example/p.png)", "[a](data:text/html;base64,PHNjcmlwdD4=)", "<svg/onload=alert(1)>",
        "[a](vbscript:x)", "<a href='//e' onclick=1>", "```\n</code><script>x</script>\n```", "[x](<javascript:x>)",
        '<https://ok.example/"onmouseover=alert(1)>', "[a](&#106;avascript:alert(1))", "<iframe src=//e></iframe>",
    )  # fmt: skip
    for text in hostile:
        found = _Seen()
        found.feed(html_of(text))
        assert found.tags <= {"p", "a", "pre", "code"}, text
        assert {name for name, _value in found.attributes} <= {"href", "rel"}, text
        assert all(value.startswith("https://") for name, value in found.attributes if name == "href"), text
    levels = re.findall(r"<(h\d)>", html_of("### a\n\n# b\n\n### c\n\n## d\n\n# e"))
    assert levels == ["h2", "h2", "h3", "h3", "h2"]  # no level is skipped, whoever writes
    assert html_of("# A\n\n*b* [c](https://d.example)") == (
        '<h2>A</h2>\n<p><em>b</em> <a href="https://d.example" rel="noopener noreferrer nofollow ugc">c</a></p>\n'
    )


def test_a_lesson_is_a_step_of_onboarding_and_all_of_the_start_are_the_training(cast: Cast) -> None:
    first, second = _lesson(cast, "First link", is_basic=True), _lesson(cast, "Payouts", is_basic=True)
    _lesson(cast, "For the top", is_basic=True, tiers=["power"])  # not meant for Ana
    steps = [
        {"key": key, "kind": kind, "who": "partner", "title": "", "text": "", "address": "", "due_days": 0}
        for key, kind in (("first-link", "training"), ("training", "training"), ("sale", "sale"))
    ]
    path = {"key": "all", "name": "All", "types": [], "tiers": [], "steps": steps}
    publish_paths(cast.program, {"paths": [path]}, note="", now=at(-50), by=BY)
    Enrolment.objects.filter(pk=cast.anas.pk).update(enrolled_at=at(-10))
    settle_onboardings(at(-3), 10)
    cast.anas.refresh_from_db()

    def state() -> tuple[list[str], str]:
        settle_onboardings(at(2), 10)
        found = progress_of(cast.anas)
        return [one.step.key for one in found.steps if one.done_on], found.next.key if found.next else ""

    assert state() == ([], "first-link")
    _did(first, cast.anas, -2)
    assert state() == (["first-link"], "training")
    _did(second, cast.anas, -1)
    assert state() == (["first-link", "training"], "sale")
    events = PartnerEvent.objects.filter(enrolment_id=cast.anas.pk).values_list("kind", flat=True)
    assert sorted(events) == ["lesson", "lesson", "training"]


def test_lessons_done_may_be_a_condition_of_a_tier(cast: Cast) -> None:
    rules = read_rules(cast.program, {"tiers": [
        {"tier": "growth", "when": {"field": "metrics.lessons_done", "op": "gte", "value": 2}},
        {"tier": "casual", "when": {"field": "metrics.lessons_done", "op": "eq", "value": 0}},
        {"tier": "inactive"},
    ]})  # fmt: skip
    for title in ("One", "Two"):
        _did(_lesson(cast, title), cast.anas, -1)
    cleo = make.enrolment(make.partner("Cleo"), cast.program)
    _did(Lesson.objects.get(key="one"), cleo, -1)

    def given() -> dict[str, str]:
        return {one.id: one.given for one in evaluate(field_of(cast.program, rules, at()), rules, at())}

    assert given() == {str(cast.anas.pk): "growth", str(cast.bens.pk): "casual", str(cleo.pk): "inactive"}


def test_health_gives_three_points_to_lessons_only_where_there_are_some(cast: Cast) -> None:
    known = {"has_link": True, "has_terms": True, "has_payout_details": True}
    for done, meant, points in ((0, 0, [5, 5, 5]), (0, 4, [4, 4, 4, 0]), (2, 4, [4, 4, 4, 2]), (4, 4, [4, 4, 4, 3])):
        found = score_of(Known(cast.anas.pk, lessons_done=done, lessons_meant=meant, **known))
        mine = [one for one in found.points if one.area == "enablement"]
        assert [one.points for one in mine] == points
        assert sum(one.of for one in mine) == 15
    assert sum(one.of for one in score_of(Known(cast.anas.pk, lessons_meant=1)).points) == 100


def test_audiences_can_ask_for_training(cast: Cast) -> None:
    lesson = _lesson(cast)
    _lesson(cast, "Another")
    _did(lesson, cast.anas, -3)
    fields = {"training.lessons_done", "training.lessons_left", "events.lesson"}
    rows = rows_for(cast.program.pk, None, at(), fields)
    assert [rows[cast.anas.pk][name] for name in sorted(fields)] == [3, 1, 1]
    assert [rows[cast.bens.pk].get(name) for name in sorted(fields)] == [None, 0, 2]


def test_learning_elsewhere_counts_from_its_own_moment(cast: Cast) -> None:
    lesson = _lesson(cast)
    row = note_learned(lesson, cast.anas, done_at=at(-5), now=at(), by="key:lms")
    assert (row.done_on, row.way) == (date(2026, 5, 10), "outside")
    assert note_learned(lesson, cast.anas, done_at=at(-1), now=at(), by="key:lms").done_at == at(-5)
    for moment in (at(1), make.BEGINNING - timedelta(days=1)):
        with pytest.raises(Invalid):
            note_learned(lesson, cast.bens, done_at=moment, now=at(), by="key:lms")


DAY = date(2026, 1, 1)


def _day(days: int | None) -> date | None:
    return None if days is None else DAY + timedelta(days=days)


def _joined(sale: int | None = None, done: int | None = None, left: int | None = None, joined: int = 0) -> Joined:
    return Joined(DAY + timedelta(days=joined), _day(sale), _day(left), _day(done))


def test_the_landmark_puts_everybody_on_the_same_clock() -> None:
    """Day 14 decides the group; before it nobody is compared, after it nobody changes sides."""
    people = [
        _joined(sale=14, done=3), _joined(sale=13),  # sold by the landmark: neither group
        _joined(left=14, done=2), _joined(joined=100),  # gone, and not there yet
        _joined(sale=20, done=14), _joined(done=1), _joined(done=5, left=30),  # done by day 14
        _joined(sale=40, done=15), _joined(sale=15), _joined(), _joined(sale=101),  # not done by then
        _joined(joined=-1, done=0),  # joined before there was anything to learn
    ]  # fmt: skip
    found = landmark_effect(people, _day(100) or DAY, DAY)
    assert (found.sold_before, found.left_before, found.too_new, found.not_offered) == (2, 1, 1, 1)
    assert (found.done.n, found.done.events, found.others.n, found.others.events) == (3, 1, 4, 2)
    assert [one.day for one in found.done.moments] == [6]  # day 20 is six days after the landmark
    assert [one.day for one in found.others.moments] == [1, 26]
    assert [(one.done, one.done_sold, one.others, one.others_sold) for one in found.months] == [(3, 1, 4, 2)]
    assert not found.is_enough


def test_nobody_is_favoured_for_having_lived_long_enough_to_learn() -> None:
    """Learning that changes nothing: whoever waits long before selling has more time to learn. The landmark sees it."""
    dice, people = random.Random(7), []
    for number in range(3_000):
        sale, done = round(dice.expovariate(1 / 45)), round(dice.expovariate(1 / 25))
        people.append(_joined(number % 300 + sale, number % 300 + done if done < sale else None, joined=number % 300))
    today = DAY + timedelta(days=700)
    naive_done = [one for one in people if one.done_on]
    naive = [(one.sale_on - one.joined_on).days for one in naive_done if one.sale_on]
    others = [(one.sale_on - one.joined_on).days for one in people if one.sale_on and not one.done_on]
    assert sum(naive) / len(naive) > 1.5 * sum(others) / len(others)  # the naive comparison is badly wrong
    found = landmark_effect(people, today, DAY)
    assert found.is_enough
    assert found.pace is not None
    assert found.gap is not None
    assert found.pace.low < 1 < found.pace.high
    assert found.gap.low < 0 < found.gap.high
    helped = [
        _joined((one.sale_on - DAY).days if one.sale_on and dice.random() < 0.5 else None, (one.done_on - DAY).days
                if one.done_on else None, joined=(one.joined_on - DAY).days)
        if not one.done_on or one.done_on > one.joined_on + timedelta(days=14) else one for one in people
    ]  # fmt: skip
    better = landmark_effect(helped, today, DAY)
    assert better.pace is not None
    assert better.pace.low > 1.2  # where it helps it is seen


def test_newcomers_of_some_days_make_no_effect_certain() -> None:
    today = date(2026, 5, 15)

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    young = [Joined(ago(16)) for _ in range(200)] + [Joined(ago(90))]
    done = [Joined(ago(90), ago(60) if number < 3 else None, None, ago(88)) for number in range(12)]
    found = landmark_effect([*young, *done], today, date(2025, 1, 1))
    assert found.gap is not None
    assert not found.gap.is_clear, "of the others one alone was watched for 60 days"


def test_the_effect_is_read_in_a_few_queries(cast: Cast) -> None:
    lesson = _lesson(cast)
    for name in ("Cleo", "Dan", "Eve"):
        row = make.enrolment(make.partner(name), cast.program, enrolled_at=at(-40))
        note_learned(lesson, row, done_at=at(-38), now=at(), by=BY)
    settle_onboardings(at(), 20)
    with CaptureQueriesContext(connection) as caught:
        found = effect_of(cast.program, at().date())
    assert len(caught) == 3
    assert (found.done.n, found.others.n, found.not_offered) == (3, 0, 2)
    assert effect_of(cast.program, at().date(), lesson).done.n == 3
    nothing = effect_of(make.program("other"), at().date())
    assert (nothing.done.n, nothing.others.n, nothing.gap) == (0, 0, None)
