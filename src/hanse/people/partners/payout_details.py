"""Verbs of payout details: how a partner wants to be paid."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from hanse.people.partners import rules
from hanse.people.partners.models import Partner, PayoutDetails
from hanse.spine.audit.actions import record_change
from hanse.spine.checks import Checks
from hanse.spine.secrets.keys import hash_account


def set_payout_details(
    partner: Partner, *, rail: str, account_name: str, account: str, bic: str = "", now: datetime, by: str
) -> PayoutDetails:
    """Keep where a partner's money goes, from the next payout on. Raises Invalid. The log shows the last four only."""
    checks = Checks()
    values = {
        "rail": checks.one_of("rail", rail, rules.RAILS),
        "account_name": checks.text("account_name", account_name, 140, required=True),
        "account": _checked_account(checks, rail, account),
        "bic": rules.compact(bic),
        "fingerprint": hash_account(account),
    }
    if bic and not rules.is_bic(bic):
        checks.refuse("bic", _("A BIC has 8 or 11 letters and digits, like DEUTDEFF."), "bad_bic")
    checks.done()
    before = PayoutDetails.objects.filter(partner=partner).first()
    details, _made = PayoutDetails.objects.update_or_create(
        partner=partner, defaults=values | {"changed_at": now, "confirmed_at": now}
    )
    record_change(
        actor=by, verb="set_payout_details", subject_kind="partner", subject_id=partner.pk,
        before=_shown(before) if before else {}, after=_shown(details), now=now,
    )  # fmt: skip
    return details


def _checked_account(checks: Checks, rail: str, account: str) -> str:
    account = checks.text("account", account, 200, required=True)
    if rail == "sepa" or (rail != "paypal" and rules.looks_like_iban(account)):
        if not rules.is_iban(account):
            message = _("This IBAN's check digits do not fit. Please compare it with your bank statement.")
            checks.refuse("account", message, "bad_iban")
        return rules.compact(account)
    if rail == "paypal" and account:
        try:
            validate_email(account)
        except ValidationError:
            checks.refuse("account", _("PayPal pays to an e-mail address."), "bad_email")
    return account


def _shown(details: PayoutDetails) -> dict[str, object]:
    return {"rail": details.rail, "account_name": details.account_name, "account": f"…{details.account[-4:]}"}
