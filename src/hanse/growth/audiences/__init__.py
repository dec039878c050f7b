"""Audiences: saved conditions over partner, enrolment, figures, facts and events, asked again at every send."""
