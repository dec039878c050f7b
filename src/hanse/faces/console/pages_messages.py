"""Addresses of letters, the library, audiences and incidents."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.messages import audiences, incidents, letters, library, sending

urlpatterns: list[URLPattern | URLResolver] = [
    path("messages", letters.messages, name="messages"),
    path("messages/new", letters.new, name="message_new"),
    path("messages/preview", letters.preview, name="message_preview"),
    path("messages/library", library.library, name="library"),
    path("messages/library/<slug:key>", library.library_letter, name="library_letter"),
    path("messages/audiences", audiences.audiences, name="audiences"),
    path("messages/audiences/new", audiences.new, name="audience_new"),
    path("messages/audiences/count", audiences.count, name="audience_count"),
    path("messages/audiences/<uuid:audience_id>", audiences.audience, name="audience"),
    path("messages/audiences/<uuid:audience_id>/archive", audiences.archive, name="audience_archive"),
    path("messages/incidents", incidents.incidents, name="incidents"),
    path("messages/incidents/new", incidents.new, name="incident_new"),
    path("messages/incidents/<uuid:incident_id>", incidents.incident, name="incident"),
    path("messages/incidents/<uuid:incident_id>/tell", incidents.tell_partners, name="incident_tell"),
    path("messages/incidents/<uuid:incident_id>/mend", incidents.mend, name="incident_mend"),
    path("messages/incidents/<uuid:incident_id>/delete", incidents.delete, name="incident_delete"),
    path("messages/incidents/<uuid:incident_id>/repair", incidents.repair_fault, name="incident_repair"),
    path("messages/incidents/<uuid:incident_id>/no-fault", incidents.no_fault, name="incident_no_fault"),
    path("messages/<uuid:message_id>", letters.message, name="message"),
    path("messages/<uuid:message_id>/mail", letters.mail, name="message_mail"),
    path("messages/<uuid:message_id>/send", sending.send, name="message_send"),
    path("messages/<uuid:message_id>/archive", letters.archive, name="message_archive"),
]
