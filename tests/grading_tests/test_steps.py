"""What the desk tells of the steps of a function that went wrong."""

from tests.grading.check import report
from tests.grading.desk import Result, grade
from tests.grading_tests.submitted import SKELETONS, filled

REGISTERED, CLIENT = "server_logic.registered", "server_logic.register_client"


def graded(bodies: dict[str, str]) -> Result:
    """Return what a submission earns in which some portions are not the reference's."""
    return grade(filled(bodies), SKELETONS, "secret", 2.0)


def steps_of(function: str, body: str) -> list[str]:
    """Return what is told of the steps of a function, a line each, names and keys left out."""
    return graded({function: body}).marks[function].steps.splitlines()


def test_the_steps_are_those_of_the_situation_that_is_told() -> None:
    body = "key = server.get_addr_key()\nawait server.registration_failed(username)"
    mark = graded({CLIENT: body}).marks[CLIENT]
    heading, first, second = mark.steps.splitlines()
    username = heading.split("'")[1]
    assert f"asked for the name '{username}'" in mark.message
    number = first.split()[0]
    assert first.startswith(f" {number}  key = server.get_addr_key()")
    assert second.endswith("await server.registration_failed(username)  sent")


def test_a_helper_that_stands_in_is_told_with_what_it_gave() -> None:
    steps = steps_of(CLIENT, "if registered(server.get_addr_key()): pass")
    assert any("registered(server.get_addr_key()) is False" in step for step in steps)


def test_where_the_steps_are_not_known_none_are_told() -> None:
    bodies = {
        "server_logic.registered": "import random\nreturn random.random()",
        "server_logic.username_exists": "import os\nos._exit(0)",
        "server_logic.register_user": "while True: pass",
        "server_logic.logged_in": "raise NotImplementedError('fill in logged_in')",
    }
    marks = grade(filled(bodies), SKELETONS, "secret", 0.5).marks
    assert [(marks[name].score, marks[name].steps) for name in bodies] == [(0, "")] * 4


def test_of_what_python_cannot_read_the_place_is_shown_instead() -> None:
    assert steps_of(REGISTERED, "return (") == ["return (", "       ^"]


def test_check_shows_the_steps_of_the_first_function_and_of_all_if_it_is_told_to() -> None:
    result = graded({REGISTERED: "return key == users", CLIENT: "return username"})
    assert not any(mark.steps for mark in result.marks.values() if mark.score)
    for all_steps in (False, True):
        text = report(result, all_steps=all_steps)
        assert "return key == users" in text
        assert ("return username  username is" in text) is all_steps


def test_no_step_is_longer_than_somebody_reads() -> None:
    body = (
        "for number in range(10 ** 4):\n    number, str(number) * 999, [users] * 9\nreturn number"
    )
    assert len(steps_of(REGISTERED, body)) < 80
