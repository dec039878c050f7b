"""Challenges and bounties: a goal in a window, for an audience, with a prize in money or in kind."""
