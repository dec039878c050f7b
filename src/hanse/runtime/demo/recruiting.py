"""Who is talked about and who is being won: the shop's survey, its pipeline in all stages, its letters."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from hanse.growth.mentions.actions import take_answers
from hanse.growth.mentions.models import Candidate
from hanse.growth.mentions.types import GivenAnswer
from hanse.growth.profile.actions import judge
from hanse.growth.prospects.actions import add_from_candidate, add_prospect, add_remark, change_prospect
from hanse.growth.prospects.letters import keep_template, send_draft
from hanse.growth.prospects.models import Prospect
from hanse.growth.prospects.moving import move_prospects
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.cast import DemoPartner
from hanse.runtime.demo.people import MANAGER, Stage

SEED = "whom do you follow"
ANSWERS = 1_500
QUESTION = "Whom do you follow for ideas about gifts and the home?"
_STOPS = ("none", "n/a", "-", "nobody", "no one really", "don't know", "No")
_SENTENCES = ("the lady with the blue kitchen, on television I think", "a cousin of mine sends me things she finds")
# Each with the spellings that people use; the earlier, the better known.
_NAMES = (
    ("Candlewick Lane", "candlewick lane", "Candlewicklane", "@candlewicklane"),
    ("The Paper Orchard", "paper orchard", "Paper Orchard Blog", "the paper orchard"),
    ("Hygge & Hearthstone", "hygge and hearthstone", "Hygge & Hearthstone"),
    ("Moss Street Makers", "moss street makers", "@mossstreetmakers"),
    ("Tilda's Teatime", "tildas teatime", "Tilda’s Teatime", "tilda's teatime podcast"),
    ("Brass Button Finds", "brass button finds", "BrassButtonFinds"),
    ("The Slow Larder", "slow larder"), ("Wrapped in Wool", "wrapped in wool"),
    ("Little Lantern House", "little lantern house", "LittleLanternHouse"),
    ("Quiet Corner Reads", "quiet corner reads"),
    ("Juniper Post", "juniper post"), ("Salt & Saddle", "salt and saddle"), ("The Tin Robin", "tin robin"),
    ("Plum Pudding Papers", "plum pudding papers"), ("Hazel Makes Home", "hazel makes home"),
    ("Ribbon and Rye", "ribbon & rye"), ("Old Ferry Antiques", "old ferry antiques"), ("Marigold Mornings",),
    ("Foxglove Fairs",), ("The Sunday Mantelpiece",), ("Nine Elms Crafts",), ("Pebble & Pine Home",),
    ("Dovetail Diary",),
    ("Copper Kettle Club",), ("Rosehip Rooms",), ("Thimble Talk",),
)  # fmt: skip
_LETTERS = (
    ("Our customers named you", "{{named_by_count}} of our customers named you, {{name}}",
     "Hello,\n\nwe asked our customers whom they follow for gift ideas. {{named_by_count}} of them named you.\n\n"
     "{{own_text}}\n\nWould you like to hear what a partnership could look like?\n\n{{sender}}, {{program}}"),
    ("About your piece", "Your piece, and our lanterns",
     "Hello {{name}},\n\nI read {{content}} and thought of our own work.\n\n{{own_text}}\n\n{{sender}}"),
    ("Brought by a partner", "{{referrer}} thinks that we should talk",
     "Hello {{name}},\n\n{{referrer}} works with us and gave me your name.\n\n{{own_text}}\n\n{{sender}}"),
)  # fmt: skip


class _Cast(NamedTuple):
    """A prospect of the demo: which candidate (or a name of its own), where it stands, since when, what next."""

    who: int | str
    path: tuple[str, ...]
    days: int
    step: str = ""
    due_in: int = 0
    reason: str = ""


_TO_TALKS = ("qualified", "contacted", "talks")
_PIPELINE = (
    _Cast(0, _TO_TALKS, 34, "Send the sample box", 0),
    _Cast(1, ("qualified", "contacted"), 21, "Ask again, briefly", -2),
    _Cast(2, (*_TO_TALKS, "signed"), 52, "Agree on the December piece", 5),
    _Cast(3, ("qualified",), 9, "Write to them", 1),
    _Cast(4, ("qualified", "contacted"), 6, "Wait for the answer", 3), _Cast(5, (), 4), _Cast(6, (), 2),
    _Cast(7, ("qualified", "contacted", "closed"), 40, reason="Works with a rival until next summer"),
    _Cast(8, ("qualified",), 30), _Cast(9, ("closed",), 25, reason="Does not take partners"),
    _Cast("The Knitted Gull", (*_TO_TALKS, "signed", "onboarding"), 66, "Help with the first link", 2),
    _Cast("Harbour Lights Radio", _TO_TALKS, 28, "Call the editor", -1),
    _Cast("Wren & Willow", ("qualified", "contacted"), 12, "Send the price list", 4),
    _Cast("Gable End Gazette", (), 41),
)  # fmt: skip


def people_answer(stage: Stage, partners: list[DemoPartner], calendar: DemoCalendar) -> None:
    """Take in the survey's answers. Call inside a transaction."""
    given = list(_answers([one.name for one in partners if one.name.isascii()][:12], calendar.ends_at))
    take_answers(stage.program, given, now=calendar.ends_at - timedelta(days=45), by=MANAGER)


