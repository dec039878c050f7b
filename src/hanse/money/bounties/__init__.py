"""Bounties: fixed sums for something done, won in a challenge; booked once, taken back by a second booking."""
