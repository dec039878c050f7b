"""Onboarding: where partners drop off and where they get through, who waits for what, paths, first wins, launch."""
