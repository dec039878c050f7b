"""Clicks: recorded passes through links, valid or with a named reason why not."""
