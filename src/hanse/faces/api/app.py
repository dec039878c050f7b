"""The API put together: its routers, its problem documents, its description."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja import NinjaAPI, Router
from ninja.operation import Operation
from ninja.parser import Parser

from hanse.faces.api.problems import add_problem_answers
from hanse.faces.api.routes import (
    application_forms,
    applications,
    asking,
    balances,
    benefits,
    budgets,
    candidates,
    challenges,
    channel,
    clicks,
    commissions,
    content,
    conversations,
    conversions,
    coupons,
    crediting,
    customers,
    deals,
    deliverables,
    domains,
    dry_runs,
    enrolments,
    events,
    faq,
    goals,
    incidents,
    invitations,
    keys,
    kinds,
    kits,
    launch,
    letters,
    library,
    links,
    messages,
    offers,
    onboarding,
    papers,
    parked,
    partners,
    payout_acts,
    payout_details,
    payout_rails,
    payouts,
    previews,
    programs,
    prompts,
    proposals,
    prospects,
    rates,
    refunds,
    relations,
    reports,
    sessions,
    sharing,
    terms,
    tier_rules,
    tiers,
    together,
    training,
    watch,
    whatif,
    why,
)

ROUTERS: tuple[Router, ...] = tuple(
    part.router
    for part in (
        programs, goals, offers, tier_rules, tiers, partners, payout_details, enrolments, terms, proposals, domains,
        links, coupons, crediting, customers, deals, applications, application_forms, invitations, asking, sharing,
        candidates, conversations, prospects, clicks, conversions, refunds, parked, reports, relations, events,
        kinds, challenges, content, kits, prompts, channel, together, deliverables,
        training, sessions, previews,
        commissions, balances, payouts, payout_acts, payout_rails, papers, benefits, budgets,
        library, faq, messages, letters, incidents, watch, onboarding, launch, keys, why, rates, dry_runs, whatif,
    )
)  # fmt: skip


class StrictParser(Parser):
    """Reads bodies as JSON; NaN and Infinity, which Python would take, are none."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the value. Raises ValueError, which is answered with 400."""
        return json.loads(request.body, parse_constant=_refuse)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


class Api(NinjaAPI):
    """Our API: operations are named after their functions."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the function's name: a generated client reads well."""
        return operation.view_func.__name__


def build_api() -> NinjaAPI:
    """Return the API with every router."""
    api = Api(title="Hanse", version="1", docs_url=None, openapi_url=None, urls_namespace="api", parser=StrictParser())
    for router in ROUTERS:
        api.add_router("", router)
    add_problem_answers(api)
    return api


API = build_api()
