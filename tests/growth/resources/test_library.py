"""The library: versions, readers, languages, ends, and what was used down to sales. And the launch check over it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hanse.growth.faq.actions import Said, keep_entry
from hanse.growth.launch.queries import checks_of
from hanse.growth.resources.actions import (
    add_resource,
    add_version,
    archive_resource,
    change_resource,
    keep_file,
    note_uses,
    restore_resource,
)
from hanse.growth.resources.content import Content
from hanse.growth.resources.files.actions import sweep_files
from hanse.growth.resources.files.models import StoredFile
from hanse.growth.resources.files.queries import bytes_of, missing_files
from hanse.growth.resources.files.storing import place_of
from hanse.growth.resources.models import Resource, ResourceUse, ResourceVersion
from hanse.growth.resources.queries import library_for, readers_of
from hanse.growth.resources.rules import channels_of, fit_points
from hanse.growth.resources.types import Reader, Sold, Target
from hanse.growth.resources.usage import takers_of, usage_of, use_by_tier
from hanse.insight.rollups.models import EnrolmentDay
from hanse.kernel.errors import Invalid, Refused
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.spine.audit.models import AuditEntry
from tests import make
from tests.growth.resources.hostile import picture

pytestmark = pytest.mark.django_db
NOW: dict[str, Any] = {"now": make.NOON, "by": "ruth@harbour.example"}


@pytest.fixture
def harbour() -> Program:
    return make.program("harbour")


def reader(of: Program, name: str, **about: Any) -> Enrolment:
    tier = about.pop("tier", "new")
    partner = make.partner(name, **about)
    made = make.enrolment(partner, of, tier=Tier.objects.get(program=of, key=tier))
    return Enrolment.objects.select_related("partner", "tier", "program").get(pk=made.pk)


def titles(enrolment: Enrolment, days: float = 0) -> list[str]:
    return [one.version.title for one in library_for(enrolment, make.at(days))]


def added(
    of: Program, title: str, *, kind: str = "guide", body: str = "Words", days: float = 0, **more: Any
) -> Resource:
    at = {**NOW, "now": make.at(days)}
    target = Target(**more.pop("to", {}))
    return add_resource(of, kind, Content(title, body=body, file=more.pop("file", None)), target, **more, **at)


def test_stories_go_to_instagram_partners_only(harbour: Program) -> None:
    added(harbour, "How to show it in Stories", to={"channels": ["instagram"]})
    added(harbour, "For the top", to={"tiers": ["power", "growth"]})
    added(harbour, "For shops", to={"types": ["affiliate"], "tiers": ["new"]})
    added(harbour, "For all")
    gram = reader(harbour, "Ina", channels=["Blog and Instagram"])
    assert set(titles(gram)) == {"How to show it in Stories", "For shops", "For all"}
    assert set(titles(reader(harbour, "Lea", website="https://www.instagram.com/lea", tier="power"))) == {
        "How to show it in Stories", "For the top", "For all"
    }  # fmt: skip
    assert titles(reader(harbour, "Bo", channels=["Newsletter"], tier="casual", types=["creator"])) == ["For all"]


def test_who_is_not_in_the_program_sees_nothing(harbour: Program) -> None:
    added(harbour, "For all")
    one = reader(harbour, "Ana")
    for status in ("pending", "suspended", "ended"):
        one.status = status
        assert titles(one) == []
    added(make.program("other"), "Of another program")
    one.status = "active"
    assert titles(one) == ["For all"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["blog and Instagram"], {"site", "instagram"}), (["https://youtu.be/x"], {"youtube"}), ([""], set()),
        (["Facebook group"], {"facebook", "community"}), (["https://me.substack.com"], {"site", "newsletter"}),
        (["X"], {"x"}),
        (["price comparison", "gift finder"], {"site"}), (["https://x.com/me"], {"x"}), (["Telegram"], {"telegram"}),
    ],
)  # fmt: skip
def test_channels_are_read_from_what_partners_say_of_themselves(words: list[str], named: set[str]) -> None:
    assert channels_of(words) == named


def test_each_thing_stands_once_in_the_language_that_is_read_best(harbour: Program) -> None:
    english = added(harbour, "Four sentences", to={"language": "en"})
    polish = added(harbour, "Cztery zdania", to={"language": "pl"}, original=english)
    readers = {code: reader(harbour, f"Reader {code}", language=code) for code in ("en", "pl", "de")}
    assert {code: titles(one) for code, one in readers.items()} == {
        "en": ["Four sentences"], "pl": ["Cztery zdania"], "de": ["Four sentences"],
    }  # fmt: skip
    assert readers_of(polish, list(readers.values())) == [readers["pl"]]
    assert readers_of(english, list(readers.values())) == [readers["en"], readers["de"]]
    for language, original in (("pl", english), ("", english), ("en", english), ("es", polish)):
        with pytest.raises(Invalid):
            added(harbour, "Once more", to={"language": language}, original=original)
    archive_resource(polish, **NOW)
    assert titles(readers["pl"]) == ["Four sentences"]
    added(harbour, "Nowe zdania", to={"language": "pl"}, original=english)
    with pytest.raises(Refused):
        restore_resource(polish, **NOW)


def test_the_last_day_counts_in_the_programs_zone(harbour: Program) -> None:
    Program.objects.filter(pk=harbour.pk).update(time_zone="Pacific/Auckland")
    harbour.refresh_from_db()
    ana = reader(harbour, "Ana")
    added(harbour, "Until today", expires_on=make.at(0, hours=12).date())  # the sixteenth has begun there
    assert titles(ana) == ["Until today"]
    assert titles(ana, 1) == []


def test_a_new_version_is_what_partners_see_and_the_old_one_is_kept(harbour: Program) -> None:
    ana, guide = reader(harbour, "Ana"), added(harbour, "Guide")
    note_uses([guide], ana, "downloaded", now=make.NOON)
    again = add_version(guide, Content("Guide", body="Words"), **NOW)
    assert again.number == 1  # says the same: no new one
    add_version(guide, Content("Guide", body="New words", note="Prices of May"), **NOW)
    [one] = library_for(ana, make.NOON)
    assert (one.version.number, one.version.body, one.taken_number, one.is_changed) == (2, "New words", 1, True)
    assert list(guide.versions.values_list("number", "body").order_by("number")) == [(1, "Words"), (2, "New words")]
    note_uses([one.resource], ana, "downloaded", now=make.at(1))
    assert library_for(ana, make.at(1))[0].is_changed is False
    archive_resource(guide, **NOW)
    with pytest.raises(Refused):
        add_version(guide, Content("Guide", body="Third"), **NOW)


def test_what_holds_nothing_or_is_no_picture_is_refused(harbour: Program) -> None:
    file = keep_file("a.txt", b"words", program=make.program("other"), **NOW)
    text = keep_file("a.txt", b"words", program=harbour, **NOW)
    bad: list[tuple[str, Content, Target]] = [
        ("guide", Content("T"), Target()), ("copy", Content("T", file=text), Target()),
        ("picture", Content("T", file=text), Target()), ("guide", Content("T", file=file), Target()),
        ("film", Content("T", body="x"), Target()), ("guide", Content("", body="x"), Target()),
        ("guide", Content("T", body="x\u202e"), Target()), ("guide", Content("T", address="javascript:x"), Target()),
        ("guide", Content("T", body="x"), Target(tiers=["golden"])),
        ("guide", Content("T", body="x"), Target(types=["wizard"])),
        ("guide", Content("T", body="x"), Target(channels=["fax"])),
        ("guide", Content("T", body="x"), Target(language="xx-no")),
    ]  # fmt: skip
    for kind, content, target in bad:
        with pytest.raises(Invalid):
            add_resource(harbour, kind, content, target, **NOW)
    assert not Resource.objects.exists()
    assert not ResourceVersion.objects.exists()


def test_readers_are_changed_with_a_trace(harbour: Program) -> None:
    guide = added(harbour, "Guide")
    change_resource(
        guide, kind="guide", target=Target(tiers=["power"]), expires_on=make.NOON.date(), is_pinned=True, **NOW
    )
    assert titles(reader(harbour, "Ana")) == []
    assert titles(reader(harbour, "Top", tier="power")) == ["Guide"]
    entry = AuditEntry.objects.get(verb="change_resource")
    assert entry.after["tiers"] == ["power"]


def test_use_is_counted_down_to_sales_of_those_whose_month_is_over(harbour: Program) -> None:
    guide = added(harbour, "Guide", days=-100)
    ana, ben, cleo = (reader(harbour, name) for name in ("Ana", "Ben", "Cleo"))
    test = Enrolment.objects.get(pk=reader(harbour, "Test").pk)
    Enrolment.objects.filter(pk=test.pk).update(is_test=True)
    for who, days in ((ana, -60), (ben, -40), (cleo, -10), (test, -60)):
        for act in ("shown", "opened", "downloaded"):
            note_uses([guide], who, act, now=make.at(days))
    note_uses([guide], ana, "copied", now=make.at(-20))  # counts once, from the first time
    note_uses([guide], ana, "downloaded", now=make.at(-5))
    for who, days, clicks, sales in (
        (ana, -91, 50, 9), (ana, -90, 4, 1), (ana, -61, 6, 0), (ana, -60, 7, 2), (ana, -31, 1, 1), (ana, -30, 99, 9),
        (ben, -41, 5, 1), (ben, -40, 8, 3), (cleo, -9, 70, 7), (test, -59, 80, 8),
    ):  # fmt: skip
        EnrolmentDay.objects.create(
            program_id=harbour.pk, enrolment_id=who.pk, day=make.at(days).date(), clicks=clicks, conversions=sales,
            value_minor=sales * 100,
        )  # fmt: skip
    found = usage_of([guide.pk], make.NOON.date())[guide.pk]
    assert (found.shown, found.opened, found.taken, found.whole) == (3, 3, 3, 2)
    assert found.before == Sold(4 + 6 + 5, 2, 200)
    assert found.after == Sold(7 + 1 + 8, 6, 600)
    assert [one["partner"] for one in takers_of(guide.pk)] == ["Ana", "Cleo", "Ana", "Ben"]
    assert ResourceUse.objects.get(enrolment=ana, act="downloaded").times == 2
    [tier] = use_by_tier([("new", 3)], harbour.pk, make.at(-30))
    assert (tier.taken, tier.partners) == (2, 3)


def test_the_library_is_read_in_as_many_queries_however_long_it_is(
    harbour: Program, django_assert_max_num_queries: Any
) -> None:
    ana = reader(harbour, "Ana")
    for number in range(12):
        note_uses([added(harbour, f"Guide {number}")], ana, "downloaded", now=make.NOON)
    with django_assert_max_num_queries(3):  # resources, open embargoes, what was taken
        assert len(library_for(ana, make.NOON)) == 12
    known = list(Resource.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(2):
        assert len(usage_of(known, make.NOON.date())) == 12


def test_what_is_made_for_the_reader_comes_first_and_what_they_took_last() -> None:
    who = Reader("new", ["creator"], ["instagram"], "en")
    usual: dict[str, Any] = {"age_days": 90, "is_pinned": False, "is_taken": False, "days_left": None}
    points = [
        fit_points(Target(channels=["instagram"], language="en"), who, **usual),
        fit_points(Target(types=["creator"]), who, **usual), fit_points(Target(), who, **{**usual, "age_days": 3}),
        fit_points(Target(), who, **usual),
        fit_points(Target(channels=["instagram"]), who, **{**usual, "is_taken": True, "is_pinned": True}),
    ]  # fmt: skip
    assert points == sorted(points, reverse=True)


def test_the_same_upload_is_kept_once_and_what_nothing_names_is_swept(harbour: Program) -> None:
    one = keep_file("a.png", picture(), program=harbour, **NOW)
    assert keep_file("a.png", picture(), program=harbour, **NOW) == one
    other = keep_file("b.png", picture(), program=harbour, **NOW)
    assert (other.pk != one.pk, other.sha256) == (True, one.sha256)
    assert Partner.objects.count() == 0
    assert bytes_of(one) == place_of(one.sha256).read_bytes()
    stray = keep_file("c.txt", b"nobody needs me", program=harbour, **NOW)
    StoredFile.objects.filter(pk=stray.pk).delete()
    assert sweep_files() == 0  # young ones may belong to a transaction that is still open
    old = place_of(stray.sha256)
    import os

    os.utime(old, (0, 0))
    os.utime(place_of(one.sha256), (0, 0))
    assert sweep_files() == 1
    assert (old.exists(), missing_files()) == (False, 0)
    place_of(one.sha256).write_bytes(b"damaged")
    assert bytes_of(one) is None
    keep_file("a.png", picture(), program=harbour, **NOW)
    assert bytes_of(one) is not None


def test_the_launch_check_finds_pack_and_playbook_in_the_library(harbour: Program) -> None:
    make.offer(harbour)

    def missing() -> dict[str, list[str]]:
        return {
            one.key: list(one.missing) for one in checks_of(harbour, make.NOON) if one.key in ("assets", "playbook")
        }

    assert missing() == {"assets": ["no_asset_pack"], "playbook": ["no_playbook"]}
    added(harbour, "For some", kind="copy", to={"tiers": ["power"]})
    added(harbour, "Over", kind="copy", expires_on=make.at(-1).date())
    assert missing()["assets"] == ["no_asset_pack"]
    logo = keep_file("logo.png", picture(), program=harbour, **NOW)
    added(harbour, "Logo", kind="logo", body="", file=logo, expires_on=(make.NOON + timedelta(days=9)).date())
    keep_entry(harbour, "partners", Said("Q", "A", "T"), **NOW)
    assert missing() == {"assets": [], "playbook": ["no_playbook"]}
    keep_entry(harbour, "team", Said("Q", "A", "T"), **NOW)
    assert missing()["playbook"] == []
