"""Whoever gives one name to two clients that ask for it at the same time loses the points."""

import contextlib

from gui.tutor.assignment import BY_NAME
from tests.grading.desk import grade_function
from tests.grading.portions import read
from tests.grading.runner import Runner
from tests.grading_tests.submitted import PATIENT_LIMIT_SECONDS, SKELETONS, filled

REGISTER = "server_logic.register_client"
ANSWER = """\
if taken:
    await server.registration_failed(username)
else:
    register_user(key, username)
    await server.registration_successful(username)
"""
KEY = "import asyncio\nkey = server.get_addr_key()\n"
TAKEN = "taken = registered(key) or username_exists(username)\n"
WRONG = [
    f"{KEY}{TAKEN}await asyncio.sleep(0.2)\n{ANSWER}",
    f"{KEY}taken = registered(key) or await asyncio.to_thread(username_exists, username)\n{ANSWER}",
    f"{KEY}{TAKEN}taken or await asyncio.gather(asyncio.sleep(0))\n{ANSWER}",
]
RIGHT = [
    f"{KEY}{TAKEN}await asyncio.sleep(0)\n{TAKEN}{ANSWER}",
    f"{KEY}{TAKEN}taken or register_user(key, username)\nawait asyncio.sleep(0.1)\n"
    "await (server.registration_failed if taken else server.registration_successful)(username)",
    f"{KEY}known = vars(register_client)\n"
    "lock = known.setdefault('lock', asyncio.Lock())\n"
    f"async with lock:\n    {TAKEN}    await asyncio.sleep(0)\n"
    "    taken or register_user(key, username)\n"
    "await (server.registration_failed if taken else server.registration_successful)(username)",
]


def earns_all(body: str, runner: Runner) -> bool:
    """Tell whether a portion of the handler that registers has earned its points."""
    name = "server_logic.py"
    student = read(filled({REGISTER: body})[name], SKELETONS[name], name)
    return not grade_function(BY_NAME[REGISTER], student, "seed", runner, []).message


def test_what_waits_between_its_look_and_its_store_loses_its_points_and_nothing_else_does() -> None:
    with contextlib.closing(Runner(PATIENT_LIMIT_SECONDS)) as runner:
        assert [earns_all(body, runner) for body in WRONG] == [False] * len(WRONG)
        assert [earns_all(body, runner) for body in RIGHT] == [True] * len(RIGHT)
