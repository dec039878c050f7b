"""Pages of the inbox: conversations, meetings, thanks, and where mail and chats come in."""
