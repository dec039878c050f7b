"""Breakdown: what clicks, conversions, value and commission of some days are made of, against the days before."""
