"""The `hanse` command: one verb for each thing an operator does. Exit codes: 0 ok, 1 found problems, 2 wrong use."""
