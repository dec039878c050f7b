"""Console pages of training and the roadmap, both tabs of Resources."""
