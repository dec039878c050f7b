"""One conversion: what was bought, what came back, why it was credited, what it earned."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from hanse.faces.common.access import console_page, may
from hanse.faces.common.evidence import evidence_lines
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.traffic.crediting import CreditForm
from hanse.faces.console.traffic.frame import traffic_page
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.money.commissions.models import Commission
from hanse.programs.programs.models import Program
from hanse.spine.parked.models import ParkedFact
from hanse.traffic.attribution.hand import hand_decision_of
from hanse.traffic.attribution.queries import attribution_of, evidence_of
from hanse.traffic.attribution.subjects import DOMAIN_FIELDS
from hanse.traffic.conversions.listing import credits_with_partners, refunds_of
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.deals.rules import plain_domain
from hanse.traffic.products.queries import product_names
from hanse.traffic.resale.models import CustomerContact
from hanse.traffic.resale.queries import contact_of, order_numbered


@console_page()
@needs_program
def conversion(request: HttpRequest, program: Program, conversion_id: str) -> HttpResponse:
    """Show one conversion of the program."""
    found = get_object_or_404(
        Conversion.objects.select_related("goal", "customer", "program"),
        pk=id_or_404("cnv", conversion_id), program=program,
    )  # fmt: skip
    decided = attribution_of(found.pk)
    shares = credits_with_partners([found.pk]).get(found.pk, [])
    context = {
        "conversion": found,
        "id": text_id("cnv", found.pk),
        "lines": _lines(found),
        "left_minor": found.amount_minor - found.refunded_minor,
        "refunds": refunds_of(found.pk),
        "attribution": decided,
        "evidence": evidence_lines(evidence_of(found.pk), decided, found.occurred_at),
        "shares": [(share, partner_href(share.enrolment.partner_id)) for share in shares],
        "commissions": _commissions(found),
        "hand": hand_decision_of(found.pk),
        "credit_form": CreditForm(program) if may(request, CHANGE) and not (decided and decided.frozen_at) else None,
        "resold": order_numbered(program.pk, found.external_id),
        "agency": _agency(found),
        "parked": ParkedFact.objects.filter(program_id=program.pk, external_id=found.external_id)[:20],
    }
    return traffic_page(request, program, "console/traffic/conversion.html", "conversions", context)


def _agency(found: Conversion) -> CustomerContact | None:
    """Return the agency that is the customer's contact on that day."""
    day = local_day(found.occurred_at, found.program.time_zone)
    domain = next((str(found.metadata[name]) for name in DOMAIN_FIELDS if found.metadata.get(name)), "")
    customer = found.customer
    return contact_of(
        found.program_id, day, external_id=customer.external_id if customer else "",
        email_hash=customer.email_hash if customer else "", company_domain=plain_domain(domain),
    )  # fmt: skip


def _lines(found: Conversion) -> list[dict[str, object]]:
    taken = found.refunded_lines or [0] * len(found.lines)
    names = product_names(found.program_id, {sku for sku, _category, _quantity, _minor in found.lines})
    return [
        {
            "sku": sku,
            "name": names.get(sku, ""),
            "category": category,
            "quantity": quantity,
            "amount_minor": minor,
            "back_minor": back,
        }
        for (sku, category, quantity, minor), back in zip(found.lines, taken, strict=False)
    ]


def _commissions(found: Conversion) -> list[dict[str, object]]:
    rows = (
        Commission.objects.filter(conversion=found).select_related("enrolment__partner").order_by("-owed_minor", "id")
    )
    return [{"commission": row, "id": text_id("com", row.pk), "partner": row.enrolment.partner} for row in rows]
