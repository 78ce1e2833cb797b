"""Runs a file from top to bottom, as a program does when it starts, and sees whether it stops.

Of a file only the portions are graded: what stands around them harms nobody at the desk, and may
all the same keep the student's own program from running.
"""

from gui.tutor.assignment import CLIENT_FILE, SENDERS, SERVER_FILE
from gui.tutor.evidence import Evidence
from gui.tutor.layout import told
from gui.tutor.problem import Problem
from gui.tutor.source import Source
from tests.grading.runner import Runner

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


def why_it_stops(source: Source, runner: Runner) -> Problem | None:
    """Return what is told of a file that stops while it is read, None if none is known to."""
    (did,) = runner.run(job_for("".join(source.lines)))
    if not isinstance(did, Evidence) or did.error is None or did.error.kind not in TOLD:
        return None
    said = f"{did.error.kind}: {did.error.message}".rstrip(": .")
    return told(source, "stops_while_read", line=did.error.line, said=said)


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
