"""Addresses by which mails and chats come in."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.public import incoming

urlpatterns: list[URLPattern | URLResolver] = [
    path("mail/<str:secret>", incoming.mail, name="mail_in"),
    path("chat/<str:secret>", incoming.chat, name="chat_in"),
]
