"""Runs a file from top to bottom, as a program does when it starts, and sees whether it stops.

Of a file only the portions are graded: what stands around them harms nobody at the desk, and may
all the same keep the student's own program from running.
"""

from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec

from gui.tutor.assignment import CLIENT_FILE, SENDERS, SERVER_FILE, Dictionaries
from gui.tutor.evidence import Evidence, Raised
from gui.tutor.layout import told
from gui.tutor.problem import Problem
from gui.tutor.source import Source
from tests.grading.runner import Hung, Runner

LIMIT_SECONDS = 2.0
# What no wall around students' code can be the reason of.
TOLD = frozenset(
    (
        "AssertionError",
        "AttributeError",
        "IndexError",
        "KeyError",
        "NameError",
        "NotImplementedError",
        "RecursionError",
        "SystemExit",
        "TypeError",
        "ValueError",
        "ZeroDivisionError",
    )
)
# What starts a loop of its own, where the program's is running.
OWN_LOOP = "asyncio.run("


def flaws_at_start(source: Source) -> Iterator[Problem]:
    """Give what is wrong with a file when it has run, or where it stopped."""
    with closing(Runner(LIMIT_SECONDS)) as runner:
        (did,) = runner.run(job_for("".join(source.lines)))
    if isinstance(did, Hung):
        yield told(source, "endless_start")
    if not isinstance(did, Evidence):
        return
    if did.error is None:
        for name in Dictionaries._fields:
            if not isinstance(getattr(did, name), dict):
                line = source.assigning_line(name)
                yield told(source, "no_dictionary", line=line, dictionary=name)
        return
    line = did.error.line
    said = f"{did.error.kind}: {did.error.message}".rstrip(": .")
    if OWN_LOOP in source.line(line):
        # At the desk no loop runs yet; in a program this is what Python says.
        said = f"RuntimeError: {OWN_LOOP}) cannot be called from a running event loop"
    elif did.error.kind == "EOFError":
        # At the desk nobody types; a program waits for it.
        yield told(source, "endless_start", line=line)
        return
    elif did.error.kind not in TOLD and not is_nowhere(did.error):
        return
    yield told(source, "stops_while_read", line=line, said=said)


def is_nowhere(error: Raised) -> bool:
    """Tell whether an exception is of a module that is not there for a program either.

    Not every module can be reached from behind the walls around students' code.
    """
    try:
        name = error.name.partition(".")[0]
        return error.kind == "ModuleNotFoundError" and find_spec(name) is None
    except (ImportError, ValueError):
        return False


def job_for(text: str) -> dict[str, object]:
    """Return what a worker is told: to run a file in which nobody takes a step."""
    return {
        "file": SERVER_FILE,
        "name": "",
        "source": text,
        "methods": SENDERS[SERVER_FILE],
        "lookups": {},
        "stores": {},
        "others": {},
        "imports": [],
        "asyncio": "asyncio" in text,
        "instrument": "",
        "scenarios": [None],
        "server": SENDERS[SERVER_FILE],
        "client": SENDERS[CLIENT_FILE],
        "together": {
            "clients": 0,
            "handlers": {},
            "steps": [],
            "imports": {"server": [], "client": []},
            "sources": {"server": [text], "client": []},
        },
    }
