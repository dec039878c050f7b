"""Who a customer is, as people type it: an address (kept as a hash), an outside id, a company's domain."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hanse.spine.checks import Checks
from hanse.spine.secrets.keys import hash_email
from hanse.traffic.deals import rules


@dataclass(frozen=True, slots=True)
class NamedCustomer:
    """One customer by any of what is known; `label` is for people to recognise them by."""

    external_id: str
    email_hash: str
    company_domain: str
    label: str


def named_customer(
    checks: Checks, *, customer_email: str = "", customer_external_id: str = "", company_domain: str = "",
    label: str = "",
) -> NamedCustomer:  # fmt: skip
    """Read who is meant. Refuses, at the field, what is no address or no company's domain, and nothing at all."""
    before = len(checks.problems)
    email = checks.email("customer_email", customer_email) if customer_email.strip() else ""
    outside = checks.text("customer_external_id", customer_external_id, 200)
    domain = rules.plain_domain(checks.text("company_domain", company_domain, 200))
    if domain and not rules.is_domain(domain):
        message = _("This is no company's domain. It is written like orchard.example.")
        checks.refuse("company_domain", message, "bad_domain")
    if not (email or outside or domain) and len(checks.problems) == before:
        checks.refuse("customer_email", _("Say who it is: an e-mail address, a customer id or a domain."), "required")
    label = checks.text("customer_label", label, 200) or rules.masked_email(email) or outside or domain
    return NamedCustomer(outside, hash_email(email), domain, label)
