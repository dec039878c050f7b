"""Survival: how long until something happens to most, with those counted rightly to whom it has not happened yet."""
