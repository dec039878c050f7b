"""The public face: sign-in, the page to join a program, the test shop."""
