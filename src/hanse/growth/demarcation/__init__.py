"""Demarcation: what each type of partner is, owes and gets, in versions; and rules that suggest a change of type."""
