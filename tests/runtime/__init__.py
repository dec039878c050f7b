"""Tests of the runtime: stores, settings, verbs, backup."""
