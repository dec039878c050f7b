"""The description of the fact doors: the edge serves them, so that no order waits for pages."""

from __future__ import annotations

from typing import Any

from hanse.kernel.fact_parsing import MAX_ID, MAX_LINES
from hanse.kernel.money import MAX_AMOUNT_MINOR

Document = dict[str, Any]


def text_of(limit: int = MAX_ID, **more: Any) -> Document:
    """Describe a text of at most so many characters."""
    return {"type": "string", "maxLength": limit, **more}


_AMOUNT: Document = {
    "type": "integer", "minimum": 0, "maximum": MAX_AMOUNT_MINOR, "description": "In the currency's minor unit.",
}  # fmt: skip
_TIME: Document = {"type": "string", "format": "date-time", "description": "Default: the moment it is received."}
_CURRENCY: Document = {
    "type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217. Default: the program's.",
}  # fmt: skip


def object_of(required: list[str], **fields: Document) -> Document:
    """Describe an object that has these fields and no others."""
    return {"type": "object", "additionalProperties": False, "required": required, "properties": fields}


SCHEMAS: Document = {
    "OrderLine": object_of(
        ["amount"], sku=text_of(), category=text_of(),
        quantity={
            "type": "integer", "minimum": 1,
            "description": "Default: 1; a refund that leaves it out takes units back by value.",
        },
        amount=_AMOUNT | {"description": "For all units of the line, after discount, before tax and shipping."},
    ),
    "ConversionFact": object_of(
        ["goal", "external_id"],
        goal=text_of(60, description="The key of one of the program's goals."),
        external_id=text_of(description="Your own id: one conversion is one (program, goal, external_id)."),
        program=text_of(description="Default: the program of the key."), occurred_at=_TIME,
        amount=_AMOUNT | {"description": "The sum of the lines. Needed where there are no lines."}, currency=_CURRENCY,
        lines={"type": "array", "maxItems": MAX_LINES, "items": {"$ref": "#/components/schemas/OrderLine"}},
        customer=object_of(
            ["external_id"], external_id=text_of(), email=text_of(254, description="Kept as a keyed hash only."),
            country={"type": "string", "pattern": "^[A-Z]{2}$"}, is_new={"type": "boolean"},
        ),
        click=text_of(100, description="The click token that the visitor brought."), visitor=text_of(100),
        coupon=text_of(100), partner=text_of(), metadata={"type": "object"},
        is_test={"type": "boolean", "default": False}, revision={"type": "integer", "minimum": 0, "default": 0},
    ),
    "RefundFact": object_of(
        ["external_id", "conversion"], external_id=text_of(), program=text_of(),
        conversion=text_of(description="The external_id of the conversion."), goal=text_of(60),
        kind={"enum": ["refund", "chargeback", "dispute_won"], "default": "refund"},
        reverses=text_of(description="For dispute_won: the external_id of the chargeback."), occurred_at=_TIME,
        amount=_AMOUNT, currency=_CURRENCY,
        lines={"type": "array", "maxItems": MAX_LINES, "items": {"$ref": "#/components/schemas/OrderLine"}},
    ),
    "FactAnswer": {
        "type": "object", "required": ["id", "external_id", "status"],
        "properties": {
            "id": text_of(), "kind": text_of(), "external_id": text_of(),
            "status": {"enum": ["accepted", "credited", "recorded", "duplicate", "parked", "set_aside"]},
            "conversion": {"type": ["string", "null"]}, "reason": {"type": "string"},
            "commissions": {"type": "array", "items": {
                "type": "object", "required": ["id", "partner", "amount", "currency"],
                "properties": {
                    "id": text_of(), "partner": text_of(), "amount": {"type": "integer"}, "currency": text_of(3),
                },
            }},
        },
    },
    "FactAnswers": {
        "type": "object", "required": ["facts"],
        "properties": {
            "accepted": {"type": "integer"},
            "facts": {"type": "array", "items": {"$ref": "#/components/schemas/FactAnswer"}},
        },
    },
}  # fmt: skip


def door(kind: str, summary: str, description: str) -> Document:
    """Describe one door: a fact or a list of up to 1,000."""
    one = {"$ref": f"#/components/schemas/{kind}"}
    body = {"anyOf": [one, {"type": "array", "items": one, "maxItems": 1000}]}
    answer = {"anyOf": [{"$ref": "#/components/schemas/FactAnswer"}, {"$ref": "#/components/schemas/FactAnswers"}]}
    content = {"application/json": {"schema": answer}}
    return {
        "operationId": f"send_{kind.removesuffix('Fact').lower()}s", "tags": ["Facts"], "summary": summary,
        "description": description, "security": [{"Bearer": []}], "x-served-by": "edge",
        "parameters": [{
            "in": "query", "name": "wait", "required": False, "schema": {"enum": ["1"], "type": "string"},
            "description": "Wait up to five seconds for the pipeline's verdict.",
        }],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "202": {"description": "Safe on disk; it will be worked on in a moment.", "content": content},
            "200": {"description": "With ?wait=1: what became of it.", "content": content},
        },
    }  # fmt: skip


DOORS: Document = {
    "/v1/conversions": door(
        "ConversionFact", "Send conversions",
        "Send one conversion or a list of up to 1,000. Needs the scope facts:write. Idempotent on (key, external_id): "
        "the same content gets the same answer again; other content is a conflict. One unsound fact refuses the list.",
    ),
    "/v1/refunds": door(
        "RefundFact", "Send refunds, chargebacks and won disputes",
        "Send one refund or a list of up to 1,000. A refund that comes before its sale waits for it.",
    ),
}  # fmt: skip
