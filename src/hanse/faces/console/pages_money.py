"""Addresses of Money: balances, commissions, cases, adjustments, payouts, statements."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from hanse.faces.console.money import (
    adjustments,
    balances,
    benefits,
    billing,
    cases,
    commission,
    commission_acts,
    commissions,
    papers,
    payout_acts,
    payout_run,
    payouts,
    rails,
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
    path("money/payouts/settings", rails.settings, name="payout_settings"),
    path("money/payouts/settings/<str:rail_key>", rails.rail, name="payout_rail"),
    path("money/payouts/<str:run_id>", payout_run.run, name="payout_run"),
    path("money/payouts/<str:run_id>/file", payout_run.file, name="payout_file"),
    path("money/payouts/<str:run_id>/file/<int:position>", payout_run.file, name="payout_file_of"),
    path("money/payouts/<str:run_id>/export-rest", payout_acts.export_rest, name="payout_export_rest"),
    path("money/payouts/<str:run_id>/approve", payout_acts.approve, name="payout_approve"),
    path("money/payouts/<str:run_id>/open", payout_acts.open_it, name="payout_open"),
    path("money/payouts/<str:run_id>/cancel", payout_acts.cancel, name="payout_cancel"),
    path("money/payouts/<str:run_id>/read-back", payout_acts.read_back, name="payout_read_back"),
    path("money/payments/<str:payout_id>/settle", payout_acts.settle, name="payout_settle"),
    path("money/payments/<str:payout_id>/fail", payout_acts.fail, name="payout_fail"),
    path("money/payments/<str:payout_id>/return", payout_acts.give_back, name="payout_return"),
    path("money/papers", papers.papers, name="papers"),
    path("money/papers/issue", papers.issue, name="papers_issue"),
    path("money/papers/billing", billing.billing, name="billing"),
    path("money/papers/<str:month>/progress", papers.progress, name="papers_progress"),
    path("money/papers/<str:month>/all-<int:part>.zip", papers.bundle, name="papers_zip"),
    re_path(
        r"^money/papers/(?P<month>[0-9]{4}-[0-9]{2})/(?P<enrolment_id>enr_[0-9A-Z]+)/(?P<kind>pdf|csv|invoice)$",
        papers.paper, name="paper",
    ),
    path("money/benefits", benefits.benefits, name="benefits"),
    path("money/benefits/<str:benefit_id>/delivered", benefits.deliver, name="benefit_deliver"),
    path("money/benefits/<str:benefit_id>/undo", benefits.undo, name="benefit_undo"),
    path("money/statements/<str:enrolment_id>", statement.page, name="statement"),
]  # fmt: skip
