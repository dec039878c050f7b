"""Addresses of Settings: team, keys, tracking, audit log, health, my profile."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.settings import audit, domains, health, keys, profile, rates, team, tracking

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings", team.team, name="settings"),
    path("settings/people/<uuid:person_id>/role", team.change_role, name="person_role"),
    path("settings/people/<uuid:person_id>/close", team.close_login, name="person_close"),
    path("settings/people/<uuid:person_id>/reopen", team.reopen_login, name="person_reopen"),
    path("settings/people/<uuid:person_id>/link", team.new_link, name="person_link"),
    path("settings/keys", keys.keys, name="keys"),
    path("settings/keys/<str:key_id>/revoke", keys.revoke, name="key_revoke"),
    path("settings/tracking", tracking.tracking, name="tracking"),
    path("settings/rates", rates.rates, name="rates"),
    path("settings/domains", domains.domains, name="domains"),
    path("settings/domains/<str:domain_id>/remove", domains.remove, name="domain_remove"),
    path("settings/audit", audit.audit, name="audit"),
    path("settings/health", health.health, name="health"),
    path("settings/profile", profile.profile, name="profile"),
    path("settings/profile/password", profile.password, name="password"),
]
