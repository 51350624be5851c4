"""`python -m xinzhuli`: the command where the folder of scripts is not in the PATH. The program is `generator`."""

import generator  # noqa: F401 - takes the current folder from the search path before anything else is looked for
