"""The building rules, kept by tests."""
