"""The portal's addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from hanse.faces.portal import (
    agreement,
    breakdowns,
    challenges,
    deals,
    details,
    earnings,
    grow,
    home,
    letters,
    links,
    messages,
    next_step,
    payouts,
    profile,
    resale,
    tax,
    terms,
    tier,
    viewing,
    why,
)

app_name = "portal"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("step", next_step.step_done, name="step_done"),
    path("earnings", earnings.earnings, name="earnings"),
    path("earnings/<str:commission>", earnings.earnings, name="earning"),
    path("deals", deals.deals, name="deals"),
    path("challenges", challenges.challenges, name="challenges"),
    path("resale", resale.resale, name="resale"),
    path("why", why.why_not, name="why"),
    path("why/claim", why.claim, name="claim"),
    path("payouts", payouts.payouts, name="payouts"),
    path("payouts/details", details.payout_details, name="payout_details"),
    path("payouts/tax", tax.tax, name="tax"),
    path("payouts/self-billing", tax.self_billing, name="self_billing"),
    re_path(r"^papers/(?P<month>[0-9]{4}-[0-9]{2})/(?P<kind>pdf|csv|invoice)$", payouts.paper, name="paper"),
    path("statements/<str:month>", payouts.statement, name="statement"),
    path("tier", tier.tier, name="tier"),
    path("terms", terms.terms, name="terms"),
    path("terms/propose", agreement.propose_terms, name="terms_propose"),
    path("terms/proposals/<str:proposal>", agreement.answer, name="proposal"),
    path("profile", profile.profile, name="profile"),
    path("profile/letters", letters.letters, name="letters"),
    path("my-data.json", profile.export, name="export"),
    path("links", links.links, name="links"),
    path("messages", messages.messages, name="messages"),
    path("messages/share", messages.share, name="share"),
    path("messages/<str:conversation>", messages.message, name="message"),
    path("invitations/<str:invitation>", messages.answer, name="invitation"),
    path("invitations/<str:invitation>/meeting.ics", messages.calendar, name="invitation_calendar"),
    path("numbers", breakdowns.numbers, name="numbers"),
    path("grow", grow.grow, name="grow"),
    path("links/<str:link>/copied", links.copied, name="link_copied"),
    path("links/<str:link>/off", links.archive, name="link_archive"),
    path("links/<str:link>/on", links.restore, name="link_restore"),
    re_path(r"^links/(?P<link>[^/]+)/qr\.(?P<kind>svg|png)$", links.qr, name="link_qr"),
    path("as/end", viewing.view_end, name="view_end"),
    path("as/<str:partner>", viewing.view_as, name="view_as"),
]
