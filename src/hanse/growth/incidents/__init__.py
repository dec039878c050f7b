"""Incidents: what went wrong on our side, whom it touched and by how much, and that we said so."""
