"""Surveys: the page with one question, and the form by which colleagues log names without an account."""
