"""Invitations: people whom the program asks to apply, one by one or from a list."""
