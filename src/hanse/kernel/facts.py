"""The front of everything about facts: their types, parsing, hashing and journal records."""

from hanse.kernel.envelopes import (
    ClickEnvelope,
    Envelope,
    FactEnvelope,
    as_object,
    click_line,
    content_hash,
    decode_envelope,
    encode_envelope,
    fact_id,
    join_clicks,
)
from hanse.kernel.fact_parsing import FactDefaults, parse_conversion, parse_refund
from hanse.kernel.fact_types import (
    ClickFact,
    ConversionFact,
    CustomerFact,
    Fact,
    FactKind,
    LineFact,
    RefundFact,
    RefundKind,
)

__all__ = [
    "ClickEnvelope",
    "ClickFact",
    "ConversionFact",
    "CustomerFact",
    "Envelope",
    "Fact",
    "FactDefaults",
    "FactEnvelope",
    "FactKind",
    "LineFact",
    "RefundFact",
    "RefundKind",
    "as_object",
    "click_line",
    "content_hash",
    "decode_envelope",
    "encode_envelope",
    "fact_id",
    "join_clicks",
    "parse_conversion",
    "parse_refund",
]