def win_partners(stage: Stage, calendar: DemoCalendar) -> None:
    """Play the pipeline: everybody comes in, takes the steps, is written to. Call inside a transaction."""
    templates = [
        keep_template(stage.program, name=name, subject=subject, body=body, now=calendar.starts_at, by=MANAGER)
        for name, subject, body in _LETTERS
    ]
    by_name = {row.name.casefold(): row for row in Candidate.objects.filter(program=stage.program, partner=None)}
    referrer = next(iter(stage.enrolments.values())).partner
    for number, one in enumerate(_PIPELINE):
        came_at = calendar.ends_at - timedelta(days=one.days, hours=number)
        known = by_name.get(_NAMES[one.who][0].casefold()) if isinstance(one.who, int) else None
        if known is not None:
            row = add_from_candidate(known, owner=stage.manager, now=came_at, by=MANAGER)
        else:
            name = one.who if isinstance(one.who, str) else _NAMES[one.who][0]
            brought = referrer if number % 2 == 0 else None
            row = add_prospect(
                stage.program, name=name, referrer=brought, owner=stage.manager if one.path else None, now=came_at,
                by=MANAGER,
            )  # fmt: skip
        _walk(row, one, came_at)
        if known is not None and row.stage in ("contacted", "talks", "signed"):
            text = "Your way of wrapping things is how we would like to be shown."
            send_draft(
                row,
                templates[0],
                sender=stage.manager.name,
                own_text=text,
                is_mailed=False,
                now=row.entered_at,
                by=MANAGER,
            )
        if "talks" in one.path:
            add_remark(row, kind="reply", text="Gladly. What do you pay, and when?", now=row.entered_at, by=MANAGER)
        if one.step:
            on = (calendar.ends_at + timedelta(days=one.due_in)).date()
            change_prospect(row, next_step=one.step, next_on=on, now=row.changed_at, by=MANAGER)
        if number % 3 == 0:
            judge(row, "fit", value=8, note="Same tone as ours", now=row.changed_at, by=MANAGER)
            judge(row, "relevance", value=9, note="Writes about gifts every week", now=row.changed_at, by=MANAGER)
    _won(stage, calendar)


def _won(stage: Stage, calendar: DemoCalendar) -> None:
    """Remember how the newest partner was won."""
    enrolment = next(reversed(stage.enrolments.values()))
    came_at = max(calendar.starts_at, enrolment.enrolled_at - timedelta(days=30))
    row = add_prospect(stage.program, name=enrolment.partner.name, owner=stage.manager, now=came_at, by=MANAGER)
    Prospect.objects.filter(pk=row.pk).update(partner=enrolment.partner)
    for place, step in enumerate((*_TO_TALKS, "signed", "onboarding", "active"), start=1):
        move_prospects([row], step, now=came_at + timedelta(days=5 * place), by=MANAGER)


def _walk(row: Prospect, one: _Cast, came_at: datetime) -> None:
    """Take the steps of a path, spread over four fifths of the time since the prospect came."""
    for place, stage in enumerate(one.path, start=1):
        at = came_at + timedelta(days=one.days * 0.8 * place / len(one.path))
        reason = one.reason if stage == "closed" else ""
        move_prospects([row], stage, reason=reason, now=at, by=MANAGER)
        row.refresh_from_db()


def _answers(partners: list[str], ends_at: datetime) -> Iterator[GivenAnswer]:
    """Yield the answers: one to three names each, some nobody, a few sentences; the better known more often."""
    draw = random.Random(SEED)  # noqa: S311 (a story, not a secret)
    weights = [1 / (place + 1.5) for place in range(len(_NAMES))]
    for number in range(ANSWERS):
        at = ends_at - timedelta(days=45 + 320 * draw.random() ** 2)
        chance = draw.random()
        if chance < 0.12:
            text = draw.choice(_STOPS)
        elif chance < 0.125:
            text = draw.choice(_SENTENCES)
        else:
            names = [
                draw.choices(one, (5, *[1] * (len(one) - 1)))[0]
                for one in draw.choices(_NAMES, weights, k=draw.choice((1, 1, 1, 2, 2, 3)))
            ]
            if draw.random() < 0.05:
                names.append(draw.choices(partners, weights[: len(partners)])[0])
            text = draw.choice((", ", ", ", "; ")).join(dict.fromkeys(names))
        yield GivenAnswer(text, at, draw.choice(("survey",) * 8 + ("support", "community")), QUESTION, f"C{number:05d}")
