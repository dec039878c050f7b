"""Verbs of payout details: how a partner wants to be paid."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import override

from hanse.people.partners import rules
from hanse.people.partners.models import Partner, PayoutDetails
from hanse.spine.audit.actions import record_change
from hanse.spine.checks import Checks
from hanse.spine.outbox.actions import absolute_url
from hanse.spine.outbox.letters import Letter, send_letter
from hanse.spine.secrets.keys import hash_account

REST = timedelta(hours=48)


def set_payout_details(
    partner: Partner, *, rail: str, account_name: str, account: str, bic: str = "", rests: bool = False, now: datetime,
    by: str,
) -> PayoutDetails:  # fmt: skip
    """Keep where a partner's money goes, from the next payout on. Raises Invalid. The log shows the last four only.

    Whoever changes what is known tells the partner by mail. With `rests` (changes that come through the partner's own
    sign-in) nothing is paid there for 48 hours, time enough to object; first details hold at once. What the
    team changes holds at once.
    """
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
    is_new_account = before is not None and (before.fingerprint, before.rail) != (values["fingerprint"], rail)
    rest = now + REST if rests and is_new_account else before.usable_at if before and not is_new_account else None
    details, _made = PayoutDetails.objects.update_or_create(
        partner=partner, defaults=values | {"changed_at": now, "confirmed_at": now, "usable_at": rest}
    )
    if before is not None and is_new_account:
        _tell(partner, details, now)
    record_change(
        actor=by, verb="set_payout_details", subject_kind="partner", subject_id=partner.pk,
        before=_shown(before) if before else {}, after=_shown(details), now=now,
    )  # fmt: skip
    return details


def vouch_for_details(partner: Partner, *, reason: str, now: datetime, by: str) -> None:
    """End the rest of changed details: somebody of the team has asked the partner. Raises Invalid without a reason."""
    checks = Checks()
    reason = checks.text("reason", reason, 500, required=True)
    checks.done()
    if PayoutDetails.objects.filter(partner=partner, usable_at__gt=now).update(usable_at=None):
        record_change(
            actor=by, verb="vouch_for_details", subject_kind="partner", subject_id=partner.pk, before={}, after={},
            reason=reason, now=now,
        )  # fmt: skip


def _tell(partner: Partner, details: PayoutDetails, now: datetime) -> None:
    with override(partner.language):
        ending = details.account[-4:]
        first = _("Your payouts now go to the account that ends in %(ending)s.") % {"ending": ending}
        rest = _("Nothing is paid there in the next 48 hours.") if details.usable_at else ""
        letter = Letter(
            subject=_("Your payout details were changed"),
            paragraphs=(f"{first} {rest}".strip(), _("If that was not you, change them back and answer this mail.")),
            link_label=_("Look at my payout details"), link=absolute_url("/p/payouts/details"),
        )  # fmt: skip
        key = f"details-changed:{partner.pk}:{now.isoformat()}"
        send_letter(letter, key, to=partner.email, language=partner.language, now=now)


def _checked_account(checks: Checks, rail: str, account: str) -> str:
    account = checks.text("account", account, 200, required=True)
    if rail == "sepa" or (rail != "paypal" and rules.looks_like_iban(account)):
        if not rules.is_iban(account):
            message = _("This IBAN's check digits do not fit. Please compare it with your bank statement.")
            checks.refuse("account", message, "bad_iban")
        return rules.compact(account)
    if rail == "wise" and "@" in account:
        return checks.email("account", account)
    if rail == "paypal" and account:
        try:
            validate_email(account)
        except ValidationError:
            checks.refuse("account", _("PayPal pays to an e-mail address."), "bad_email")
    return account


def _shown(details: PayoutDetails) -> dict[str, object]:
    return {"rail": details.rail, "account_name": details.account_name, "account": f"…{details.account[-4:]}"}
