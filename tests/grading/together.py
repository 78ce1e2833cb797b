"""Watches all functions of a submission together, over real connections.

Each function has been judged by itself; this earns no points. What goes wrong here and not
there is for a person to look at.
"""

from collections.abc import Mapping
from typing import Any

from gui.tutor.assignment import CLIENT_FILE, FUNCTIONS, HANDLERS, SENDERS, SERVER_FILE
from gui.tutor.evidence import Evidence
from tests.grading.portions import StudentFile
from tests.grading.runner import Runner
from tests.grading.scenarios import cast_of

CLIENTS = 2


def watch(
    students: Mapping[str, StudentFile], sources: Mapping[str, str], seed: str, runner: Runner
) -> str:
    """Return what is wrong when clients take their steps one after the other, "" if nothing is.

    Parameters:
        students: the two files.
        sources: each function as Python text, by its full name.
    """
    first, second, third = (client.name for client in cast_of(seed).plain[:3])
    # Client, step, username, what it is answered.
    script = [
        (0, "register", "", None),
        (0, "register", first, "registration_successful"),
        (1, "register", first, "registration_failed"),
        (1, "login", first, "login_failed"),
        (1, "request_registry", None, "request_denied"),
        (1, "register", second, "registration_successful"),
        (1, "register", third, "registration_failed"),
        (1, "login", first, "login_failed"),
        (1, "login", second, "login_successful"),
        (1, "request_registry", None, "send_registry"),
        (0, "request_registry", None, "request_denied"),
        (1, "login", second, "login_successful"),
    ]
    steps = [(n, step, [] if name is None else [name]) for n, step, name, _ in script]
    outcomes = runner.run(job_for(students, sources, steps))
    if not isinstance(outcomes[0], Evidence):
        return "together: the functions did not finish"
    did = outcomes[0]
    if did.error:
        return f"together: the functions stopped: {did.error.kind}: {did.error.message}"
    entries = did.users if isinstance(did.users, dict) else {}
    by_name = {name: key for key, name in entries.items() if isinstance(name, str)}
    if set(by_name) != {first, second}:
        return "together: users does not hold those that have registered"
    clients = [by_name[first], by_name[second]]
    expected = [
        (answer, (clients[number], *([] if name is None else [name])))
        for number, _, name, answer in script
        if answer
    ]
    if [(call.name, call.arguments) for call in did.calls] != expected:
        return "together: the clients were not answered as they should be"
    if did.active_users != {clients[1]: second}:
        return "together: active_users does not hold those that are logged in"
    return ""


def job_for(
    students: Mapping[str, StudentFile], sources: Mapping[str, str], steps: list[Any]
) -> dict[str, Any]:
    """Return what the worker is told."""
    files = {"server": SERVER_FILE, "client": CLIENT_FILE}
    text = "\n".join(sources.values())
    replies = SENDERS[SERVER_FILE]
    return {
        "file": SERVER_FILE,
        "name": "",
        "source": text,
        # What is told of: each reply, and before its own arguments who got it.
        "methods": {name: ["key", *parameters] for name, parameters in replies.items()},
        "lookups": {},
        "stores": {},
        "others": {},
        "imports": [line for student in students.values() for line in student.imports],
        "asyncio": "asyncio" in text,
        "instrument": "",
        "scenarios": [None],
        **{side: SENDERS[file] for side, file in files.items()},
        "together": {
            "clients": CLIENTS,
            "handlers": HANDLERS,
            "steps": steps,
            "imports": {side: students[file].imports for side, file in files.items()},
            "sources": {
                side: [sources[f.full_name] for f in FUNCTIONS if f.file == file]
                for side, file in files.items()
            },
        },
    }
