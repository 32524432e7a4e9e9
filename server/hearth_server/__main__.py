"""`python -m hearth_server` is `hearth`."""

from hearth_server.cli import main

main()
