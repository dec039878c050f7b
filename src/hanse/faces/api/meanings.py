"""What fields and parameters mean that have the same meaning everywhere they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MEANINGS: Mapping[str, str] = {
    "program": "A program's id, prg_… Left out: the only one that the key reaches.",
    "partner": "A partner's id, prt_…",
    "enrolment": "An enrolment's id, enr_…",
    "offer": "An offer's id, off_…",
    "tier": "A tier's id, tie_…",
    "terms": "A version's id, trm_…",
    "link": "A link's id, lnk_…",
    "conversion": "A conversion's id, cnv_…",
    "month": "A closed month, like 2026-05.",
    "rail": "A way to pay: manual, csv, paypal_csv, paypal, wise, sepa, credit.",
    "for_records": "Also give files whose payments are read back; they must not be handed in again.",
    "payout_run": "A payout run's id, run_…",
    "recruited_by": "The id of the partner who recruited this one, prt_…",
    "slug": "The last part of the address. A taken one is refused with one that is free.",
    "currency": "ISO 4217, like GBP.",
    "time_zone": "Like Europe/London; days, months and quarters are local there.",
    "country": "Two letters of ISO 3166, or empty.",
    "language": "A code like en, pl or zh-hant.",
    "destination_url": "Where it leads: http or https, on one of the offer's hosts.",
    "allowed_hosts": "Host names that links may lead to, with a port where it is not the scheme's own.",
    "fallback_url": "Where visitors of links that no longer work are sent.",
    "token_form": "How addresses carry the click: text (27 characters), hex (30), uuid (36) or bare (24 digits).",
    "token_param": "The name of the parameter that carries the click token. Default: hz_click.",
    "hold_days": "How long a commission is held before it may be paid: days of 24 hours.",
    "notice_days": "Terms that lower what somebody earns begin this many days after they are published, or later.",
    "evidence": "What proves an acceptance that was recorded for the partner.",
    "expires_at": "Until then it can be used or answered. null: without end.",
    "minimum_payout": "Less than this is carried forward. In the minor unit.",
    "second_person_above": "A payout run above this needs a second person. In the minor unit; null: never.",
    "approval_ceiling": "A commission above this waits for a person. In the minor unit; null: none does.",
    "browser_conversions": "Whether the snippet in a browser may report conversions.",
    "consent_mode": "Without a visitor's consent no cookie is set; the token stays in the address.",
    "bare_click_ids": "Whether a conversion may name its click by the 24-digit id alone, which is signed more weakly.",
    "routes": "Other destinations by country and device (`rules`) and a `split` by weight; {} or null for none.",
    "variant": "The arm of the link's split that the visitor was led to; empty without one.",
    "cname": "Where the DNS record of the domain points.",
    "allowed_countries": "Only visitors from these countries (two letters) pass; empty: from all.",
    "blocked_countries": "Visitors from these countries (two letters) are led to the fallback page.",
    "applications_open": "Whether the public page takes applications.",
    "initiative": "A tag of yours that groups links, like spring.",
    "label": "What the partner calls it.",
    "reason": "Why, in words that the partner may read.",
    "starts_at": "From then on. null or left out: at once.",
    "ends_at": "Until then. null: without end.",
    "since": "Only what occurred at this moment or later.",
    "until": "Only what occurred before this moment.",
    "external_id": "Your own id.",
    "status": "One of the statuses.",
    "scopes": "read, write (covers read), facts:write, all.",
    "is_test": "Kept out of numbers and tiers.",
    "at": "When it takes effect; now by default, never in the future.",
    "body": 'The clauses, as in the documentation of terms: {"clauses": […]}.',
    "key": "The name that facts carry: small letters, digits, hyphens.",
    "is_recurring": "Whether it follows an earlier conversion of the same customer.",
    "window_days": "How old a touchpoint may be.",
    "model": "How credit is shared among the touchpoints of the level that wins.",
    "order": "Levels of evidence, the strongest first; levels left out follow in their usual order.",
    "self_referral": "What happens to a partner's own orders.",
}


def add_meanings(document: dict[str, Any]) -> None:
    """Write the common meanings where a field or parameter has none of its own."""
    for schema in document["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            if "description" not in field and name in MEANINGS and "$ref" not in field:
                field["description"] = MEANINGS[name]
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter["name"] in MEANINGS and parameter["in"] == "query":
                    parameter.setdefault("description", MEANINGS[parameter["name"]])
