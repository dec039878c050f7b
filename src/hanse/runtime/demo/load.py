"""`hanse demo`: builds the whole demo on an empty installation, once."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from hanse.bridges.files.reading import OrderFileReader, open_text
from hanse.bridges.files.staging import Staging
from hanse.bridges.files.types import FileFact
from hanse.journal.port import Journal
from hanse.kernel.errors import Refused
from hanse.kernel.signing import derive
from hanse.kernel.tokens import ClickTokens
from hanse.programs.models import Program
from hanse.runtime.demo.asking import open_the_doors
from hanse.runtime.demo.budgets import plan_quarters
from hanse.runtime.demo.calendar import demo_calendar
from hanse.runtime.demo.cast import demo_partners
from hanse.runtime.demo.checkout import find_the_fault
from hanse.runtime.demo.deliverables import play_deliverables
from hanse.runtime.demo.epilogue import write_epilogue
from hanse.runtime.demo.events import Storyteller
from hanse.runtime.demo.kinds import settle_kinds
from hanse.runtime.demo.kits import play_kits
from hanse.runtime.demo.learning import teach_partners
from hanse.runtime.demo.letters import write_letters
from hanse.runtime.demo.library import fill_library
from hanse.runtime.demo.people import PROGRAM_SLUG, ZONE, set_stage
from hanse.runtime.demo.pieces import publish_pieces
from hanse.runtime.demo.post import play_post
from hanse.runtime.demo.recruiting import people_answer, win_partners
from hanse.runtime.demo.relations import play_relations
from hanse.runtime.demo.sharing import let_customers_share
from hanse.runtime.demo.story import Progress, Story
from hanse.runtime.demo.talk import talk_with_partners
from hanse.runtime.demo.tiers import play_tiers
from hanse.runtime.demo.together import play_joint_projects
from hanse.runtime.demo.welcome import welcome_partners
from hanse.runtime.pipeline import Pipeline
from hanse.traffic.products.actions import name_products

_BATCH = 5_000


class DemoProduct(NamedTuple):
    """An article of the shop."""

    sku: str
    category: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoLoaded:
    """What the demo brought in."""

    orders: int
    refunds: int
    clicks: int
    days_shifted: int


def demo_is_loaded() -> bool:
    """Say whether this installation has the demo's program."""
    return Program.objects.filter(slug=PROGRAM_SLUG).exists()


def load_demo(
    *, journal: Journal, pipeline: Pipeline, master_key: bytes, now: datetime, progress: Progress
) -> DemoLoaded:
    """Play the demo's year up to yesterday. Refuses an installation that already has a program."""
    if Program.objects.exists():
        raise Refused("not_empty", "The demo is loaded into an empty installation only. Use another --data folder.")
    calendar, partners = demo_calendar(now, ZONE), demo_partners()
    progress("inviting partners", 0, 0)
    products = _products()
    with transaction.atomic():
        stage = set_stage(calendar, partners)
        name_products(stage.program.pk, {product.sku: product.name for product in products})
    numbers = {code: link.number for code, link in stage.links.items()}
    tokens = ClickTokens(derive(master_key, "click-token"))
    teller = Storyteller(calendar, partners, tokens, lambda partner: numbers[partner.code])
    progress("reading orders", 0, 0)
    events = teller.events(_file_facts(products))
    story = Story(stage, journal, pipeline, calendar, master_key)
    story.play(events, progress)
    story.leave_work(events)
    with transaction.atomic():
        write_epilogue(stage, calendar)
        people_answer(stage, partners, calendar)
        win_partners(stage, calendar)
        open_the_doors(stage, calendar)
        let_customers_share(stage, calendar)
    with transaction.atomic():
        play_tiers(stage, calendar)
    with transaction.atomic():
        welcome_partners(stage, calendar)
    with transaction.atomic():
        settle_kinds(stage, calendar)
    with transaction.atomic():
        publish_pieces(stage, partners, calendar)
    play_relations(stage, partners, pipeline, calendar)
    with transaction.atomic():
        write_letters(stage, calendar)
    with transaction.atomic():
        play_post(stage, calendar)
        fill_library(stage, calendar)
    with transaction.atomic():
        talk_with_partners(stage, calendar)
    with transaction.atomic():
        teach_partners(stage, calendar)
    with transaction.atomic():
        play_joint_projects(stage, calendar)
    with transaction.atomic():
        play_deliverables(stage, calendar)
    with transaction.atomic():
        play_kits(stage, calendar)
    find_the_fault(stage, calendar)
    with transaction.atomic():
        plan_quarters(stage, calendar)  # last: from now on offers beyond a budget need approval
    kinds = [event.fact.kind if event.fact else "click" for event in events]
    return DemoLoaded(kinds.count("conversion"), kinds.count("refund"), kinds.count("click"), calendar.days_shifted)


def _file_facts(products: Sequence[DemoProduct]) -> Iterator[FileFact]:
    """Yield the shipped orders and returns, matched as `hanse import orders` would match them."""
    categories = {product.sku: product.category for product in products}
    with (
        as_file(files("hanse.runtime") / "demo_data" / "orders.csv.xz") as orders,
        tempfile.TemporaryDirectory() as folder,
        Staging(Path(folder) / "demo.sqlite") as staging,
    ):
        reader = OrderFileReader(orders, "GBP", ZONE, lambda sku: categories.get(sku, "home"))
        for _row in staging.read(reader):
            pass
        staging.match()
        sequence = 0
        while facts := staging.facts_from(sequence, _BATCH):
            yield from facts
            sequence = facts[-1].sequence


def _products() -> list[DemoProduct]:
    with as_file(files("hanse.runtime") / "demo_data" / "products.csv.xz") as path, open_text(path) as file:
        return [DemoProduct(**row) for row in csv.DictReader(file)]
