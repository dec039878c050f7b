"""Payout details: where a partner's money goes. The account is never shown whole again."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import WRITE, actor, asker
from hanse.faces.api.reach import find_own_partner
from hanse.faces.api.values import Input, Instant, Output, Text
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.people.partners import actions

router = Router(tags=["Partners"])
Rail = Literal["manual", "csv", "paypal", "wise", "sepa", "credit"]


class PayoutDetailsIn(Input):
    """How a partner wants to be paid."""

    rail: Annotated[Rail, Field(description="How money reaches the partner. credit: not by payouts.")]
    account_name: Annotated[Text, Field(max_length=140, description="The name that the bank knows.")]
    account: Annotated[Text, Field(max_length=200, description="An IBAN (sepa), an e-mail address (paypal) or words.")]
    bic: Annotated[Text, Field(max_length=20, description="8 or 11 letters and digits, or empty.")] = ""


class PayoutDetailsOut(Output):
    """Where money goes, so that it can be told apart but not used."""

    partner: str
    rail: Rail
    account_name: str
    account_ending: str
    bic: str
    changed_at: Instant


@router.post("/partners/{partner_id}/payout-details", auth=WRITE, response=PayoutDetailsOut)
def set_payout_details(request: HttpRequest, partner_id: str, body: PayoutDetailsIn) -> PayoutDetailsOut:
    """Say where a partner's money goes from the next payout on; drafts made before leave the partner out.

    A restricted key cannot say it for one who is in other programs too.
    """
    partner = find_own_partner(asker(request), partner_id)
    details = actions.set_payout_details(partner, **body.model_dump(), now=clock.now(), by=actor(request))
    return PayoutDetailsOut(
        partner=text_id("prt", partner.pk), rail=body.rail, account_name=details.account_name,
        account_ending=details.account[-4:], bic=details.bic, changed_at=details.changed_at,
    )  # fmt: skip
