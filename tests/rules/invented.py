"""Invented terms, sales and refunds as the JSON of a dry run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from tests.rules.naive import Case

CATEGORY = st.sampled_from(["books", "toys", None])
TESTS = st.one_of(
    st.builds(lambda v: {"field": "line.category", "op": "eq", "value": v}, st.sampled_from(["books", "toys"])),
    st.builds(lambda v: {"field": "line.category", "op": "ne", "value": v}, st.sampled_from(["books", "toys"])),
    st.just({"field": "line.category", "op": "not_in", "value": []}),
    st.builds(lambda v: {"field": "line.category", "op": "exists", "value": v}, st.booleans()),
    st.builds(lambda v: {"field": "line.amount", "op": "gte", "value": v}, st.integers(0, 9000)),
)
ORDER_TESTS = st.one_of(
    st.builds(lambda v: {"field": "customer.is_new", "op": "eq", "value": v}, st.booleans()),
    st.builds(lambda v: {"field": "order.coupon", "op": "in", "value": v}, st.lists(st.sampled_from(["A", "B"]))),
    st.just({"field": "order.coupon", "op": "exists", "value": False}),
)
GROUPS = st.builds(
    lambda how, inner: {how: inner}, st.sampled_from(["all", "any"]),
    st.lists(TESTS | ORDER_TESTS, min_size=1, max_size=3),
)  # fmt: skip
WHEN = st.none() | TESTS | ORDER_TESTS | GROUPS
RATES = st.sampled_from(["2.9%", "10%", "20%", "33.3333%", "0%", "12.5%"])
FACTORS = st.sampled_from(["2", "1.5", "0.333333", "0"])
AMOUNTS = st.integers(1, 3000)
SPANS = st.sampled_from(["month", "quarter", "year", "life"])
MARKS = st.sampled_from([0, 1, 2, 3, 100, 5000, 10000, 20000])
STARTS = st.lists(MARKS, min_size=1, max_size=3, unique=True).map(sorted)
RECURRING = st.one_of(
    st.none(), st.just("life"),
    st.builds(lambda n: {"months": n}, st.integers(1, 3)), st.builds(lambda n: {"payments": n}, st.integers(1, 2)),
)  # fmt: skip


def without_none(clause: Case) -> Case:
    return {key: value for key, value in clause.items() if value is not None}


@st.composite
def ladders(draw: st.DrawFn, mode: str) -> Case:
    starts = [at for at in draw(STARTS) if at or mode != "bonus"] or [1]
    pays = "amount" if mode == "bonus" else "rate"
    steps = [{"from": at, pays: draw(AMOUNTS if mode == "bonus" else RATES)} for at in starts]
    return without_none({
        "kind": "ladder", "metric": draw(st.sampled_from(["value", "count"])), "period": draw(SPANS), "mode": mode,
        "steps": steps, "when": draw(WHEN),
    })  # fmt: skip


PERCENT = st.builds(
    lambda r, w, c: without_none({"kind": "percent", "rate": r, "when": w, "recurring": c}), RATES, WHEN, RECURRING
)
FIXED = st.builds(
    lambda a, p, w, c: without_none({"kind": "fixed", "amount": a, "per": p, "when": w, "recurring": c}),
    AMOUNTS, st.sampled_from(["conversion", "unit"]), WHEN, RECURRING,
)  # fmt: skip
MULTIPLIER = st.builds(lambda f, w: without_none({"kind": "multiplier", "factor": f, "when": w}), FACTORS, WHEN)
MILESTONE = st.builds(
    lambda m, at, a, w: without_none({"kind": "milestone", "metric": m, "at": at, "amount": a, "when": w}),
    st.sampled_from(["count", "value"]), st.sampled_from([1, 2, 3, 5000]), AMOUNTS, WHEN,
)  # fmt: skip
LIMITS = st.builds(lambda a: {"amount": a}, AMOUNTS) | st.just({"count": 2})
CAP = st.one_of(
    st.builds(
        lambda a, w: without_none({"kind": "cap", "per": "conversion", "amount": a, "when": w}),
        AMOUNTS, st.none() | ORDER_TESTS,
    ),
    st.builds(lambda limit: {"kind": "cap", "per": "customer", **limit}, LIMITS),
    st.builds(lambda span, limit: {"kind": "cap", "per": "period", "period": span, **limit}, SPANS, LIMITS),
)  # fmt: skip
BASE = st.one_of(PERCENT, FIXED, ladders("marginal"), ladders("retroactive"))
TOPS = st.one_of(MULTIPLIER, MILESTONE, CAP, ladders("bonus"))


@st.composite
def sales(draw: st.DrawFn) -> list[Case]:
    found = []
    for number in range(draw(st.integers(1, 6))):
        lines = draw(st.lists(
            st.builds(
                lambda a, c, q: without_none({"amount": a, "category": c, "quantity": q, "sku": c}),
                st.integers(0, 12000), CATEGORY, st.integers(1, 4),
            ), min_size=1, max_size=3,
        ))  # fmt: skip
        at = datetime(2026, 1, 31, 1, tzinfo=UTC) + timedelta(hours=draw(st.integers(0, 24 * 130)))
        found.append(without_none({
            "id": f"c{number}", "goal": "sale", "occurred_at": at.isoformat(), "lines": lines,
            "share": draw(st.sampled_from(["100%", "100%", "25%", "33.3333%"])),
            "coupon": draw(st.sampled_from([None, "A", "C"])),
            "customer": without_none({
                "external_id": draw(st.sampled_from(["u", "v"])), "is_new": draw(st.sampled_from([None, True, False])),
            }),
        }))  # fmt: skip
    return found


@st.composite
def refunds(draw: st.DrawFn, sold: list[Case]) -> list[Case]:
    found = []
    for one in draw(st.lists(st.sampled_from(sold), max_size=3)):
        amount = draw(st.integers(0, sum(line["amount"] for line in one["lines"]) + 500))
        kind = draw(st.sampled_from(["refund", "chargeback"]))
        found.append({"conversion": one["id"], "kind": kind, "amount": amount})
    return found


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Case], list[Case], list[Case]]:
    clauses = [*draw(st.lists(BASE, min_size=1, max_size=3)), *draw(st.lists(TOPS, max_size=3))]
    marks = [(one["metric"], one["at"]) for one in clauses if one["kind"] == "milestone"]
    if len(set(marks)) != len(marks):
        clauses = [one for one in clauses if one["kind"] != "milestone"]
    sold = draw(sales())
    return clauses, sold, draw(refunds(sold))
