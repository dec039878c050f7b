"""Traffic: links, clicks, conversions, and the facts that wait or contradict."""
