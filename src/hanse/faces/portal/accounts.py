"""A partner's account as pages write it."""

from __future__ import annotations

from hanse.people.partners.models import PayoutDetails
from hanse.people.partners.rules import compact


def shown_account(details: PayoutDetails | None) -> str:
    """Return an account so that its owner knows it and nobody else can use it."""
    if details is None:
        return ""
    if "@" in details.account:
        name, _at, host = details.account.partition("@")
        return f"{name[:2]}…@{host}"
    plain = compact(details.account)
    return f"{plain[:4]} … {plain[-4:]}" if len(plain) > 10 else details.account
