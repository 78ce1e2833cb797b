"""Which portions are filled in, and what became of them."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gui.tutor.assignment import SERVER_FILE
from gui.tutor.explanations import Explanation
from gui.tutor.loaded import Loaded
from gui.tutor.problem import Problem
from gui.tutor.progress import Portions, Progress, State
from tests.grading_tests.submitted import SKELETONS
from tests.students_files import PROJECT, filled, server_from

WRONG, RIGHT, NOT_CALLED, NOT_FILLED_IN = State
FIRST = Loaded(SERVER_FILE, 0)
PROBLEM = Problem(Explanation("first() is wrong.", "Try."), SERVER_FILE, "first", 3)


class Scene:
    """Three portions, and what is told of them."""

    def __init__(self) -> None:
        self.told: list[Portions] = []
        self.progress = Progress(("first", "second", "third"), self.told.append)
        self.progress.load(FIRST, {"third"}, {})

    @property
    def states(self) -> list[State]:
        """What is told of each now."""
        return list(self.told[-1].states.values())


def test_what_is_filled_in_is_known_from_the_text_and_the_rest_from_what_happens() -> None:
    scene = Scene()
    assert scene.states == [NOT_CALLED, NOT_CALLED, NOT_FILLED_IN]
    scene.progress.did_right("first")
    scene.progress.went_wrong(["second"], PROBLEM)
    assert scene.states == [RIGHT, WRONG, NOT_FILLED_IN]
    assert scene.told[-1].problems == {"second": PROBLEM}


def test_a_problem_stays_until_the_function_changes_and_is_solved_when_it_is_right_then() -> None:
    scene = Scene()
    scene.progress.went_wrong(["first", "second"], PROBLEM)
    scene.progress.did_right("first")
    assert scene.states == [WRONG, WRONG, NOT_FILLED_IN]
    scene.progress.load(FIRST._replace(changed=frozenset(["second"])), {"third"}, {})
    assert scene.states == [WRONG, NOT_CALLED, NOT_FILLED_IN]
    scene.progress.load(FIRST._replace(changed=frozenset(["first"])), {"third"}, {})
    assert scene.states == [NOT_CALLED, NOT_CALLED, NOT_FILLED_IN]
    scene.progress.did_right("first")
    assert scene.states == [RIGHT, NOT_CALLED, NOT_FILLED_IN]
    assert scene.told[-1].text(RIGHT) == "✓ did what its docstring says: first (solved)."
    scene.progress.load(FIRST._replace(changed=frozenset(["first"])), {"third"}, {})
    scene.progress.did_right("first")
    assert scene.told[-1].text(RIGHT) == "✓ did what its docstring says: first."


def test_what_did_not_change_stays_right() -> None:
    scene = Scene()
    scene.progress.did_right("first")
    scene.progress.did_right("second")
    scene.progress.load(FIRST._replace(changed=frozenset(["second", "third"])), (), {})
    assert scene.states == [RIGHT, NOT_CALLED, NOT_CALLED]


def test_what_cannot_be_called_has_a_problem() -> None:
    scene = Scene()
    scene.progress.load(FIRST, (), {"first": PROBLEM})
    assert scene.states == [WRONG, NOT_CALLED, NOT_CALLED]


def test_the_same_again_is_told_once() -> None:
    scene = Scene()
    for number in range(3):
        scene.progress.did_right("first")
        scene.progress.went_wrong(["second"], replace(PROBLEM, client=f"client {number}"))
        scene.progress.went_wrong(["nobody"], replace(PROBLEM, function="nobody"))
    assert len(scene.told) == 3


# --- in a server ------------------------------------------------------------------------


def states_after(text: str, folder: Path) -> dict[str, State]:
    """Let a client register, log in and ask for the registry; return what is told at the end."""
    (folder / SERVER_FILE).write_text(text, encoding="utf-8")
    with server_from(folder) as server:
        peer = server.connect()
        peer.ask("register", username="ada")
        peer.ask("login", username="ada")
        peer.ask("request_registry")
        # The answer comes after the review of all that was before.
        server.connect().ask("login", username="ada")
        server.news.read()
        told = [event for event in server.news.events if isinstance(event, Portions)]
        states = dict(told[-1].states)
        module = sys.modules["server_logic"]

        async def watched() -> set[str]:
            return {name for name in states if hasattr(getattr(module, name), "__wrapped__")}

        # What was right takes its own place again. It is looked at in the server's thread: there
        # no second run is in progress, in which others stand in the helpers' places.
        assert not [name for name in server.network.call(watched()) if states[name] is RIGHT]
        return states


def test_of_the_handout_nothing_is_filled_in(tmp_path: Path) -> None:
    states = states_after(SKELETONS[SERVER_FILE].decode(), tmp_path)
    assert set(states.values()) == {NOT_FILLED_IN}


def test_each_that_did_what_its_docstring_says_is_told_and_runs_unwatched_then(
    tmp_path: Path,
) -> None:
    text = (PROJECT / SERVER_FILE).read_text(encoding="utf-8")
    states = states_after(text, tmp_path)
    assert [name for name, state in states.items() if state is not RIGHT] == []


def test_a_helper_at_fault_has_its_problem_and_so_has_what_called_it(tmp_path: Path) -> None:
    body = "active_users[username] = key"
    states = states_after(filled(SERVER_FILE, "log_in_client", body), tmp_path)
    assert {name for name, state in states.items() if state is WRONG} >= {
        "log_in_client",
        "login_client",
    }
    assert states["registered"] is RIGHT


@pytest.mark.parametrize(
    "body",
    [
        "global users\nusers = Odd()\nreturn False",
        "users[Odd()] = Odd()\nreturn True",
        "return Odd()",
        "global users\nclass Odder(dict): copy = __iter__ = keys = None\nusers = Odder()\nreturn 0",
    ],
)
def test_what_watches_a_helper_calls_nothing_of_theirs(body: str, tmp_path: Path) -> None:
    odd = (
        "\n\nclass Odd:\n    def __bool__(self):\n        1 / 0\n    __eq__ = __len__ = __repr__ = "
        "__iter__ = __bool__\n    def __hash__(self):\n        return 5\n"
    )
    states = states_after(filled(SERVER_FILE, "registered", body) + odd, tmp_path)
    assert states["registered"] is not RIGHT
