"""Runtime: the only wiring: settings, command line, supervision, pipeline, schedule, demo."""
