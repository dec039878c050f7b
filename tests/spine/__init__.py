"""Tests of the spine: what every wing stands on."""
