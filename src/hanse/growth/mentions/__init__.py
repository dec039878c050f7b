"""Mentions: who customers and colleagues name, brought together into candidates."""
