"""Words for what may be chosen of a program."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

MODELS = {
    "last": _("the last click"),
    "first": _("the first click"),
    "linear": _("every click the same"),
    "position": _("40% first, 40% last, 20% between"),
    "time_decay": _("later clicks more than earlier ones"),
}
SELF_REFERRAL = {
    "block": _("is not credited"),
    "zero": _("is credited, but earns nothing"),
    "allow": _("is allowed"),
}
EVIDENCE = {
    "deal": _("registered deal"),
    "owner": _("first partner of the customer"),
    "lifetime": _("first partner of the customer"),
    "click": _("click"),
    "coupon": _("code"),
    "email": _("e-mail address"),
    "survey": _("named with the order"),
}
CURRENCIES = ("EUR", "GBP", "USD", "PLN", "CHF", "SEK", "NOK", "DKK", "CZK", "CAD", "AUD", "JPY", "TWD", "KZT")
