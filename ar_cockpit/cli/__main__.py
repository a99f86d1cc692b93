"""`python -m ar_cockpit.cli`: the same command without its script."""

from ar_cockpit.cli import main

main()
