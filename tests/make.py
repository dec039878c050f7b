"""Small makers of rows for tests: straight through the models, with sound defaults for everything not named."""

from __future__ import annotations

import hashlib
import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hanse.kernel.signing import email_hash
from hanse.people.access.models import TeamUser
from hanse.people.partners.models import Partner, PartnerType
from hanse.programs.enrolments.models import Enrolment, StatusChange
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import AttributionPolicy, Goal, Program
from hanse.programs.terms.models import Terms
from hanse.programs.tiers.models import Tier
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.models import Link

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 5, 15, 12, 0, tzinfo=UTC)
EMAIL_KEY = b"an e-mail key for tests only, 32"
GOALS = (("lead", False), ("signup", False), ("sale", False), ("renewal", True))
TIERS = ("power", "growth", "casual", "new", "inactive")
_numbers = itertools.count(1)


def at(days: float = 0, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
    """Return noon of the tests' present day, moved."""
    return NOON + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def program(slug: str = "harbour", **columns: Any) -> Program:
    """Make a program with the four default goals, five tiers and policy number 1."""
    values = {"name": slug.title(), "currency": "GBP", "time_zone": "Europe/London", "created_at": BEGINNING} | columns
    made = Program.objects.create(slug=slug, **values)
    for position, (key, is_recurring) in enumerate(GOALS):
        Goal.objects.create(program=made, key=key, name=key.title(), is_recurring=is_recurring, position=position)
    for position, key in enumerate(TIERS):
        Tier.objects.create(program=made, key=key, name=key.title(), position=position)
    policy(made)
    return made


def policy(made_for: Program, **columns: Any) -> AttributionPolicy:
    """Make the program's next policy version."""
    number = AttributionPolicy.objects.filter(program=made_for).count() + 1
    return AttributionPolicy.objects.create(program=made_for, **({"number": number, "created_at": BEGINNING} | columns))


def partner(name: str = "Ana", **columns: Any) -> Partner:
    """Make a partner whose address is made of the name."""
    email = columns.pop("email", f"{name.lower().replace(' ', '.')}@partners.example")
    PartnerType.objects.get_or_create(slug="affiliate", defaults={"name": "Affiliate"})
    values = {"types": ["affiliate"], "created_at": BEGINNING} | columns
    return Partner.objects.create(name=name, email=email, email_hash=email_hash(EMAIL_KEY, email), **values)


def enrolment(of: Partner, into: Program, **columns: Any) -> Enrolment:
    """Enrol a partner, active from the beginning, in the tier named new."""
    values: dict[str, Any] = {
        "status": "active", "enrolled_at": BEGINNING, "tier": Tier.objects.get(program=into, key="new"),
    } | columns  # fmt: skip
    made = Enrolment.objects.create(partner=of, program=into, **values)
    change_status(made, made.status, made.enrolled_at)
    return made


def change_status(enrolment: Enrolment, status: str, changed_at: datetime) -> None:
    """Write a dated status and let the enrolment have it."""
    StatusChange.objects.create(enrolment=enrolment, status=status, at=changed_at, actor="tests")
    Enrolment.objects.filter(id=enrolment.id).update(status=status)


def offer(of: Program, **columns: Any) -> Offer:
    """Make an offer that leads to the program's shop."""
    values = {
        "name": "Shop", "destination_url": "https://shop.example/", "allowed_hosts": ["shop.example"],
        "created_at": BEGINNING,
    } | columns  # fmt: skip
    return Offer.objects.create(program=of, **values)


def link(of: Enrolment, to: Offer | None = None, **columns: Any) -> Link:
    """Make a link with the next free number."""
    target = to or Offer.objects.filter(program=of.program).first() or offer(of.program)
    number = columns.pop("number", None) or (Link.objects.count() + 1)
    values = {"slug": f"go-{number}", "destination_url": target.destination_url, "created_at": BEGINNING} | columns
    return Link.objects.create(number=number, enrolment=of, offer=target, **values)


def coupon(of: Enrolment, code: str, **columns: Any) -> Coupon:
    """Make a coupon that is good at any time."""
    values = {"created_at": BEGINNING} | columns
    return Coupon.objects.create(program=of.program, enrolment=of, code=code, **values)


def terms(of: Program, *clauses: dict[str, Any], **columns: Any) -> Terms:
    """Make the program's (or with tier= or enrolment=, its) next terms; without clauses 20 % of every sale."""
    body = {"clauses": list(clauses) or [{"kind": "percent", "rate": "20%", "goal": "sale"}]}
    scope = {"tier": columns.pop("tier", None), "enrolment": columns.pop("enrolment", None)}
    values = {"starts_at": BEGINNING, "created_at": BEGINNING} | columns
    return Terms.objects.create(
        program=of, body=body, body_hash=hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest(),
        number=Terms.objects.filter(program=of, **scope).count() + 1, **scope, **values,
    )  # fmt: skip


def manager(email: str = "ruth@harbour.example", role: str = "manager", **columns: Any) -> TeamUser:
    """Make a member of the team without a password."""
    return TeamUser.objects.create(email=email, name="Ruth", role=role, **({"created_at": BEGINNING} | columns))


def partner_login(of: Partner, **columns: Any) -> TeamUser:
    """Make a partner's person."""
    values: dict[str, Any] = {"name": of.name, "role": "partner", "partner": of, "email": of.email} | columns
    return TeamUser.objects.create(**({"created_at": BEGINNING} | values))


def fresh(prefix: str = "T") -> str:
    """Return an outside id that no test has used yet."""
    return f"{prefix}-{next(_numbers)}"
