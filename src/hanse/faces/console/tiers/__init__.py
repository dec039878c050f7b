"""Tiers: who is where and why, the rule and its test on the past, what each tier gets and what we promise it."""
