"""The demo's customers who share: an offer that is open, and a few who took it up in the last days."""

from __future__ import annotations

from datetime import timedelta

from hanse.growth.sharing.actions import join_by_sharing, offer_sharing
from hanse.growth.sharing.types import Buyer, Wanted
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.people import MANAGER, Stage

_WANTED = Wanted(
    is_open=True, headline="Give a friend 10% off, and get a sample box", friend_gets="10% off the first order",
    paid_in="product", product="Sample box of candles", product_worth_minor=1_200, orders_each=3, code_prefix="FRIEND",
)  # fmt: skip
_BUYERS = (
    (9, "order", Buyer("odette.marsh@home.example", "Odette Marsh", "C-15311")),
    (6, "order", Buyer("iwan.prys@home.example", "Iwan Prys", "C-14911")),
    (3, "page", Buyer("halina.duda@home.example", "Halina Duda", "", "pl")),
    (1, "api", Buyer("rosa.quint@home.example", "Rosa Quint", "C-17841")),
)


def let_customers_share(stage: Stage, calendar: DemoCalendar) -> None:
    """Open the offer and let four customers take it up. Call inside a transaction."""
    now = calendar.ends_at
    offer = offer_sharing(stage.program, _WANTED, now=now - timedelta(days=12), by=MANAGER)
    for days, source, buyer in _BUYERS:
        at = now - timedelta(days=days)
        join_by_sharing(offer, buyer, source=source, is_accepted=True, is_mailed=False, now=at, by=buyer.email)
