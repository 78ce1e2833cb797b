"""Functions run in one process only where nothing that one does can be found by another one."""

import ast
from collections.abc import Iterator

import pytest

from gui.tutor.assignment import BY_NAME
from gui.tutor.portions import Portion
from tests.grading import runner
from tests.grading.judge import tree_of
from tests.grading.plain import is_plain
from tests.grading.portions import read
from tests.grading.runner import Died, Job, Outcome, Runner
from tests.grading_tests.attacks import ATTACKS
from tests.grading_tests.submitted import REFERENCE, SKELETONS, filled, graded, lost

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


def portions(bodies: dict[str, str]) -> Iterator[tuple[str, Portion]]:
    """Yield the portions of a submission with some bodies in it."""
    for name, content in filled(bodies).items():
        yield from read(content, SKELETONS[name], name).portions.items()


def plain(bodies: dict[str, str]) -> set[str]:
    """Return the functions of a submission that can run in one process."""
    found = portions(bodies)
    return {name for name, p in found if is_plain(BY_NAME[name], tree_of(BY_NAME[name], p))}


def test_all_of_the_reference_can_run_in_one_process() -> None:
    assert plain({}) == set(BY_NAME)


def test_what_beginners_write_can() -> None:
    found = "try:\n    found: str = users[key]\nexcept KeyError as error:\n    print(error)\n"
    bodies = {
        "server_logic.registered": f"{found}    return False\nreturn True",
        "server_logic.register_user": "global users\nusers[key] = username",
    }
    assert plain(bodies) == set(BY_NAME)
    assert lost(graded(filled(bodies))) == set()


@pytest.mark.parametrize("body", LASTING)
def test_what_could_outlast_its_call_cannot(body: str) -> None:
    ast.parse(f"async def f():\n    {body.replace(chr(10), chr(10) + '    ')}")
    assert plain({FUNCTION: body}) == set(BY_NAME) - {FUNCTION}


def test_what_stands_outside_the_function_cannot() -> None:
    files = filled({})
    name = "server_logic.py"
    text = files[name].decode().replace("    return key in users\n", "    pass\nusers = {}\n")
    portion = read(text.encode(), SKELETONS[name], name).portions["server_logic.registered"]
    function = BY_NAME["server_logic.registered"]
    assert not is_plain(function, tree_of(function, portion))


def test_no_attack_runs_in_one_process_with_another_function() -> None:
    attacks = [a for a in ATTACKS if a.function in plain({a.function: a.body})]
    assert {attack.name for attack in attacks} == ONLY_WRONG


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
