"""Conversations: one inbox over mail, portal questions, chats and calls; who answers, by when, and our own silence."""
