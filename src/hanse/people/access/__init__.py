"""Access: who may sign in or call, and what they may do."""
