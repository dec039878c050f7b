"""Addresses of Tiers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.tiers import acts, decisions, field, gets, promises, rule

urlpatterns: list[URLPattern | URLResolver] = [
    path("tiers", field.tiers, name="tiers"),
    path("tiers/past", field.past, name="tiers_past"),
    path("tiers/everybody", field.everybody, name="tiers_everybody"),
    path("tiers/check", acts.check_now, name="tiers_check"),
    path("tiers/decisions", decisions.decisions, name="tier_decisions"),
    path("tiers/rule", rule.rule, name="tier_rule"),
    path("tiers/gets", gets.gets, name="tier_gets"),
    path("tiers/gets/<str:key>", gets.treatment, name="tier_treatment"),
    path("tiers/gets/<str:key>/promise", gets.promise_add, name="tier_promise_add"),
    path("tiers/promises", promises.promises, name="tier_promises"),
    path("tiers/promises/briefed", promises.briefed, name="tier_briefed"),
    path("tiers/promises/<uuid:promise_id>/end", gets.promise_end, name="tier_promise_end"),
    path("tiers/owed/<uuid:due_id>/keep", promises.keep, name="tier_promise_keep"),
    path("tiers/review/<uuid:review_id>", acts.decide, name="tier_review"),
    path("tiers/of/<str:enrolment_id>/lock", acts.lock, name="tier_lock"),
    path("tiers/of/<str:enrolment_id>/unlock", acts.unlock, name="tier_unlock"),
    path("tiers/of/<str:enrolment_id>/move", acts.move, name="tier_move"),
]
