"""Kits: whom they are for, what stands in their words, links and codes made once, and what came through them."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hanse.growth.kits import rules
from hanse.growth.kits.actions import keep_kit, publish_kit, withdraw_kit
from hanse.growth.kits.counting import by_code, channels_of, partners_of, totals_of, used_of
from hanse.growth.kits.models import Kit, KitTap, KitUse
from hanse.growth.kits.pictures import add_picture, kit_shows, pack
from hanse.growth.kits.queries import filled_kit, kit_for, kits_for, meant_by
from hanse.growth.kits.taking import note_out, note_step, note_tap, take_kit
from hanse.growth.kits.types import CopyIn, Numbers, Slots
from hanse.growth.resources.actions import keep_file
from hanse.growth.roadmap.actions import accept_embargo, keep_preview, publish_preview
from hanse.insight.rollups.models import SaleDay
from hanse.kernel.errors import Invalid, Refused
from hanse.programs.tiers.models import Tier
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.models import Link
from tests import make
from tests.cast import Cast, build
from tests.growth.test_roadmap import SAID
from tests.make import at
from tests.pipeline.conftest import actors, world
from tests.sending import World

__all__ = ["actors", "world"]
pytestmark = pytest.mark.django_db
BY = "ruth@harbour.example"
STEPS = [{"title": "Pick", "text": "One thing.", "minutes": 5}, {"title": "Publish", "text": "", "minutes": 10}]
WORDS: list[CopyIn] = [
    {"channel": "newsletter", "title": "The table", "text": "Look: {link}\nCode {code}\n{ad}"},
    {"channel": "x", "title": "", "text": "See {link} until {until}"},
]


@pytest.fixture
def cast() -> Cast:
    return build()


def kit_of(cast: Cast, *, is_open: bool = True, **fields: Any) -> Kit:
    values: dict[str, Any] = {
        "key": "spring", "name": "Spring table", "offer": cast.offer, "steps": STEPS, "copies": WORDS,
    } | fields  # fmt: skip
    row = keep_kit(cast.program, now=at(-10), by=BY, **values)
    return publish_kit(row, now=at(-9), by=BY) if is_open else row


def refused(act: Any) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


def test_the_partners_own_link_and_code_stand_inside_without_anything_being_made(cast: Cast) -> None:
    kit = kit_of(cast, ends_on=date(2026, 5, 31))
    filled = filled_kit(kit, cast.anas, None, at())
    base = "http://127.0.0.1:8000/ana"
    assert filled.copies[0].text == f"Look: {base}?kit=spring.newsletter\nCode ANA10\n#ad"
    assert filled.copies[1].text == f"See {base}?kit=spring.x until May 31"
    assert not KitUse.objects.exists()


def test_a_line_with_a_code_is_left_out_where_there_is_none(cast: Cast) -> None:
    Coupon.objects.all().delete()
    kit = kit_of(cast)
    assert filled_kit(kit, cast.anas, None, at()).copies[0].text.split("\n")[1:] == ["#ad"]
    assert "until" not in filled_kit(kit, cast.anas, None, at()).copies[1].text, "a kit without a last day"


def test_taking_makes_a_link_and_a_code_once_where_there_are_none(cast: Cast) -> None:
    Coupon.objects.all().delete()
    page = "https://shop.example/spring"
    kit = kit_of(cast, destination_url=page, code_rule="make", code_ending="SPRING", ends_on=date(2026, 5, 31))
    assert filled_kit(kit, cast.anas, None, at()).copies[0].text.startswith("Look: {link}")
    first = take_kit(kit, cast.anas, now=at(), by="ana")
    again = take_kit(kit, cast.anas, now=at(1), by="ana")
    assert first.pk == again.pk
    assert Link.objects.filter(enrolment=cast.anas, destination_url=page).count() == 1
    assert Coupon.objects.get().code == "ANASPRING"
    assert str(Coupon.objects.get().ends_at) == "2026-05-31 23:00:00+00:00", "the last day still counts in London"
    assert (first.has_made_link, first.has_made_code) == (True, True)
    other = take_kit(kit, cast.bens, now=at(), by="ben")
    assert other.coupon is not None
    assert other.coupon.code == "BENSPRING"


def test_a_made_code_that_is_taken_gets_a_number(cast: Cast) -> None:
    Coupon.objects.all().delete()
    make.coupon(cast.bens, "ANASPRING")
    use = take_kit(kit_of(cast, code_rule="make", code_ending="SPRING"), cast.anas, now=at(), by="ana")
    assert use.coupon is not None
    assert use.coupon.code == "ANASPRING-2"


def test_the_code_a_kit_was_taken_with_stays_while_it_works(cast: Cast) -> None:
    Coupon.objects.all().delete()
    kit = kit_of(cast, code_rule="make", code_ending="SPRING")
    made = take_kit(kit, cast.anas, now=at(), by="ana").coupon
    assert made is not None
    newer = make.coupon(cast.anas, "ANAALWAYS", created_at=at(1))
    use = take_kit(kit, cast.anas, now=at(2), by="ana")
    assert use.coupon == made
    assert use.has_made_code, "what it sold is counted by the kit's own code"
    Coupon.objects.filter(pk=made.pk).update(ends_at=at(3))
    ended = KitUse.objects.select_related("link", "coupon").get(pk=use.pk)
    assert filled_kit(kit, cast.anas, ended, at(2)).code == made.code
    assert filled_kit(kit, cast.anas, ended, at(4)).code == newer.code
    Coupon.objects.filter(pk=newer.pk).update(ends_at=at(3))
    assert filled_kit(kit, cast.anas, ended, at(4)).code == "", "no words with a code that has ended"


def test_a_link_that_was_switched_off_or_has_expired_is_made_anew_at_the_next_use(cast: Cast) -> None:
    kit = kit_of(cast)
    use = take_kit(kit, cast.anas, now=at(), by="ana")
    assert use.link == cast.anas_link
    Link.objects.filter(pk=cast.anas_link.pk).update(archived_at=at())
    assert take_kit(kit, cast.anas, now=at(1), by="ana").link != cast.anas_link


def test_whom_a_kit_is_for_goes_by_tier_type_and_language(cast: Cast) -> None:
    cases: list[tuple[dict[str, Any], bool]] = [
        ({}, True), ({"tiers": ["new"]}, True), ({"tiers": ["power"]}, False), ({"types": ["affiliate"]}, True),
        ({"language": "en"}, True), ({"language": "pl"}, False), ({"tiers": ["new"], "language": "pl"}, False),
    ]  # fmt: skip
    for place, (fields, is_theirs) in enumerate(cases):
        kit = kit_of(cast, key=f"kit-{place}", **fields)
        assert bool(kit_for(cast.anas, kit.pk, at())) is is_theirs, fields
        assert meant_by(cast.program.pk, kit)[0] == (2 if is_theirs else 0)
        if not is_theirs:
            assert refused(lambda kit=kit: take_kit(kit, cast.anas, now=at(), by="ana")) == "not_for_them"
    cast.ana.language = "en-gb"
    assert rules.is_for(kit_of(cast, key="en", language="en"), tier="new", types=["affiliate"], language="en-gb")


def test_drafts_what_has_not_begun_and_what_is_over_cannot_be_taken(cast: Cast) -> None:
    closed: list[dict[str, Any]] = [
        {"is_open": False}, {"starts_on": date(2026, 5, 16)}, {"ends_on": at(-9).date()},
    ]  # fmt: skip
    for place, fields in enumerate(closed):
        kit = kit_of(cast, key=f"kit-{place}", **fields)
        assert kit_for(cast.anas, kit.pk, at()) is None
        assert refused(lambda kit=kit: take_kit(kit, cast.anas, now=at(), by="ana")) == "not_open"
    last = kit_of(cast, key="today", ends_on=at().date())
    assert kit_for(cast.anas, last.pk, at()) is not None, "the last day still counts"


def test_who_used_a_kit_still_sees_it_when_it_is_over_but_not_when_it_was_taken_back(cast: Cast) -> None:
    kit = kit_of(cast, ends_on=at().date())
    take_kit(kit, cast.anas, now=at(), by="ana")
    assert [one.stage for one in kits_for(cast.anas, at(3))] == ["over"]
    assert kits_for(cast.bens, at(3)) == []
    withdraw_kit(kit, now=at(3), by=BY)
    assert kits_for(cast.anas, at(3)) == []


def test_only_active_partners_take_kits(cast: Cast) -> None:
    kit = kit_of(cast)
    for status in ("paused", "suspended", "ended"):
        cast.anas.status = status
        assert refused(lambda: take_kit(kit, cast.anas, now=at(), by="ana")) == "not_active"


def test_what_cannot_be_kept_is_refused_with_its_place(cast: Cast) -> None:
    other = make.offer(make.program("orchard"))
    Tier.objects.filter(program=cast.program, key="power").delete()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"key": "No spaces"}, "/key"), ({"name": " "}, "/name"), ({"offer": other}, "/offer"),
        ({"destination_url": "https://elsewhere.example/"}, "/destination_url"),
        ({"destination_url": "javascript:alert(1)"}, "/destination_url"), ({"tiers": ["power"]}, "/tiers"),
        ({"types": ["nobody"]}, "/types"), ({"language": "xx"}, "/language"), ({"code_rule": "any"}, "/code_rule"),
        ({"code_ending": "a b"}, "/code_ending"),
        ({"steps": [{"title": "", "text": "", "minutes": 3}]}, "/steps/0/title"),
        ({"steps": [{"title": "x", "text": "", "minutes": 0}]}, "/steps/0/minutes"),
        ({"steps": [{"title": "x", "text": "", "minutes": 40}] * 2}, "/steps"),
        ({"copies": [{"channel": "telegraph", "title": "", "text": "x"}]}, "/copies/0/channel"),
        ({"copies": [{"channel": "x", "title": "", "text": "{lnik}"}]}, "/copies/0/text"),
        ({"copies": [{"channel": "x", "title": "", "text": "x\u202ey"}]}, "/copies/0/text"),
        ({"prompt": "{who}"}, "/prompt"), ({"starts_on": date(2026, 5, 2), "ends_on": date(2026, 5, 1)}, "/ends_on"),
    ]  # fmt: skip
    for fields, pointer in cases:
        with pytest.raises(Invalid) as caught:
            kit_of(cast, is_open=False, **fields)
        assert pointer in [problem.pointer for problem in caught.value.problems], fields
    kit_of(cast)
    with pytest.raises(Invalid):
        kit_of(cast)
    assert refused(lambda: kit_of(cast, key="empty", copies=[])) == "no_copies"


def test_the_key_stays_when_a_kit_is_changed(cast: Cast) -> None:
    kit = kit_of(cast)
    keep_kit(cast.program, now=at(), by=BY, instead_of=kit, key="autumn", name="Other", copies=WORDS[:1])
    kit.refresh_from_db()
    assert (kit.key, kit.name, kit.copies.count()) == ("spring", "Other", 1)


def test_taps_and_steps_are_counted_once_a_partner(cast: Cast) -> None:
    kit = kit_of(cast)
    use = take_kit(kit, cast.anas, now=at(), by="ana")
    for _ in range(3):
        note_tap(use, "text", about="0", channel="newsletter", now=at())
    note_tap(use, "picture", about="f", now=at())
    assert KitTap.objects.get(kind="text").times == 3
    cast.anas_link.refresh_from_db()
    assert cast.anas_link.copied_at is not None, "copying from a kit is copying a link"
    note_step(use, 0, is_done=True, now=at())
    assert note_step(use, 1, is_done=True, now=at()).finished_at == at()
    assert note_step(use, 1, is_done=False, now=at(1)).steps_done == [0]
    assert refused(lambda: note_step(use, 2, is_done=True, now=at())) == "no_step"
    note_out(use, "https://ana.example/spring", now=at(1))
    used = used_of([kit])[kit.pk]
    assert (used.taken, used.copied, used.finished, used.published) == (1, 1, 1, 1)
    with pytest.raises(Invalid):
        note_out(use, "javascript:alert(1)", now=at(1))


def test_clicks_and_sales_through_a_kit_count_by_channel_and_partner(world: World, actors: Cast) -> None:
    kit = kit_of(actors)
    take_kit(kit, actors.anas, now=at(-8), by="ana")
    token = world.click(1, at(-3), "v1", subs={"kit": "spring.newsletter"})
    world.click(1, at(-3), "v2", subs={"kit": "spring.x"})
    world.click(1, at(-3), "v3", subs={"kit": "spring.x"}, reason="bot_declared")
    world.click(1, at(-3), "v4", subs={"kit": "autumn.x"})
    world.click(1, at(-3), "v5")
    world.sell("A-1", 10_000, at(-2), click=token.text)
    world.refund("R-1", "A-1", 4_000)
    world.run()
    assert totals_of([kit])[kit.pk] == Numbers(2, 1, 6_000, 1_200)
    by_channel = {one.channel: one.numbers for one in channels_of(kit)}
    assert by_channel == {"newsletter": Numbers(1, 1, 6_000, 1_200), "x": Numbers(1)}
    found = partners_of(kit, [actors.anas.pk, actors.bens.pk])
    assert found[actors.anas.pk].numbers == Numbers(2, 1, 6_000, 1_200)
    assert found[actors.bens.pk].numbers == Numbers()


def test_sales_by_a_code_count_only_where_the_code_was_made_for_the_kit(cast: Cast) -> None:
    kit = kit_of(cast)
    use = take_kit(kit, cast.anas, now=at(), by="ana")
    SaleDay.objects.create(
        enrolment_id=cast.anas.pk, dimension="coupon", day=at().date(), link_number=0, value="ANA10", conversions=3,
        value_minor=900,
    )  # fmt: skip
    assert by_code(kit) == {}
    KitUse.objects.filter(pk=use.pk).update(has_made_code=True)
    assert by_code(kit) == {cast.anas.pk: Numbers(0, 3, 900)}


def test_numbers_of_many_kits_take_as_many_queries_as_of_one(cast: Cast) -> None:
    counts = []
    for keys in (["a"], ["b", "c", "d", "e"]):
        for key in keys:
            take_kit(kit_of(cast, key=key), cast.anas, now=at(), by="ana")
        kits = list(Kit.objects.all())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            totals_of(kits)
            used_of(kits)
            kits_for(cast.anas, at())
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_pictures_open_for_whom_the_kit_is_and_come_in_the_archive_under_plain_names(cast: Cast) -> None:
    kit = kit_of(cast, tiers=["new"])
    for name in ("../../évil\u202egnp.txt", "note.txt"):
        file = keep_file(name, name.encode(), program=cast.program, by=BY, now=at())
        add_picture(kit, file, alt="A note", now=at(), by=BY)
    file_id = kit.pictures.all()[0].file_id
    assert kit_shows(file_id, cast.anas, at())
    cast.bens.tier = Tier.objects.get(program=cast.program, key="power")
    assert not kit_shows(file_id, cast.bens, at())
    take_kit(kit, cast.anas, now=at(), by="ana")
    mine = kit_for(cast.anas, kit.pk, at())
    assert mine is not None
    archive = zipfile.ZipFile(io.BytesIO(pack(mine, filled_kit(kit, cast.anas, mine.use, at()))))
    names = archive.namelist()
    assert "01-newsletter.txt" in names
    assert all(name.isascii() and ".." not in name and not name.startswith("/") for name in names)
    assert b"?kit=spring.newsletter" in archive.read("01-newsletter.txt")
    assert len([name for name in names if name.startswith("pictures/")]) == 2


def test_a_file_of_another_program_goes_with_no_kit(cast: Cast) -> None:
    file = keep_file("a.txt", b"a", program=make.program("orchard"), by=BY, now=at())
    with pytest.raises(Invalid):
        add_picture(kit_of(cast), file, now=at(), by=BY)


@given(st.text(max_size=200))
@hypothesis_settings(max_examples=60, deadline=None)
def test_filling_never_fails_and_leaves_other_braces_alone(text: str) -> None:
    slots = Slots("https://x.example/a", "CODE", "Ana {link}", "Shop", "", "#ad")
    filled = rules.filled(text, slots, "https://x.example/a?kit=k.x")
    if "{" not in text:
        assert filled.split() == "\n".join(text.split("\n")).strip().split()
    assert "{link}" not in filled


def test_a_name_that_looks_like_a_slot_stays_a_name() -> None:
    slots = Slots("a", "", "{code}", "{link}", "", "#ad")
    assert rules.filled("{name} at {shop}", slots, "L") == "{code} at {link}"


def test_the_days_of_a_kit_move_its_stage_with_the_programs_zone(cast: Cast) -> None:
    kit = kit_of(cast, ends_on=at().date())
    evening = at(0, hours=11)  # 23:00 UTC is the next day in London
    assert [one.stage for one in kits_for(cast.anas, evening - timedelta(minutes=1))] == ["open"]
    assert kits_for(cast.anas, evening) == []
    assert rules.stage_of(kit, at().date()) == "open"


def test_invented_taps_make_no_rows_of_their_own(cast: Cast) -> None:
    use = take_kit(kit_of(cast), cast.anas, now=at(), by="ana")
    for about in ("0", "7", "x" * 99, "²", ""):
        note_tap(use, "text", about=about, channel="telegraph", now=at())
    assert sorted(use.taps.values_list("about", "channel", "times")) == [("", "", 4), ("0", "", 1)]


def test_who_is_not_with_us_sees_only_what_they_used(cast: Cast) -> None:
    used, other = kit_of(cast), kit_of(cast, key="other")
    take_kit(used, cast.anas, now=at(), by="ana")
    for status in ("pending", "suspended", "ended"):
        cast.anas.status = cast.bens.status = status
        assert [one.kit for one in kits_for(cast.anas, at())] == [used]
        assert kits_for(cast.bens, at()) == []
    cast.bens.status = "paused"
    assert {one.kit for one in kits_for(cast.bens, at())} == {used, other}


def test_a_kit_that_mentions_an_embargo_is_taken_only_by_who_has_accepted_it(cast: Cast) -> None:
    kit = kit_of(cast, copies=[{"channel": "x", "title": "", "text": "The Aurora is here {link}"}])
    preview = keep_preview(cast.program, now=at(-5), by=BY, **SAID)
    publish_preview(preview, now=at(-5), by=BY)
    assert kits_for(cast.bens, at()) == []
    assert refused(lambda: take_kit(kit, cast.bens, now=at(), by=BY)) == "under_embargo"
    accept_embargo(preview, cast.bens, digest=preview.embargo_digest, now=at(), by=BY)
    assert take_kit(kit, cast.bens, now=at(), by=BY).kit == kit


@pytest.mark.parametrize(("alt", "name"), [("The Aurora at night", "a.txt"), ("", "aurora-lantern.txt")])
def test_a_kit_whose_files_tell_of_an_embargo_is_hidden_too(cast: Cast, alt: str, name: str) -> None:
    kit = kit_of(cast)
    file = keep_file(name, b"words", program=cast.program, by=BY, now=at(-9))
    add_picture(kit, file, alt=alt, now=at(-9), by=BY)
    publish_preview(keep_preview(cast.program, now=at(-5), by=BY, **SAID), now=at(-5), by=BY)
    assert kits_for(cast.bens, at()) == []
    assert refused(lambda: take_kit(kit, cast.bens, now=at(), by=BY)) == "under_embargo"
