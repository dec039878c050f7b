"""Prompts: what is worth a post and when: launches, seasons, themes; early for the upper tiers; as a calendar."""
