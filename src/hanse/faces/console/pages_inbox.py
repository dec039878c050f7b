"""Addresses of the inbox: conversations, meetings, recognition, where mail and chats come in, sent mail."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.inbox import conversations, doors, meetings, our_silence, recognition, routing, sent_mail

urlpatterns: list[URLPattern | URLResolver] = [
    path("inbox", conversations.inbox, name="inbox"),
    path("inbox/rules", routing.rules, name="inbox_rules"),
    path("inbox/rules/add", routing.add, name="inbox_rule_add"),
    path("inbox/rules/<uuid:rule_id>/remove", routing.remove, name="inbox_rule_remove"),
    path("inbox/care/<slug:tier>", routing.care, name="inbox_care"),
    path("inbox/our-silence", our_silence.our_silence_page, name="our_silence"),
    path("inbox/doors", doors.doors, name="mail_doors"),
    path("inbox/doors/change", doors.change, name="mail_doors_change"),
    path("inbox/rooms/add", doors.add_room, name="chat_room_add"),
    path("inbox/rooms/<uuid:room_id>", doors.change_room, name="chat_room_change"),
    path("inbox/sent", sent_mail.mailbox, name="mailbox"),
    path("inbox/sent/<str:name>", sent_mail.letter, name="mailbox_letter"),
    path("inbox/begin/<str:partner_id>", conversations.begin, name="conversation_begin"),
    path("inbox/<str:conversation_id>", conversations.conversation, name="conversation"),
    path("inbox/<str:conversation_id>/answer", conversations.answer, name="conversation_answer"),
    path("inbox/<str:conversation_id>/change", conversations.change, name="conversation_change"),
    path("inbox/<str:conversation_id>/partner", conversations.name_partner, name="conversation_partner"),
    path("meetings", meetings.meetings, name="meetings"),
    path("meetings/plan", meetings.plan, name="meeting_plan"),
    path("meetings/<str:meeting_id>", meetings.meeting, name="meeting"),
    path("meetings/<str:meeting_id>/change", meetings.change, name="meeting_change"),
    path("recognition", recognition.recognition, name="recognition"),
    path("recognition/thank", recognition.thank, name="thank"),
    path("recognition/board", recognition.board, name="board"),
    path("recognition/tips/<uuid:tip_id>", recognition.tip, name="tip"),
]
