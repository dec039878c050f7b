"""The roadmap: nobody reads what is under an embargo before accepting it, and no letter mentions it before its end."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.growth.audiences.actions import keep_audience
from hanse.growth.faq.actions import Said, keep_entry
from hanse.growth.faq.queries import answers_for, entries_of, found
from hanse.growth.newsletters.actions import keep_newsletter, schedule_newsletter
from hanse.growth.newsletters.models import Newsletter
from hanse.growth.newsletters.sending import left_to_plan, plan_part
from hanse.growth.resources.actions import add_resource
from hanse.growth.resources.content import Content
from hanse.growth.resources.queries import library_for
from hanse.growth.roadmap.actions import (
    accept_embargo,
    keep_preview,
    lift_embargo,
    note_sight,
    publish_preview,
    withdraw_preview,
)
from hanse.growth.roadmap.letters import tell_embargoes_over
from hanse.growth.roadmap.models import EmbargoAcceptance, Preview, PreviewSight, PreviewVersion
from hanse.growth.roadmap.queries import features_on, near_end, open_embargoes, preview_for, previews_for
from hanse.growth.roadmap.rules import is_findable, mentions_in
from hanse.growth.roadmap.types import Embargo
from hanse.growth.sends.actions import plan_send, send_note
from hanse.growth.sends.models import Send
from hanse.growth.sends.sending import due_part, fill_part, queue_part
from hanse.growth.sends.types import Priority
from hanse.growth.templates.previews import send_test
from hanse.growth.training.actions import archive_lesson, keep_lesson, publish_lesson, restore_lesson
from hanse.growth.training.queries import lessons_for
from hanse.kernel.errors import Conflict, Invalid, Refused
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.tiers.models import Tier
from hanse.spine.outbox.models import OutboxItem
from tests import make
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.growth import post
from tests.make import at

BY = "ruth@harbour.example"
SAID: dict[str, Any] = {
    "teaser": "Something for long evenings", "title": "The Aurora lantern", "text": "The **Aurora** is lit.",
    "address": "https://shop.example/aurora", "embargo_until": at(10), "embargo_text": "Please keep it to yourself.",
    "words": ["Aurora"],
}  # fmt: skip


@pytest.fixture
def cast(db: None) -> Cast:
    found = build()
    for row in (found.anas, found.bens):
        row.refresh_from_db()
        assert row.tier  # read here, so that queries are counted alike
        assert row.partner
    return found


def _preview(cast: Cast, *, is_shown: bool = True, **fields: Any) -> Preview:
    row = keep_preview(cast.program, now=at(-5), by=BY, **{**SAID, **fields})
    return publish_preview(row, now=at(-5), by=BY) if is_shown else row


def _accept(preview: Preview, enrolment: Enrolment, now: datetime | None = None) -> EmbargoAcceptance:
    return accept_embargo(
        preview, enrolment, digest=preview.embargo_digest, now=now or at(), by=enrolment.partner.email
    )  # fmt: skip


def test_the_contents_come_with_the_yes_and_not_before(cast: Cast) -> None:
    preview = _preview(cast, feature="aurora-shop")
    before = preview_for(cast.anas, preview.pk, at())
    assert before is not None
    assert before.content is None
    assert "urora" not in repr(before)  # whatever a face may show of it
    assert features_on(cast.anas, at()) == []
    made = _accept(preview, cast.anas)
    after = preview_for(cast.anas, preview.pk, at())
    assert after is not None
    assert after.content is not None
    assert after.content.title == "The Aurora lantern"
    assert (features_on(cast.anas, at()), features_on(cast.bens, at())) == (["aurora-shop"], [])
    version = PreviewVersion.objects.get(preview=preview)
    assert (made.by, made.accepted_at, made.version_digest, made.text) == (
        "ana@partners.example", at(), version.digest, "Please keep it to yourself.",
    )  # fmt: skip
    assert _accept(preview, cast.anas, at(1)).pk == made.pk  # again is the same
    bens = preview_for(cast.bens, preview.pk, at())
    assert bens is not None
    assert bens.content is None
    later = preview_for(cast.bens, preview.pk, at(10))
    assert later is not None
    assert later.content is not None  # the embargo is over


def test_a_preview_is_only_there_for_whom_it_is_meant(cast: Cast) -> None:
    drafted, power = _preview(cast, is_shown=False), _preview(cast, tiers=["power"])
    mine = _preview(cast, types=["affiliate"])
    assert [one.preview_id for one in previews_for(cast.anas, at())] == [mine.pk]
    strange = make.enrolment(make.partner("Eve"), make.program("other"))
    assert previews_for(strange, at()) == []
    for preview, who in ((drafted, cast.anas), (power, cast.anas), (mine, strange)):
        with pytest.raises(Refused):
            _accept(preview, who)
    Enrolment.objects.filter(pk=cast.anas.pk).update(tier=Tier.objects.get(program=cast.program, key="power"))
    cast.anas.refresh_from_db()
    assert {one.preview_id for one in previews_for(cast.anas, at())} == {mine.pk, power.pk}
    Enrolment.objects.filter(pk=cast.anas.pk).update(status="suspended")
    cast.anas.refresh_from_db()
    assert previews_for(cast.anas, at()) == []


def test_another_embargo_is_accepted_anew_but_an_earlier_end_is_not(cast: Cast) -> None:
    preview = _preview(cast)
    _accept(preview, cast.anas)
    keep_preview(cast.program, instead_of=preview, text="More about **Aurora**.", now=at(), by=BY)
    assert _content(cast, preview) == "More about **Aurora**."  # other words, the same embargo
    keep_preview(cast.program, instead_of=preview, embargo_until=at(8), now=at(), by=BY)
    assert _content(cast, preview) is not None
    keep_preview(cast.program, instead_of=preview, embargo_until=at(30), now=at(), by=BY)
    assert _content(cast, preview) is None
    with pytest.raises(Conflict):
        accept_embargo(preview, cast.anas, digest="0" * 64, now=at(), by="ana")
    _accept(preview, cast.anas)
    assert _content(cast, preview) is not None
    keep_preview(cast.program, instead_of=preview, embargo_text="Not even to friends.", now=at(), by=BY)
    assert _content(cast, preview) is None
    assert preview.number == 5
    assert [row.number for row in PreviewVersion.objects.order_by("number")] == [1, 2, 3, 4, 5]


def _content(cast: Cast, preview: Preview) -> str | None:
    shown = preview_for(cast.anas, preview.pk, at())
    return shown.content.text if shown and shown.content else None


def test_who_saw_what_is_kept_by_version_and_person(cast: Cast) -> None:
    preview = _preview(cast)
    for hour in (1, 2):
        note_sight(preview, cast.anas, number=1, now=at(hours=hour), by="ana@partners.example")
    note_sight(preview, cast.anas, number=2, now=at(hours=3), by="ana@partners.example")
    note_sight(preview, cast.anas, number=2, now=at(hours=4), by="bo@partners.example")
    rows = PreviewSight.objects.order_by("number", "by").values_list("number", "by", "first_at", "last_at", "times")
    assert list(rows) == [
        (1, "ana@partners.example", at(hours=1), at(hours=2), 2),
        (2, "ana@partners.example", at(hours=3), at(hours=3), 1),
        (2, "bo@partners.example", at(hours=4), at(hours=4), 1),
    ]


def test_bad_previews_are_refused_and_what_is_read_before_gives_nothing_away(cast: Cast) -> None:
    cases: tuple[tuple[dict[str, Any], set[str]], ...] = (
        ({"teaser": "The AURORA is coming"}, {"/teaser"}), ({"embargo_text": "Say nothing of a-u-r-o-r-a"}, set()),
        ({"embargo_text": "Say nothing of Au**ro**ra"}, {"/embargo_text"}), ({"words": []}, {"/words"}),
        ({"words": ["ab"]}, {"/words"}), ({"embargo_until": at(-6)}, {"/embargo_until"}),
        ({"embargo_text": ""}, {"/embargo_text"}), ({"title": ""}, {"/title"}), ({"address": "ftp://x"}, {"/address"}),
        ({"feature": "Not A Key"}, {"/feature"}), ({"feature_from": at(2), "feature_until": at(1)}, {"/feature_until"}),
        ({"tiers": ["gold"]}, {"/tiers"}), ({"teaser": "See the Aurora lantern"}, {"/teaser"}),
    )  # fmt: skip
    for fields, pointers in cases:
        if not pointers:
            _preview(cast, is_shown=False, **fields)
            continue
        with pytest.raises(Invalid) as refused:
            _preview(cast, **fields)
        assert {problem.pointer for problem in refused.value.problems} == pointers, fields
    free = keep_preview(cast.program, teaser="Soon", title="Gift boxes", text="Three.", now=at(), by=BY)
    assert (free.embargo_digest, free.embargo_until) == ("", None)


def _found(text: str, *words: str) -> list[tuple[str, int, int]]:
    embargo = Embargo(uuid4(), "", at(), words, "")
    return [(one.word, one.line, one.column) for one in mentions_in(text, [embargo])]


def test_a_name_is_found_however_it_is_written() -> None:
    for text, word, place in (
        ("Our Aurora lamp", "Aurora lamp", (1, 5)), ("a\n\nthe aurora-lamp", "Aurora Lamp", (3, 5)),
        ("AURORA_LAMP!", "aurora lamp", (1, 1)), ("AuroraLamp", "Aurora Lamp", (1, 1)), ("Auroras", "Aurora", (1, 1)),
        ("Au\u200brora", "Aurora", (1, 1)), ("Au**ror**a", "Aurora", (1, 1)), ("A&#117;rora", "Aurora", (1, 1)),
        ("see https://s.example/new_aurora?x=1", "Aurora", (1, 27)), ("Аurоra and tea", "Aurora", (1, 1)),
        ("Ａｕｒｏｒａ", "Aurora", (1, 1)), ("Auróra", "Aurora", (1, 1)), ("Aurora", "Auróra", (1, 1)),
        ("Авророй довольны", "Аврора", None), ("Авроры", "Аврор", (1, 1)), ("我們的極光燈", "極光燈", (1, 4)),
        ("#aurora", "Aurora", (1, 2)), ("Aurora’s", "Aurora", (1, 1)), ("Au\u00adrora", "Aurora", (1, 1)),
        ("Pines", "Pine", (1, 1)), ("Pineapple", "Pine", None), ("Restaurora", "Aurora", None),
        ("[Aurora](https://x.example)", "Aurora", (1, 2)), ("auroral lights", "Aurora", (1, 1)),
    ):  # fmt: skip
        found = _found(text, word)
        assert [(line, column) for _word, line, column in found] == ([place] if place else []), (text, word, found)
    assert _found("Aurora and Borea", "Borea", "Aurora", "Other") == [("Borea", 1, 12), ("Aurora", 1, 1)]
    assert [is_findable(word) for word in ("ab", "abc", "極光", "_-.", "a b")] == [False, True, True, False, False]


def _letter(cast: Cast, *sections: dict[str, Any], days: float = 0, **fields: Any) -> Newsletter:
    values: dict[str, Any] = {"name": "May", "subject": "What is new", "sections": sections} | fields
    return keep_newsletter(cast.program, now=at(days), by=BY, **values)


FREE, SECRET = {"heading": "Candles", "text": "The candles are back."}, {"text": "And then:\nthe Aurora arrives."}


def test_a_newsletter_that_mentions_it_is_refused_at_save_until_every_reader_has_accepted(cast: Cast) -> None:
    preview = _preview(cast)
    with pytest.raises(Invalid) as refused:
        _letter(cast, FREE, SECRET)
    problem = refused.value.problems[0]
    assert (problem.pointer, problem.code) == ("/sections/1/text", "under_embargo")
    assert "Line 2, column 5" in problem.message
    assert "2 readers have not accepted" in problem.message
    with pytest.raises(Invalid) as refused:
        _letter(cast, {"heading": "Aurora!", "text": "x"}, subject="An aurora for you")
    assert {one.pointer for one in refused.value.problems} == {"/subject", "/sections/0/heading"}
    _accept(preview, cast.anas)
    with pytest.raises(Invalid):
        _letter(cast, SECRET)  # Ben has not
    only_power = _letter(cast, {**SECRET, "tiers": ["new"]}, audience=_anas_audience(cast))
    assert only_power.sections.count() == 1
    _accept(preview, cast.bens)
    _letter(cast, SECRET)
    assert _letter(cast, FREE).sections.count() == 1


def _anas_audience(cast: Cast) -> Any:
    cast.ana.country = "PL"
    cast.ana.save(update_fields=["country"])
    condition = {"field": "partner.country", "op": "eq", "value": "PL"}
    return keep_audience(cast.program, name="Ana", condition=condition, now=at(), by=BY)


def _send(newsletter: Newsletter, now: datetime) -> dict[str, str]:
    """Send a newsletter; return each address with the text that it got, or why it got none."""
    newsletter.refresh_from_db()
    plan_part(newsletter, left_to_plan(newsletter, now), now)
    part = due_part(now)
    fill_part(part, now)
    queue_part(part, now)
    found = {}
    for send in Send.objects.filter(newsletter=newsletter).select_related("partner"):
        letter = OutboxItem.objects.filter(pk=send.letter_id).first() if send.letter_id else None
        found[send.partner.contact_name or send.partner.name] = (
            letter.payload["text"] + letter.payload["html"] if letter else send.dropped_why
        )
    return found


def test_an_embargo_made_after_scheduling_leaves_the_section_out_for_those_who_have_not_accepted(cast: Cast) -> None:
    newsletter = _letter(cast, FREE, SECRET)
    schedule_newsletter(newsletter, at(1), now=at(), by=BY)
    preview = _preview(cast)
    _accept(preview, cast.anas)
    got = _send(newsletter, at(1))
    assert "Aurora arrives" in got["Ana"]
    assert "candles are back" in got["Ben"]
    assert "urora" not in got["Ben"]


def test_a_letter_that_is_nothing_but_the_secret_does_not_go(cast: Cast) -> None:
    alone, subject = _letter(cast, SECRET), _letter(cast, FREE, name="June", subject="Aurora is near")
    for one in (alone, subject):
        schedule_newsletter(one, at(1), now=at(), by=BY)
    _preview(cast)
    assert set(_send(alone, at(1)).values()) == {"embargo"}
    assert set(_send(subject, at(1)).values()) == {"embargo"}
    assert not any("urora" in str(mail) for mail in OutboxItem.objects.values_list("payload", flat=True))


def test_tests_and_notes_do_not_tell_either(cast: Cast) -> None:
    newsletter = _letter(cast, SECRET)
    version = schedule_newsletter(newsletter, at(1), now=at(), by=BY)
    preview = _preview(cast)
    with pytest.raises(Refused):
        send_test(version, cast.anas, to="ruth@harbour.example", now=at(), by=BY)
    with pytest.raises(Refused):
        send_note(cast.anas, subject="Psst", text="The aurora is coming", by=BY, now=at())
    with pytest.raises(Invalid):
        schedule_newsletter(newsletter, at(2), now=at(), by=BY)
    _accept(preview, cast.anas)
    send_test(version, cast.anas, to="ruth@harbour.example", now=at(), by=BY)
    send_note(cast.anas, subject="Psst", text="The aurora is coming", by=BY, now=at())


def test_a_lesson_is_not_shown_with_it_either(cast: Cast) -> None:
    """It can be written ahead, and is shown when the embargo is over."""
    preview = _preview(cast)
    question = {"text": "Q", "options": ["a", "b"], "right": 0}
    lesson = keep_lesson(cast.program, title="L", text="Show an Aurora", questions=[question], now=at(), by=BY)
    with pytest.raises(Invalid) as refused:
        publish_lesson(lesson, now=at(), by=BY)
    assert [(one.pointer, one.code) for one in refused.value.problems] == [("/text", "under_embargo")]
    lift_embargo(preview, now=at(1), by=BY)
    assert publish_lesson(lesson, now=at(1), by=BY).published_at == at(1)
    _preview(cast, words=["Borea"], title="The Borea bell")
    with pytest.raises(Invalid):
        keep_lesson(cast.program, instead_of=lesson, summary="Borea too", now=at(2), by=BY)


def test_lifting_tells_those_who_kept_it_once_and_lets_letters_speak(cast: Cast) -> None:
    preview, other = _preview(cast), _preview(cast, title="The Borea bell", words=["Borea"])
    _accept(preview, cast.anas)
    _accept(other, cast.bens)
    withdraw_preview(other, now=at(1), by=BY)
    assert previews_for(cast.bens, at(1))[0].preview_id == preview.pk
    assert {one.preview_id for one in open_embargoes(cast.program.pk, at(1))} == {preview.pk, other.pk}
    assert tell_embargoes_over(at(1)) == 0
    lift_embargo(preview, now=at(2), by=BY)
    with pytest.raises(Refused):
        lift_embargo(preview, now=at(2), by=BY)
    assert [tell_embargoes_over(at(2)), tell_embargoes_over(at(2))] == [1, 0]
    mails = OutboxItem.objects.filter(kind="mail", payload__subject__startswith="You may speak now")
    assert [mail.payload["to"] for mail in mails] == ["ana@partners.example"]
    _letter(cast, SECRET, days=3)
    assert [(row.pk, n) for row, n in near_end(cast.program.pk, at(0), at(3))] == [(preview.pk, 1)]
    assert tell_embargoes_over(at(11)) == 1  # the withdrawn one: nobody is told
    assert mails.count() == 1


def test_reading_takes_as_many_queries_for_many_as_for_one(cast: Cast) -> None:
    def queries(count: int) -> int:
        while Preview.objects.count() < count:
            _preview(cast)
        with CaptureQueriesContext(connection) as caught:
            assert len(previews_for(cast.anas, at())) == count
        return len(caught)

    assert queries(1) == queries(9) == 2


def test_library_and_answers_keep_it_back_until_the_yes(cast: Cast, clock: Clock) -> None:
    clock.set(at())
    preview = _preview(cast)
    add_resource(cast.program, "copy", Content("The Aurora lantern", body="40 GBP"), now=at(), by=BY)
    add_resource(cast.program, "copy", Content("Known things", body="Pots"), now=at(), by=BY)
    keep_entry(cast.program, "partners", Said("When does Aurora come?", "June", "New"), now=at(), by=BY)

    def seen() -> list[str]:
        titles = [one.version.title for one in library_for(cast.bens, at())]
        return sorted(titles + [one.question for one in answers_for(cast.bens)])

    assert seen() == ["Known things"]
    assert answers_for(cast.bens, "aurora") == []
    assert [one.question for one in found("aurora", entries_of(cast.program.pk))] == ["When does Aurora come?"]
    _accept(preview, cast.bens)
    assert seen() == ["Known things", "The Aurora lantern", "When does Aurora come?"]


def test_lessons_of_before_are_kept_back_too_also_when_they_are_brought_back(cast: Cast, clock: Clock) -> None:
    clock.set(at())
    question = {"text": "Q", "options": ["a", "b"], "right": 0}
    then: dict[str, Any] = {"now": at(-20), "by": BY}
    shown, away = (
        publish_lesson(keep_lesson(cast.program, title=title, text="x", questions=[question], **then), **then)
        for title in ("Selling the Aurora", "Lighting the Aurora")
    )
    archive_lesson(away, now=at(-19), by=BY)
    preview = _preview(cast)
    restore_lesson(away, now=at(), by=BY)
    assert lessons_for(cast.bens) == []
    _accept(preview, cast.bens)
    assert [one.lesson for one in lessons_for(cast.bens)] == [shown, away]


@pytest.mark.parametrize("place", ["text", "options", "why"])
def test_the_questions_of_a_lesson_are_read_as_well(cast: Cast, place: str) -> None:
    _preview(cast)
    secret: dict[str, Any] = {"text": "What is Au\u200crora?", "options": ["Aurora", "b"], "why": "The Aurora shines."}
    question = {"text": "Q", "options": ["a", "b"], "right": 0, "why": "", place: secret[place]}
    lesson = keep_lesson(cast.program, title="L", text="x", questions=[question], now=at(), by=BY)
    with pytest.raises(Invalid) as refused:
        publish_lesson(lesson, now=at(), by=BY)
    assert [(one.pointer, one.code) for one in refused.value.problems] == [("/questions", "under_embargo")]


def test_letters_that_mention_an_embargo_ask_as_often_for_many_readers_as_for_few(cast: Cast) -> None:
    preview = _preview(cast)
    version = post.version(cast.program, at(), body="The Aurora lantern is yours to see.")
    known = []
    for many in (2, 12):
        people = [make.enrolment(make.partner(f"{many} {n}"), cast.program) for n in range(many)]
        for one in people[1:]:
            _accept(preview, one)
        plan_send(version, [one.pk for one in people], reason=Priority.NEWSLETTER, key=str(many), now=at())
        with CaptureQueriesContext(connection) as asked:
            part = due_part(at())
            fill_part(part, at())
        known.append(len(asked))
        queue_part(part, at())
    assert Send.objects.filter(dropped_why="embargo").count() == 2
    assert Send.objects.filter(state="queued").count() == 12
    assert known[0] == known[1]
