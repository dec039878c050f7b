"""Faces: what people and programs see: console, portal, public pages, API. Composes pages from queries below, holds no rules."""
