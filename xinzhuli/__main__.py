"""`python -m xinzhuli`."""

from generator.cli.main import main

main()
