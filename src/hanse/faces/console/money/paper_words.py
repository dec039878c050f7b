"""Words for why an invoice could not be written."""

from __future__ import annotations

from django.utils.translation import gettext as _


def left_out_words(reason: str) -> str:
    """Say why somebody got no invoice, and what ends that."""
    return {
        "no_tax_profile": _("Tax details are missing: the partner fills them in under Payouts."),
        "no_consent": _("The partner has not agreed to self-billing."),
        "consent_expired": _("The agreement to self-billing has run out: the partner renews it."),
        "vat_id_changed": _("The VAT number changed: the partner agrees anew."),
        "no_billing_profile": _("Your own name and address are missing."),
        "no_customer_vat_id": _("Your own VAT number is missing: reverse charge needs both."),
        "no_vat_rate": _("The VAT rate of this country is not known."),
        "no_original": _("Below zero, and there is no earlier invoice to correct: it is set off against the next."),
    }.get(reason, reason)
