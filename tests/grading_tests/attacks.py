"""Portions that try to earn points without doing what is asked, or to hurt others.

`attacks.txt` holds them by kind; above each stands the function that it is in, and what it tries.
What many begin with stands there first, and in these by its name in capitals. REFERENCE, RESULTS
and PORTS are what an attack would reach: the filled files, a file of results, and a server.
"""

import re
import textwrap
from pathlib import Path

from tests.grading_tests.submitted import Named
from tests.written import sections


def attacks(text: str) -> list[Named]:
    """Return the attacks in a section of the file."""
    found = []
    for block in text.split("\n\n"):
        head, _, body = block.partition("\n")
        function, _, name = head.partition(": ")
        found.append(Named(name, function, f"{textwrap.dedent(body)}\n"))
    return found


def whole(attack: Named) -> Named:
    """Return an attack with all that it begins with."""
    names = rf"^({'|'.join(BEGINNINGS)})\n"
    body = re.sub(names, lambda found: BEGINNINGS[found[1]], attack.body, flags=re.MULTILINE)
    return attack._replace(body=body)


FOUND = {kind: attacks(text) for kind, text in sections(Path(__file__).with_name("attacks.txt"))}
BEGINNINGS = {name: body for _, name, body in FOUND.pop("what many begin with")}
KINDS = {kind: list(map(whole, found)) for kind, found in FOUND.items()}
# What would switch the guard off, if it leaned on anything that a portion can reach.
TRICKS = KINDS.pop("tricks to switch the guard off")
REACHING = [
    *(trick._replace(body=f"{trick.body}return True") for trick in TRICKS),
    *KINDS.pop("ways out of the process"),
]
ATTACKS = [*REACHING, *(attack for found in KINDS.values() for attack in found)]
