"""What is kept of a click: country, network, device and arm, and never an address; forgotten when its time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hanse.kernel.fact_types import ClickFact
from hanse.traffic.clicks.actions import record_clicks
from hanse.traffic.clicks.models import Click
from hanse.traffic.clicks.retention import forget_clicks
from hanse.traffic.clicks.types import ClickArrival
from tests import make

pytestmark = pytest.mark.django_db(databases="__all__")
AGENT = "Mozilla/5.0 (Linux; Android 14; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"


def arrival(number: int, **fields: object) -> ClickArrival:
    values = {"occurred_at": make.at(), "agent": AGENT, **fields}
    return ClickArrival(ClickFact(f"{number:024x}", 999, **values), number)  # type: ignore[arg-type]


def test_a_click_keeps_country_network_device_and_the_splits_arm() -> None:
    record_clicks([arrival(1, country="PL", network="relay", device="other", variant="b", ip_hash="0" * 16)])
    click = Click.objects.get(id=f"{1:024x}")
    assert (click.country, click.network, click.device, click.variant) == ("PL", "relay", "other", "b")


def test_clicks_written_before_the_edge_named_devices_are_told_by_their_agent() -> None:
    record_clicks([arrival(2)])
    assert Click.objects.get(id=f"{2:024x}").device == "tablet"


def test_no_column_of_a_click_could_hold_an_address() -> None:
    named = {field.name for field in Click._meta.fields}
    assert {name for name in named if "ip" in name.split("_") or "address" in name} == {"ip_hash"}


def test_old_clicks_are_forgotten_and_young_ones_stay() -> None:
    record_clicks([arrival(4, occurred_at=make.at() - timedelta(days=401)), arrival(5)])
    assert forget_clicks(make.at() - timedelta(days=400), 100) == 1
    assert list(Click.objects.values_list("id", flat=True)) == [f"{5:024x}"]
