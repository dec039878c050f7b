"""Rates: what currencies were worth, day by day, against the euro."""
