"""Store credit through the outbox: the shop is asked under one id until it answers, and its answer settles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hanse.kernel.errors import Invalid
from hanse.kernel.ids import parse_id
from hanse.money.payouts.models import Payout
from hanse.money.rails.answers import apply_answers
from hanse.money.rails.credit import read_answer, signed
from hanse.money.rails.settings import rail_values
from hanse.money.rails.types import ItemAnswer
from hanse.spine.outbound import NoAnswer, call


def ask_shop(payload: Mapping[str, Any], now: datetime) -> ItemAnswer | None:
    """Ask the shop for one coupon. None: the payment is not on its way any more, so nothing was asked.

    Raises NoAnswer or NotCalled to be asked again, with the same id.
    """
    text = str(payload["payout"])
    try:
        payout = Payout.objects.select_related("run").filter(pk=parse_id("pay", text)).first()
    except Invalid:
        payout = None
    if payout is None or payout.state != Payout.State.IN_TRANSIT:
        return None
    values = rail_values(payout.run.program_id, "credit")
    try:
        body, headers = signed(payload["body"], values.get("secret", ""), text, now)
    except ValueError as error:
        raise NoAnswer(str(error)) from error
    found = read_answer(text, call("POST", values.get("url", ""), headers=headers, body=body))
    if found is None:
        raise NoAnswer("The shop has not issued it yet.")
    return found


def note_credit(answer: ItemAnswer, now: datetime) -> None:
    """Settle or fail the payment as the shop said."""
    payout = Payout.objects.select_related("run").get(pk=parse_id("pay", answer.payment))
    apply_answers(payout.run, [answer], now=now, by="shop")
