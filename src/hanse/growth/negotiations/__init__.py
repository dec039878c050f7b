"""Negotiations: terms that one side proposes and the other accepts, declines or answers with own ones."""
