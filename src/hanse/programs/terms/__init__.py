"""Terms: immutable, dated versions of what an enrolment earns."""
