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
OWN_SIGNALS = {
    "email": _("the address: the buyer's is the partner's or one of their people's"),
    "account": _("the account: the buyer pays from, or is paid to, the partner's payout account"),
    "device": _("the browser: the buyer's is one in which the partner used the portal"),
    "household": _("the household: orders name the same one as the partner's own orders (metadata.household)"),
}
LEVELS = {
    "deal": (_("Protected deal"), _("a customer whom a partner registered and you approved")),
    "owner": (_("Owner, for renewals"), _("the partners of the customer's first credited order")),
    "click": (_("Click"), _("the order's click and all valid clicks of that visitor")),
    "lifetime": (_("Owner, for other orders"), _("the same partners, where they earn from later orders, too")),
    "open_deal": (_("Open deal"), _("a registered customer whom you have not decided on")),
    "coupon": (_("Code"), _("a code on the order that belongs to a partner")),
    "email": (_("E-mail address"), _("a click that came with another order or lead of the same address")),
    "survey": (_("Named partner"), _("whom the buyer or the shop names")),
}
EVIDENCE = {
    "open_deal": _("open deal"),
    "manual": _("a person's word"),
    "deal": _("registered deal"),
    "owner": _("first partner of the customer"),
    "lifetime": _("first partner of the customer"),
    "click": _("click"),
    "coupon": _("code"),
    "email": _("e-mail address"),
    "survey": _("named with the order"),
}
CURRENCIES = ("EUR", "GBP", "USD", "PLN", "CHF", "SEK", "NOK", "DKK", "CZK", "CAD", "AUD", "JPY", "TWD", "KZT")
