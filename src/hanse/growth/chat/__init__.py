"""Chat: rooms of Slack and Discord that hear of what happens, and whose messages come into the inbox."""
