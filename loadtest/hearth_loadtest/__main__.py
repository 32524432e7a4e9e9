"""Lets `python -m hearth_loadtest` stand in for the installed command."""

from hearth_loadtest.cli import main

if __name__ == "__main__":
    main()
