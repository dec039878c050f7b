"""`python -m hanse.runtime.cli` is the `hanse` command."""

from hanse.runtime.cli.main import main

main()
