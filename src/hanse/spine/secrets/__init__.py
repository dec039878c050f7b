"""Secrets: keys derived from the installation's one master secret, each for one purpose."""
