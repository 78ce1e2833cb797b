"""All that people see, and what makes it: windows, console, bridge, supervisor, words."""

import sys

# Here, because both programs import this package first: every other file needs a Python
# that can read it.
if sys.version_info < (3, 10):
    sys.exit(
        "Client Registry needs Python 3.10 or newer; this is Python {}.{}. "
        "Install a newer one from python.org, and start the program with it.".format(
            *sys.version_info[:2]
        )
    )
