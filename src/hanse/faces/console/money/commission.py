"""Why this amount: the receipt of one commission, what may be done to it, and the tracer beside it."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from hanse.faces.common.access import console_page, may
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.receipt import receipt_page
from hanse.faces.console.acts import DECIDE
from hanse.faces.console.money.frame import money_page
from hanse.faces.console.verbs import verb_words
from hanse.kernel.errors import NotFound
from hanse.kernel.ids import text_id
from hanse.money.commissions.queries import explanation_of
from hanse.money.commissions.receipts import Receipt
from hanse.money.payouts.words import case_words
from hanse.programs.programs.models import Program
from hanse.spine.audit.models import AuditEntry


@console_page()
@needs_program
def commission(request: HttpRequest, program: Program, commission_id: str) -> HttpResponse:
    """Show the receipt, open cases, and what a person may do."""
    receipt = _receipt(commission_id, program)
    is_open = receipt.voided_at is None
    context = {
        "page_of": receipt_page(receipt), "partner_href": partner_href(receipt.partner_id),
        "cases": [case_words(reason) for reason in receipt.cases],
        "conversion_id": text_id("cnv", receipt.order.conversion_id),
        "may_hold": may(request, DECIDE) and is_open and receipt.paid_at is None and "person" not in receipt.cases,
        "may_let_go": may(request, DECIDE) and is_open and bool(receipt.cases),
        "may_void": may(request, DECIDE) and is_open and receipt.owed_minor > 0,
        "was_paid": receipt.paid_minor > 0,
        "done": [(verb_words(entry.verb), entry) for entry in _done(receipt.id)],
    }  # fmt: skip
    return money_page(request, program, "console/money/commission.html", "commissions", context)


def _receipt(commission_id: str, program: Program) -> Receipt:
    try:
        receipt = explanation_of(id_or_404("com", commission_id))
    except NotFound as missing:
        raise Http404 from missing
    if receipt.program_id != program.pk:
        raise Http404(_("This commission belongs to another program."))
    return receipt


def _done(commission_id: UUID) -> list[AuditEntry]:
    rows = AuditEntry.objects.filter(subject_kind="commission", subject_id=str(commission_id))
    return list(rows.order_by("-at")[:20])


@console_page()
@needs_program
def as_json(request: HttpRequest, program: Program, commission_id: str) -> HttpResponse:
    """Answer with the whole receipt as JSON."""
    receipt = _receipt(commission_id, program)
    said = {field.name: _plain(getattr(receipt, field.name)) for field in fields(receipt) if field.name != "evidence"}
    said["id"] = text_id("com", receipt.id)
    said["evidence"] = [
        {
            "kind": piece.kind, "verdict": piece.verdict, "reason": piece.reason,
            "touched_at": _plain(piece.touched_at),
            "partner": piece.enrolment.partner.name if piece.enrolment else None, "click": piece.click_id or None,
            "detail": piece.detail,
        }
        for piece in receipt.evidence
    ]  # fmt: skip
    return JsonResponse(said, json_dumps_params={"indent": 2, "ensure_ascii": False})


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return _plain(asdict(value)) if hasattr(value, "__dataclass_fields__") else value
