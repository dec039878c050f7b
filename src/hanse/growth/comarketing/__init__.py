"""Co-marketing: guest posts, co-branded content, joint events, newsletter swaps, from request to budget to result."""
