"""Domains: hosts of a program's own on which its links live."""
