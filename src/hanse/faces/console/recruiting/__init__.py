"""Recruit: who is named, who applied."""
