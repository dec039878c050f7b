"""The library in the demo: kinds, languages, readers and versions; what partners took; the FAQ and the playbook.

Who takes what is decided by what it is for, so that the sales before and after are those of the story.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from hanse.growth.faq.actions import Said, keep_entry, vote
from hanse.growth.faq.models import FaqEntry
from hanse.growth.resources.actions import add_resource, add_version, archive_resource, keep_file, note_uses
from hanse.growth.resources.content import Content
from hanse.growth.resources.models import Resource
from hanse.growth.resources.queries import readers_of
from hanse.growth.resources.types import Act, Target
from hanse.kernel.clock import local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.runtime.demo import library_files as files
from hanse.runtime.demo import library_texts as texts
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.people import MANAGER, Stage


def fill_library(stage: Stage, calendar: DemoCalendar) -> None:
    """Fill the library, the FAQ and the playbook. Call inside a transaction, after the year is played."""
    rows = _resources(stage, calendar.ends_at, calendar.zone)
    active = Enrolment.objects.filter(program=stage.program, status=Enrolment.Status.ACTIVE, is_test=False)
    people = list(active.select_related("partner", "tier", "program").order_by("enrolled_at", "id"))
    for place, row in enumerate(rows):
        _use(row, people, place, calendar.ends_at)
    _answers(stage, calendar.ends_at, people)


def _resources(stage: Stage, end: datetime, zone: str) -> list[Resource]:
    """Add every resource; two get a second version, one is put away. What partners may take comes back."""
    rows: dict[str, Resource] = {}
    drawn: dict[str, Callable[[], bytes]] = {
        "logo.svg": lambda: files.LOGO, "asset-pack.zip": files.pack, "story.png": files.story,
        "trade-guide.pdf": _trade,
        "parcels-wide.png": lambda: files.wide(files.PAPER, files.SEA, files.OCHRE),
        "winter.png": lambda: files.wide("#dfe8e6", files.BRICK, files.PAPER),
        "spring.png": lambda: files.wide("#eef1dc", files.OCHRE, files.SEA),
    }  # fmt: skip
    today = local_day(end, zone)
    for one in texts.THINGS:
        at = end - timedelta(days=one.days_ago)
        file = (
            keep_file(one.file, drawn[one.file](), program=stage.program, by=MANAGER, now=at) if one.file else None
        )  # fmt: skip
        rows[one.key] = add_resource(
            stage.program, one.kind, Content(one.title, one.summary, one.body, file=file),
            Target(one.tiers, one.types, one.channels, one.language),
            expires_on=None if one.ends_in is None else today + timedelta(days=one.ends_in),
            is_pinned=one.key == "logo", original=rows.get(one.original), now=at, by=MANAGER,
        )  # fmt: skip
    archive_resource(rows.pop("old"), now=end - timedelta(days=160), by=MANAGER)
    _change(rows["logo"], "As a drawing, for every size; on dark grounds too.", "", "How to put it on dark grounds",
            end - timedelta(days=100))  # fmt: skip
    _change(rows["compared"], "Where we are better, and where not; checked again this month.",
            "- **New:** refills for candles. Nobody else has them.\n", "New prices; refills for candles",
            end - timedelta(days=12))  # fmt: skip
    del rows["spring"]
    return list(rows.values())


def _change(row: Resource, summary: str, more: str, note: str, at: datetime) -> None:
    before = row.now
    content = Content(
        before.title, summary, f"{before.body}\n{more}" if more else before.body, before.address, before.file, note
    )
    add_version(row, content, now=at, by=MANAGER)


def _trade() -> bytes:
    return files.guide("Selling on: the short guide", (
        ("Who it is for", "Shops, hotels and agencies that buy for customers of their own."),
        ("Prices", "Your prices stand under Deals. They change twice a year; orders keep the price of their day."),
        ("Delivery", "Two days in the UK, four to Poland. From 40 boxes on a pallet, without a fee."),
        ("Returns", "Unopened boxes come back within 60 days. Open ones we replace where they are broken."),
    ))  # fmt: skip


def _use(row: Resource, people: list[Enrolment], place: int, end: datetime) -> None:
    """Let some of those whom a resource is for see it, open it and take it, on days spread over its life."""
    versions = list(row.versions.order_by("number"))
    act: Act = "copied" if row.kind in ("copy", "template") else "downloaded"
    age = (end - row.created_at).days
    for number, enrolment in enumerate(readers_of(row, people)):
        since = max(row.created_at, enrolment.enrolled_at)
        at = max(
            since + timedelta(hours=5), end - timedelta(days=age - (number * 11 + place * 7) % max(1, age), hours=3)
        )
        if at >= end or (number + place) % 5 == 4:
            continue
        row.current = [one for one in versions if one.created_at <= at][-1]  # what was there on that day
        note_uses([row], enrolment, "shown", now=at)
        if (number + place) % 3 != 2:
            note_uses([row], enrolment, "opened", now=at + timedelta(minutes=1))
        if (number + place) % 3 == 0 and enrolment.tier is not None and enrolment.tier.key != "inactive":
            note_uses([row], enrolment, act, now=at + timedelta(minutes=2))


def _answers(stage: Stage, end: datetime, people: list[Enrolment]) -> None:
    kept = [
        _entry(stage, FaqEntry.Place.PARTNERS, one, end - timedelta(days=200 - 9 * place), Target(
            one.tiers, one.types, one.channels, "en"
        ))
        for place, one in enumerate(texts.FAQ)
    ]  # fmt: skip
    for words, language in ((texts.FAQ_PL, "pl"), (texts.FAQ_ES, "es")):
        _entry(stage, FaqEntry.Place.PARTNERS, words, end - timedelta(days=60), Target(language=language), kept[0])
    for place, one in enumerate(texts.PLAYBOOK):
        _entry(stage, FaqEntry.Place.TEAM, one, end - timedelta(days=180 - 14 * place), Target(language="en"))
    for place, entry in enumerate(kept[:7]):
        for number, enrolment in enumerate(people[place : place + 9 - place]):
            vote(entry, enrolment, (number + place) % 4 != 3, now=end - timedelta(days=3 * number + 1))


def _entry(
    stage: Stage, place: str, one: texts.Answer, at: datetime, target: Target, original: FaqEntry | None = None
) -> FaqEntry:
    said = Said(one.question, one.answer, one.topic, one.is_pinned)
    return keep_entry(stage.program, place, said, target, original=original, now=at, by=MANAGER)
