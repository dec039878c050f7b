"""Tiers: which step each partner has earned, decided from the field's numbers (domain.md §8)."""
