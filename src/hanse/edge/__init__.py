"""Edge: the front door. It answers the world and writes facts to the journal; the rest it passes on to the web role.

It knows links, tokens, what a browser or a bot looks like, and how to hold a fact to its shape. It does not know
Django, prices, partners or what becomes of a fact: it reads four flat tables (`spine.doors`) and writes one log.
"""
