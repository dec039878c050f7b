"""Addresses of Money: balances, commissions, cases, adjustments, payouts, statements."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.money import (
    adjustments,
    balances,
    cases,
    commission,
    commission_acts,
    commissions,
    payout_acts,
    payout_run,
    payouts,
    statement,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("money", balances.balances, name="money"),
    path("money/commissions", commissions.commissions, name="commissions"),
    path("money/commissions/<str:commission_id>.json", commission.as_json, name="commission_json"),
    path("money/commissions/<str:commission_id>", commission.commission, name="commission"),
    path("money/commissions/<str:commission_id>/hold", commission_acts.hold, name="commission_hold"),
    path("money/commissions/<str:commission_id>/let-go", commission_acts.let_go, name="commission_let_go"),
    path("money/commissions/<str:commission_id>/approve", commission_acts.approve, name="commission_approve"),
    path("money/commissions/<str:commission_id>/void", commission_acts.void, name="commission_void"),
    path("money/cases", cases.cases, name="cases"),
    path("money/cases/<str:case_id>/release", cases.release, name="case_release"),
    path("money/adjustments", adjustments.adjustments, name="adjustments"),
    path("money/payouts", payouts.payouts, name="payouts"),
    path("money/payouts/new", payouts.draft, name="payout_draft"),
    path("money/payouts/<str:run_id>", payout_run.run, name="payout_run"),
    path("money/payouts/<str:run_id>/file", payout_run.file, name="payout_file"),
    path("money/payouts/<str:run_id>/approve", payout_acts.approve, name="payout_approve"),
    path("money/payouts/<str:run_id>/open", payout_acts.open_it, name="payout_open"),
    path("money/payouts/<str:run_id>/cancel", payout_acts.cancel, name="payout_cancel"),
    path("money/payouts/<str:run_id>/read-back", payout_acts.read_back, name="payout_read_back"),
    path("money/payments/<str:payout_id>/settle", payout_acts.settle, name="payout_settle"),
    path("money/payments/<str:payout_id>/fail", payout_acts.fail, name="payout_fail"),
    path("money/payments/<str:payout_id>/return", payout_acts.give_back, name="payout_return"),
    path("money/statements/<str:enrolment_id>", statement.page, name="statement"),
]
