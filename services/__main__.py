"""The command line of a node: `python -m services --help`."""

from services.command_line import main

main()
