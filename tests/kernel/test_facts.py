"""Facts: their shape, their hash, their way through the journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.kernel.errors import Invalid
from hanse.kernel.facts import (
    ClickEnvelope,
    ClickFact,
    FactDefaults,
    FactEnvelope,
    LineFact,
    content_hash,
    decode_envelope,
    encode_envelope,
    fact_id,
    parse_conversion,
    parse_refund,
)

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DEFAULTS = FactDefaults("EUR", NOW, b"e" * 32, {"sale", "lead"})
ORDER: dict[str, Any] = {"goal": "sale", "external_id": "A-1", "amount": 500}
REFUND: dict[str, Any] = {"external_id": "R-1", "conversion": "A-1", "amount": 100}
PROGRAM = UUID("018f0000-0000-7000-8000-000000000001")


def problems_of(value: object, parse: Any = parse_conversion) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        parse(value, DEFAULTS)
    return {problem.pointer: problem.code for problem in refused.value.problems}


def test_without_lines_an_order_is_one_line_of_quantity_one() -> None:
    fact = parse_conversion(ORDER, DEFAULTS)
    assert fact.lines == (LineFact("", "", 1, 500),)
    assert (fact.currency, fact.occurred_at, fact.dated) == ("EUR", NOW, False)


def test_the_amount_is_the_sum_of_the_lines() -> None:
    lines = [{"sku": "a", "amount": 300}, {"category": "b", "quantity": 3, "amount": 200}]
    assert parse_conversion({**ORDER, "lines": lines}, DEFAULTS).amount_minor == 500
    without = {key: value for key, value in ORDER.items() if key != "amount"}
    assert parse_conversion({**without, "lines": lines}, DEFAULTS).amount_minor == 500
    assert problems_of({**ORDER, "amount": 501, "lines": lines}) == {"/amount": "amount_not_sum"}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"amount": None}, "/amount", "required"),
        ({"amount": -1}, "/amount", "out_of_range"),
        ({"amount": 1.0}, "/amount", "wrong_type"),
        ({"amount": True}, "/amount", "wrong_type"),
        ({"amount": "1"}, "/amount", "wrong_type"),
        ({"amount": 2**63}, "/amount", "out_of_range"),
        ({"external_id": "x" * 201}, "/external_id", "too_long"),
        ({"external_id": " "}, "/external_id", "required"),
        ({"external_id": "a\0"}, "/external_id", "bad_text"),
        ({"external_id": "a\nb"}, "/external_id", "bad_text"),
        ({"external_id": "\ud800"}, "/external_id", "bad_text"),
        ({"external_id": 5}, "/external_id", "wrong_type"),
        ({"goal": "renewal"}, "/goal", "unknown_goal"),
        ({"goal": ["sale"]}, "/goal", "wrong_type"),
        ({"currency": "eur"}, "/currency", "bad_currency"),
        ({"occurred_at": "2026-05-04T12:00:00"}, "/occurred_at", "bad_time"),
        ({"occurred_at": "20260504"}, "/occurred_at", "bad_time"),
        ({"occurred_at": 1777}, "/occurred_at", "wrong_type"),
        ({"occurred_at": "1969-05-04T12:00:00Z"}, "/occurred_at", "out_of_range"),
        ({"occurred_at": (NOW + timedelta(days=1, seconds=1)).isoformat()}, "/occurred_at", "in_the_future"),
        ({"lines": {}}, "/lines", "wrong_type"),
        ({"lines": [{"amount": 500}] * 2001}, "/lines", "too_long"),
        ({"lines": [5]}, "/lines/0", "wrong_type"),
        ({"lines": [{"amount": 500, "quantity": 0}]}, "/lines/0/quantity", "out_of_range"),
        ({"lines": [{"amount": 500, "price": 1}]}, "/lines/0/price", "unknown_field"),
        ({"customer": "c"}, "/customer", "wrong_type"),
        ({"customer": {}}, "/customer/external_id", "required"),
        ({"customer": {"external_id": "c", "country": "POL"}}, "/customer/country", "bad_country"),
        ({"customer": {"external_id": "c", "email": "x"}}, "/customer/email", "bad_email"),
        ({"customer": {"external_id": "c", "is_new": 1}}, "/customer/is_new", "wrong_type"),
        ({"metadata": []}, "/metadata", "wrong_type"),
        ({"metadata": {str(n): "x" for n in range(51)}}, "/metadata", "too_long"),
        ({"metadata": {"a/b~c": "x" * 501}}, "/metadata/a~1b~0c", "wrong_type"),
        ({"metadata": {"a": {}}}, "/metadata/a", "wrong_type"),
        ({"metadata": {"a": 2**63}}, "/metadata/a", "wrong_type"),
        ({"metadata": {"a": 1e400}}, "/metadata/a", "wrong_type"),
        ({"surprise": 1}, "/surprise", "unknown_field"),
    ],
)
def test_each_wrong_value_is_named_with_its_place(change: dict[str, Any], pointer: str, code: str) -> None:
    assert problems_of({**ORDER, **change})[pointer] == code


def test_all_problems_come_at_once() -> None:
    assert problems_of({"amount": -1, "currency": "x", "customer": {"country": "x"}}) == {
        "/goal": "required",
        "/external_id": "required",
        "/amount": "out_of_range",
        "/currency": "bad_currency",
        "/customer/external_id": "required",
        "/customer/country": "bad_country",
    }


def test_an_address_is_hashed_alike_however_it_is_written() -> None:
    def hashed(email: str) -> str:
        customer = parse_conversion({**ORDER, "customer": {"external_id": "c", "email": email}}, DEFAULTS).customer
        assert customer is not None
        return customer.email_hash

    assert hashed(" Ann@Shop.example ") == hashed("ann@shop.example")
    assert "ann" not in hashed("ann@shop.example")


def test_a_won_dispute_names_the_chargeback_and_may_leave_the_amount_out() -> None:
    won = {"external_id": "D", "conversion": "A-1", "kind": "dispute_won", "reverses": "R-1"}
    assert parse_refund(won, DEFAULTS).amount_minor == 0
    assert problems_of({**won, "reverses": None}, parse_refund) == {"/reverses": "required"}
    assert problems_of({**REFUND, "reverses": "x"}, parse_refund) == {"/reverses": "not_here"}
    assert problems_of({**REFUND, "kind": "gift"}, parse_refund) == {"/kind": "unknown_kind"}
    assert problems_of({"external_id": "R", "amount": 1}, parse_refund) == {"/conversion": "required"}


def test_a_retry_without_a_time_says_the_same_and_other_content_does_not() -> None:
    later = FactDefaults("EUR", NOW + timedelta(minutes=5), b"e" * 32, {"sale"})
    first = content_hash(parse_conversion(ORDER, DEFAULTS))
    assert content_hash(parse_conversion(ORDER, later)) == first
    assert content_hash(parse_conversion({**ORDER, "currency": "EUR", "metadata": {}}, later)) == first
    assert content_hash(parse_conversion({**ORDER, "amount": 501}, DEFAULTS)) != first
    assert content_hash(parse_conversion({**ORDER, "occurred_at": NOW.isoformat()}, DEFAULTS)) != first


def test_key_order_and_time_zone_do_not_change_the_hash() -> None:
    one = {**ORDER, "occurred_at": "2026-05-04T10:00:00Z", "metadata": {"a": "1", "b": 2}}
    two = {"metadata": {"b": 2, "a": "1"}, "occurred_at": "2026-05-04T12:00:00+02:00", **ORDER}
    assert content_hash(parse_conversion(one, DEFAULTS)) == content_hash(parse_conversion(two, DEFAULTS))


def test_a_fact_id_depends_on_its_five_parts_only() -> None:
    first = fact_id("k", "conversion", PROGRAM, "sale", "A-1")
    assert first == fact_id("k", "conversion", PROGRAM, "sale", "A-1")
    others = {
        fact_id("l", "conversion", PROGRAM, "sale", "A-1"),
        fact_id("k", "refund", PROGRAM, "sale", "A-1"),
        fact_id("k", "conversion", PROGRAM, "sale", "A-2"),
    }
    assert len({first, *others}) == 4


def test_an_envelope_reads_back_as_it_was() -> None:
    order = {
        **ORDER,
        "customer": {"external_id": "ż", "is_new": False},
        "metadata": {"a": 1},
        "lines": [{"sku": "s", "amount": 500}],
    }
    facts = (parse_conversion(order, DEFAULTS), parse_conversion(ORDER, DEFAULTS))
    envelope = FactEnvelope("key", PROGRAM, "conversion", NOW, True, facts)
    assert decode_envelope(encode_envelope(envelope)) == envelope
    refunds = FactEnvelope("key", PROGRAM, "refund", NOW, False, (parse_refund(REFUND, DEFAULTS),))
    assert decode_envelope(encode_envelope(refunds)) == refunds


@given(
    st.text(max_size=50), st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=3), st.text(max_size=20)
)
def test_clicks_read_back_whatever_browsers_send(agent: str, subs: dict[str, str], referrer: str) -> None:
    clicks = tuple(
        ClickFact("ab" * 12, number, NOW, "v" * 20, "", "", "", agent, referrer, "", {}, "") for number in (1, 2)
    )
    read = decode_envelope(encode_envelope(ClickEnvelope(clicks)))
    assert isinstance(read, ClickEnvelope)
    assert [(click.core_hex, click.link_number, click.occurred_at) for click in read.clicks] == [
        ("ab" * 12, 1, NOW),
        ("ab" * 12, 2, NOW),
    ]


@pytest.mark.parametrize(
    "record", [b"", b"X", b"F", b"F{}", b"F[]", b"C", b"Cx\x1fy", b'F{"kind":"conversion"}', b"\xff"]
)
def test_a_broken_record_is_a_value_error(record: bytes) -> None:
    with pytest.raises(ValueError):
        decode_envelope(record)
