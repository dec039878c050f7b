"""Earnings: what partners really earn, said in public and to each of them."""
