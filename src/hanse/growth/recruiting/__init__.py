"""Recruiting: applications to join a program."""
