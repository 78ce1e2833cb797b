"""A problem: where it is, what identifies it, and its text."""

from dataclasses import replace

import pytest

from gui.tutor.explanations import Explanation, explain
from gui.tutor.problem import Line, Problem, Steps, indent

EXPLANATION = Explanation("registered() stopped.", "Read the line.", "stopped")
PROBLEM = Problem(
    EXPLANATION,
    "server_logic.py",
    "registered",
    34,
    "return username in users",
    "Traceback: students' frames",
    "Traceback: everything",
)


def test_its_place_names_file_line_and_function() -> None:
    assert PROBLEM.place == "server_logic.py, line 34, in registered"


def test_its_place_names_the_file_alone_where_no_line_is_meant() -> None:
    assert replace(PROBLEM, function="", line=0).place == "server_logic.py"


def test_its_text_has_everything_but_the_full_traceback() -> None:
    assert PROBLEM.text == (
        "registered() stopped.\n"
        "server_logic.py, line 34, in registered\n"
        "    return username in users\n"
        "Read the line.\n"
        "Traceback: students' frames"
    )


def test_its_text_has_the_steps_after_the_advice() -> None:
    steps = Steps("What it did:", (Line(34, "return True", (("True is True",),)),))
    text = replace(PROBLEM, steps=steps).text
    assert text.splitlines()[3:6] == [
        "Read the line.",
        "What it did:",
        "  34  return True  True is True",
    ]


def test_its_text_has_no_empty_lines_where_there_is_no_code() -> None:
    text = replace(PROBLEM, code="", traceback="").text
    assert text.splitlines() == [EXPLANATION.title, PROBLEM.place, EXPLANATION.advice]


def test_a_caret_stays_below_its_place() -> None:
    assert indent("if key\n      ^") == "    if key\n          ^"


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (replace(PROBLEM, explanation=EXPLANATION._replace(title="Another name.")), True),
        (replace(PROBLEM, explanation=EXPLANATION._replace(advice="Another name.")), True),
        (replace(PROBLEM, traceback="", ongoing=True), True),
        (replace(PROBLEM, line=35), False),
        (replace(PROBLEM, function="logged_in"), False),
        (replace(PROBLEM, explanation=EXPLANATION._replace(rule="another")), False),
    ],
)
def test_two_are_the_same_if_place_and_rule_are(other: Problem, is_same: bool) -> None:
    assert (other.identity == PROBLEM.identity) is is_same


def test_of_a_file_as_a_whole_the_title_tells_what_is_meant() -> None:
    file = "server_logic.py"
    users, active_users = (
        Problem(explain("dictionary_gone", file=file, dictionary=name), file)
        for name in ("users", "active_users")
    )
    assert users.identity != active_users.identity
