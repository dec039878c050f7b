"""Forms as they stand in a page: read from its HTML, filled with one text wherever a person could type it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import count

FREE = {"text", "search", ""}
SOON = (date.today() + timedelta(60)).isoformat()
KNOWN = {  # what is no free text gets something that is taken
    "email": "{n}@hostile.example", "partner_email": "{n}@hostile.example", "website": "https://hostile.example/",
    "destination_url": "https://harbourandpine.example/{n}", "code": "CODE{n}", "amount": "1.00", "rate": "5%",
    "token_param": "hz_click", "allowed_hosts": "harbourandpine.example", "fallback_url": "https://hostile.example/",
    "key": "goal-{n}", "slug": "hostile-{n}", "homepage": "", "accepts": "on", "do": "publish", "phone": "",
    "country": "GB", "account": "PL61 1090 1014 0000 0712 1981 2874", "bic": "", "minimum_payout_minor": "25.00",
    "approval_ceiling_minor": "", "second_person_above_minor": "", "place": "https://hostile.example/", "content": "",
    "q_piece": "https://hostile.example/",
    "company_domain": "", "customer_email": "{n}@hostile.example", "customer_external_id": "", "vat_id": "",
    "host": "go{n}.hostile.example", "allowed_countries": "", "blocked_countries": "", "first_payout": "25.00",
    "asset_pack": "https://hostile.example/{n}", "address": "https://hostile.example/{n}",
    **{f"p{p}-s{s}-{name}": "" for p in range(4) for s in range(12) for name in ("address", "no", "due_days")},
    "c0-value": "1", "target": "3", "starts_on": "2027-01-01", "ends_on": "2027-02-01", "prize": "1.00", "days": "30",
    "lines": "22423,Stand,12.75,30%", "products": "22423 1", "link": "https://hostile.example/{n}",
    "numbers_begin": "HP", "body": "Hello", "subject": "For you", "initiative": "spring",
    "kicker": "News", "preview": "Soon", "written": "",
    "on": "2027-03-01", "number": "2", "product_worth": "5.00", "code_prefix": "FRIEND",
    "starts_at": "2026-01-05T10:00", "ends_at": "2026-01-05T12:00", "band": "20", "checks": "2", "stay_days": "90",
    "strategic": "20", "window_days": "180",
    "fee": "12.00", "due_on": SOON, "live_on": "", "usage_until": "", "happens_on": SOON, "deadline_on": "",
    "cost_amount": "1.00", "cost_share": "50%", "leads_share": "50%", "code_ending": "SPRING",
    "step_minutes": "3", "embargo_until": "",
    "feature": "", "feature_from": "", "feature_until": "",
    **{f"q{n}_o{place}": f"Answer {place}" for n in range(5) for place in range(4)},
    **{f"own-{n}": "" for n in range(20)}, **{f"value{n}": "1" for n in range(9)},
    **{f"heading{n}": "Early" for n in range(9)}, **{f"text{n}": "You may look." for n in range(9)},
    **{f"q{n}-options": "One\nTwo" for n in range(12)},
    **{f"rule_{n}_{part}": "" for n in range(5) for part in ("countries", "to")},
    **{f"arm_{n}_{part}": "" for n in range(5) for part in ("name", "to", "weight")},
}  # fmt: skip
HERE = {  # what is chosen first there takes no value; partners are named as they are called
    "/console/content/note": {"partner": "Slow Sunday"}, "/console/content/together/new": {"partner": "Slow Sunday"},
    "/console/resources/calendar/new": {"ends_on": ""},
    "/console/resources/training/sessions/new": {"starts_at": f"{SOON}T10:00"},
    "/console/messages/incidents/new": {"rate": ""}, "/console/messages/audiences/new": {"field0": ""},
}  # fmt: skip
CHOSEN = {"enrolment", "partner", "field0", "adds", "c0-field", "letter1"}  # selects that may not stay empty
SHORT = {"tags", "tag", "words"}  # each of several words in one field
_counter = count(1)


@dataclass
class Form:
    """One form that is posted. `free` are the fields that take any text, with the most that each takes."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    free: dict[str, int] = field(default_factory=dict)

    def filled(self, text: str) -> dict[str, str]:
        """Return what is sent when every free field holds this text, cut to its length."""
        return {**self.values, **{name: text[:most] for name, most in self.free.items()}}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = Form(given.get("action", "")) if given.get("method", "").lower() == "post" else None
            self.forms += [self._form] if self._form else []
        elif self._form is not None and "disabled" not in given:
            self._field(self._form, tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "").lower()
        is_open = self._select not in form.values or (self._select in CHOSEN and not form.values[self._select])
        if tag == "option" and self._select and (is_open or "selected" in given):
            form.values[self._select] = given.get("value", "")
        if tag == "select":
            self._select = name
        elif name in KNOWN and kind != "hidden":
            form.values[name] = given.get("value") or KNOWN[name].format(n=next(_counter))
        elif name and (tag == "textarea" or (tag == "input" and kind in FREE and "-" not in name)):
            form.free[name] = min(int(given.get("maxlength") or 5000), 60 if name in SHORT else 5000)
        elif name and tag == "input" and (kind not in ("checkbox", "radio") or "checked" in given):
            form.values[name] = given.get("value", "on" if kind == "checkbox" else "")


def forms_of(html: str, path: str) -> Iterator[Form]:
    """Yield the forms of a page that are posted and have a free field; `path` is where the page stands."""
    reader = _Reader()
    reader.feed(html)
    for form in reader.forms:
        if form.free:
            form.action = form.action.partition("#")[0] or path
            form.values |= HERE.get(form.action, {})
            form.free = {name: most for name, most in form.free.items() if name not in HERE.get(form.action, {})}
            yield form
