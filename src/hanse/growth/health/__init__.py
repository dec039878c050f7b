"""Health: a score of 0 to 100 for each enrolment, every point of it explained."""
