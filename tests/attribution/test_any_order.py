"""The same facts end alike in every order of arrival: two sources of one order, clicks, leads, renewals, refunds."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from hanse.insight.rollups.rebuilding import compare_rollups
from hanse.kernel.fact_types import BROWSER
from hanse.money.commissions.models import Commission
from hanse.money.holds.models import Case
from hanse.money.ledger.verify import verify_books
from hanse.spine.parked.models import ParkedFact
from hanse.traffic.attribution.checking import compare_attributions
from hanse.traffic.attribution.models import Credit, Evidence
from hanse.traffic.conversions.checking import compare_refunded
from hanse.traffic.conversions.models import Conversion
from tests import make
from tests.sending import World

Act = Callable[[], object]


def outcome(run: str) -> list[str]:
    """Everything that the facts of a run led to, without names of the run and of arrival."""
    told = []
    for one in (
        Conversion.objects.filter(external_id__endswith=f"-{run}").select_related("goal").order_by("external_id")
    ):
        credits_ = Credit.objects.filter(conversion=one).order_by("enrolment__partner__name")
        evidence = Evidence.objects.filter(conversion=one).values_list(
            "kind", "enrolment__partner__name", "verdict", "reason", "touched_at"
        )
        owed = Commission.objects.filter(conversion=one).exclude(owed_minor=0, earned_minor=0)
        cases = Case.objects.filter(commission__conversion=one, decided_at=None).values_list("reason", flat=True)
        told.append(repr((
            one.external_id.removesuffix(run), one.goal.key, one.source, one.coupon_code, one.amount_minor, one.lines,
            one.occurred_at, one.metadata, one.is_new, one.refunded_minor, sorted(map(str, evidence)), sorted(cases),
            list(credits_.values_list("enrolment__partner__name", "share_ppm", "hold_reason")),
            sorted(owed.values_list("enrolment__partner__name", "owed_minor")),
        )))  # fmt: skip
    parked = (
        ParkedFact.objects.filter(external_id__endswith=f"-{run}")
        .exclude(status="resolved")
        .values_list("source", "status", "reason")
    )
    return [*told, *sorted(map(str, parked))]


def checked() -> None:
    assert (compare_rollups(), compare_refunded(), compare_attributions(), verify_books()) == ([], [], [], [])


def two_sources(world: World, run: str, **second: Any) -> list[Act]:
    """A click, the order by two sources with different codes, and a refund."""
    token = world.click(1, make.at(-2), f"v-{run}", record=False)
    return [
        lambda: world.record_click(token, 1, make.at(-2), f"v-{run}"),
        lambda: world.sell(f"A-{run}", coupon="ana10", visitor=f"v-{run}", source="snippet", metadata={"a": 1, "b": 1}),
        lambda: world.sell(f"A-{run}", **{"coupon": "ben10", "source": "webhook", "metadata": {"b": 2}} | second),
        lambda: world.refund(f"R-{run}", f"A-{run}", 2_500),
    ]


@pytest.mark.parametrize("order", ["click", "coupon"])
@pytest.mark.parametrize(
    "second",
    [{}, {"source": BROWSER}, {"source": BROWSER, "amount": 9_000}, {"lines": [{"sku": "x", "amount": 10_000}]}],
)
def test_all_24_orders_of_a_click_two_sources_and_a_refund_end_alike(
    world: World, order: str, second: dict[str, Any]
) -> None:
    world.cast.program.policies.update(order=[order])
    ends = []
    for number, acts in enumerate(itertools.permutations(range(4))):
        run = f"{number:02}"
        hands = two_sources(world, run, **second)
        for place in acts:
            hands[place]()
            world.run()
        ends.append(outcome(run))
    assert all(end == ends[0] for end in ends), next(end for end in ends if end != ends[0])
    checked()


class Story:
    """Facts drawn at random around a few customers, browsers and partners; made again alike for every run."""

    def __init__(self, world: World, seed: int, run: str) -> None:
        self.world, self.run, self.draw = world, run, random.Random(seed)
        self.acts: list[Act] = []
        tokens = [self._click() for _ in range(self.draw.randint(1, 4))]
        orders = [self._order(number, tokens) for number in range(self.draw.randint(1, 3))]
        for number, name in enumerate(orders):
            if self.draw.random() < 0.6:
                amount = self.draw.choice([1_000, 10_000])
                self.acts.append(partial(world.refund, f"R{number}-{run}", name, amount, goal="sale"))

    def _click(self) -> str:
        link, at = self.draw.choice([1, 2]), make.at(-self.draw.choice([0.00002, 1, 2, 20, 40]))
        visitor = f"v{self.draw.randint(0, 1)}-{self.run}"
        token = self.world.click(link, at, visitor, record=False)
        reason = self.draw.choice(["", "", "", "bot_declared"])
        self.acts.append(lambda: self.world.record_click(token, link, at, visitor, reason=reason))
        return token.text

    def _order(self, number: int, tokens: list[str]) -> str:
        goal = self.draw.choice(["sale", "sale", "lead", "renewal"])
        name, at = f"{goal}{number}-{self.run}", make.at(-self.draw.choice([0, 0.5, 3]))
        sources = self.draw.sample(["shop", "webhook", BROWSER], self.draw.choice([1, 2, 3]))
        dated = {"occurred_at": at.isoformat()}
        for source in sources:
            said: dict[str, Any] = {
                "goal": goal,
                "external_id": name,
                "amount": 0 if goal == "lead" else 10_000,
                **dated,
            }
            if source == BROWSER or self.draw.random() < 0.5:
                said["click"] = self.draw.choice(tokens)
            if self.draw.random() < 0.4:
                said["visitor"] = f"v{self.draw.randint(0, 1)}-{self.run}"
            if self.draw.random() < 0.4:
                said["coupon"] = self.draw.choice(["ana10", "ben10", "nobody"])
            if self.draw.random() < 0.8:
                who = self.draw.randint(0, 2)  # the first two share an address
                said["customer"] = {"external_id": f"c{who}-{self.run}"}
                if self.draw.random() < 0.7:
                    said["customer"]["email"] = f"k{who // 2}@{self.run}.example"
            self.acts.append(partial(self.world.send, "conversion", said, source=source))
        return name


@pytest.mark.parametrize("settings", [
    {}, {"model": "linear", "lifetime": True}, {"order": ["coupon"], "new_customers_only": True},
    {"model": "time_decay", "introducer_ppm": 200_000},
])  # fmt: skip
@pytest.mark.parametrize("seed", [*range(5), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(5, 20))])
def test_random_facts_end_alike_however_they_are_shuffled(world: World, seed: int, settings: dict[str, Any]) -> None:
    world.cast.program.policies.update(**settings)
    ends = []
    for number in range(3):
        run = f"s{number}"
        acts = Story(world, seed, run).acts
        shuffled = random.Random(seed * 100 + number)
        shuffled.shuffle(acts)
        for act in acts:
            act()
            if shuffled.random() < 0.6:
                world.run()
        world.run()
        world.run(make.at(8))  # whatever waited for seven days stands on its own now
        ends.append([line.replace(run, "") for line in outcome(run)])
    for end in ends[1:]:
        assert end == ends[0]
    checked()
