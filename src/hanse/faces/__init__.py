"""Faces: what people and programs see: console, portal, public pages, API. Pages from queries below, no rules."""
