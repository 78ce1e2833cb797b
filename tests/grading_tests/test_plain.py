"""Functions run in one process only where nothing that one does can be found by another one."""

import ast
import contextlib
import textwrap

import pytest

from gui.tutor.assignment import BY_NAME
from gui.tutor.portions import Portion
from tests.grading import runner
from tests.grading.desk import Watch
from tests.grading.judge import tree_of
from tests.grading.plain import is_plain
from tests.grading.portions import StudentFile, read
from tests.grading.runner import Died, Job, Outcome, Runner
from tests.grading_tests.attacks import ATTACKS
from tests.grading_tests.submitted import (
    LIMIT_SECONDS,
    REFERENCE,
    SKELETONS,
    filled,
    graded,
    in_rows,
    lost,
)
from tests.written import RIGHT

FUNCTION = "server_logic.register_client"
# Wrong, and no more than that.
ONLY_WRONG = {"stores numbers as keys", "calls without end"}
LASTING = [
    "server.registered = True",
    "del server.registered",
    "(server.x for server.x in [1])",
    "for server.x in users: pass",
    "server._key",
    "server.__class__",
    "registered.__code__",
    "users.__class__.__name__",
    "(i for i in users).gi_frame",
    "await server.registration_failed(username).cr_frame",
    "'{0.__class__}'.format(users)",
    "'{0.__class__}'.format_map(users)",
    "f'{users.__class__}'",
    "f'{1:{server._key}}'",
    "print.__self__",
    "__builtins__",
    "getattr(users, 'x')",
    "[1 for getattr in users]\ngetattr(users, 'x')",
    "{1: open for open in users}\nopen('x')",
    "any(1 for __builtins__ in users)\n__builtins__",
    "[1 for __loader__ in users]\n__loader__",
    "setattr(registered, 'x', 1)",
    "vars()",
    "globals()['registered'] = 1",
    "type(users)",
    "open('x')",
    "exec('x = 1')",
    "input()",
    "iter(int, 1)",
    "import os",
    "from os import system as registered",
    "global registered\nregistered = 1",
    "def registered(key): return True",
    "class Found: pass",
    "lambda: 1",
    "yield",
    "async for x in server: pass",
    "with server: pass",
    "try: pass\nexcept KeyError as error: error.__traceback__",
    "try: pass\nexcept server.x: pass",
    "server.x: int = 1",
    "raise SystemExit",
    "assert registered(username)",
    "while True: pass",
    "match users:\n    case {}: pass",
]


def portion_of(function: str, body: str) -> Portion:
    """Return a portion with some text in it."""
    return Portion(function, 2, "    ", f"{textwrap.indent(body, '    ')}\n")


def can_share(portion: Portion) -> bool:
    """Tell whether a function can run in one process with others."""
    function = BY_NAME[portion.function]
    return is_plain(function, tree_of(function, portion))


def test_all_of_the_reference_can_run_in_one_process() -> None:
    for name, content in REFERENCE.items():
        for portion in read(content, SKELETONS[name], name).portions.values():
            assert can_share(portion), portion.function


def test_what_beginners_write_can() -> None:
    found = "try:\n    found: str = users[key]\nexcept KeyError as error:\n    print(error)\n"
    bodies = {
        "server_logic.registered": f"{found}    return False\nreturn True",
        "server_logic.register_user": "global users\nusers[key] = username",
    }
    assert all(can_share(portion_of(*portion)) for portion in bodies.items())
    assert lost(graded(filled(bodies))) == set()


@pytest.mark.parametrize("body", LASTING)
def test_what_could_outlast_its_call_cannot(body: str) -> None:
    ast.parse(f"async def f():\n    {body.replace(chr(10), chr(10) + '    ')}")
    assert not can_share(portion_of(FUNCTION, body))


def test_what_stands_outside_the_function_cannot() -> None:
    portion = portion_of("server_logic.registered", "pass")
    assert not can_share(portion._replace(body=f"{portion.body}users = {{}}\n"))


def test_no_attack_runs_in_one_process_with_another_function() -> None:
    sharing = {a.name for a in ATTACKS if can_share(portion_of(a.function, a.body))}
    assert sharing == ONLY_WRONG


def test_functions_do_in_one_process_what_each_does_alone() -> None:
    with contextlib.closing(Runner(LIMIT_SECONDS)) as running:
        for row in in_rows(RIGHT)[::6]:
            portions = [portion_of(written.function, written.body) for written in row]
            jobs = [
                Watch(BY_NAME[portion.function], portion, StudentFile({}), "seed").job
                for portion in filter(can_share, portions)
            ]
            assert running.run_in_turn(jobs) == [running.run(job) for job in jobs]


def test_what_hangs_in_one_process_with_others_costs_them_nothing() -> None:
    result = graded(filled({"server_logic.registered": "for _ in range(10**12): pass"}), 0.3)
    assert lost(result) == {"server_logic.registered"}
    assert result.flags == ("server_logic.registered: did not finish",)


def test_only_what_is_right_counts_of_what_ran_in_one_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Runner.run_in_turn
    together: list[int] = []

    def dying(self: Runner, jobs: list[Job]) -> list[list[Outcome]]:
        if len(jobs) == 1:
            return run(self, jobs)
        together.append(len(jobs))
        return [[Died(0)]]

    monkeypatch.setattr(runner.Runner, "run_in_turn", dying)
    result = graded(REFERENCE)
    assert (lost(result), result.flags, together) == (set(), (), [len(BY_NAME)])
