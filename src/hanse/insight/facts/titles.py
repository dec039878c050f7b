"""What the kinds of facts are called, for those who choose among them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_TITLES: Mapping[str, Promise] = {
    "near_milestone": _("Near a milestone of the terms"),
    "near_step": _("Near the next step of the terms"),
    "near_round": _("Near a round number of sales"),
    "first_click": _("First click"),
    "first_sale": _("First sale"),
    "first_renewal": _("First renewal"),
    "first_payout": _("First payout"),
    "anniversary": _("Anniversary"),
    "rate_up": _("Conversion rate up against the own past"),
    "rate_down": _("Conversion rate down against the own past"),
    "rate_above_peers": _("Conversion rate above partners of the same type"),
    "rate_below_peers": _("Conversion rate below partners of the same type"),
    "drop_off_link": _("Link at which readers drop off"),
    "drop_off_kept": _("More refunds than with others"),
    "device_gap": _("Phones and computers buy unlike"),
    "value_up": _("Sales up beyond the program’s change"),
    "value_down": _("Sales down beyond the program’s change"),
    "record_day": _("Best day in a year"),
    "record_month": _("Best month ever"),
    "record_order": _("Largest order in a year"),
    "streak": _("Months with sales in a row"),
    "season_own": _("Own season begins"),
    "season_program": _("Season of the program begins"),
    "best_product": _("Best product"),
    "best_category": _("Best category"),
    "best_link": _("Best link"),
    "best_piece": _("Best piece"),
    "evergreen_piece": _("Old piece that still brings clicks"),
    "best_initiative": _("Best initiative"),
    "best_referrer": _("Best source of readers"),
    "best_weekday": _("Best weekday"),
    "best_hours": _("Best hours"),
    "new_customer_share": _("Share of new customers"),
    "repeat_rate": _("Customers who bought again"),
    "new_country": _("New country"),
    "top_country": _("Country of most readers"),
    "phone_share": _("Readers on phones"),
    "quick_buyers": _("Time from click to order"),
    "basket_above": _("Orders larger than usual"),
    "kept_share": _("Orders kept more often than usual"),
    "top_of_kind": _("Among the first of the same type"),
    "per_hundred_clicks": _("Earned by a hundred clicks"),
    "cold_link": _("Link that went cold"),
    "unused_link": _("Link never clicked"),
    "unused_coupon": _("Code never used"),
    "coupon_ending": _("Code that ends soon"),
    "deep_links": _("Links to single pages"),
}


def title_of(kind: str) -> str:
    """Return what a kind of fact is called, in the active language."""
    return str(_TITLES[kind])
