"""Accidents under load, and the one oracle that says whether anything answered was lost or done twice."""
