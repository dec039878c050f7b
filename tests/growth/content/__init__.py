"""Tests of content: feeds, pieces, what they bring."""
