"""Newsletters: one letter to an audience, with sections that each tier sees or does not."""
