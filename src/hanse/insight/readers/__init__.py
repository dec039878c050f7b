"""Readers: true, numbered statements about how a partner's readers buy. Nothing is said about groups under ten."""
