"""What joins the programs and people: command line, bridge, console, and what is shown."""

import os
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

# Python looks beside the program first, also for what its own modules import.
beside = os.listdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
same = sys.stdlib_module_names.intersection(name.partition(".")[0] for name in beside)
if same:
    from gui.same_names import refuse_hidden

    refuse_hidden(same)
