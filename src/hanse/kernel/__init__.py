"""Kernel: money, time, ids, errors, tokens, signatures, conditions. Knows no framework, no storage, no settings.

Everything above stands on these small, pure modules. They know how to count cents, how a day begins in Warsaw, how a
click token is signed; they do not know what a program is.
"""
