"""All functions of a submission are watched together, which earns and costs no points."""

import pytest

from tests.grading_tests.submitted import PATIENT_LIMIT_SECONDS, filled, graded, graded_all, lost
from tests.written import RIGHT


def test_what_works_alone_and_not_together_is_flagged() -> None:
    # The doubles that stand beside a function that is watched alone come from no file.
    body = "return key in users and not register_client.__code__.co_filename"
    result = graded(filled({"server_logic.registered": body}))
    assert lost(result) == set()
    assert "together: users does not hold those that have registered" in result.flags


def test_what_never_ends_together_is_flagged() -> None:
    body = "while register_client.__code__.co_filename:\n    pass\nreturn key in users"
    result = graded(filled({"server_logic.registered": body}))
    assert lost(result) == set()
    assert "together: the functions did not finish" in result.flags


@pytest.mark.long
def test_right_portions_in_other_words_work_together() -> None:
    bodies: dict[str, list[str]] = {}
    for written in RIGHT:
        bodies.setdefault(written.function, []).append(written.body)
    submissions = [
        filled({function: some[number % len(some)] for function, some in bodies.items()})
        for number in range(max(map(len, bodies.values())))
    ]
    for result in graded_all(submissions, PATIENT_LIMIT_SECONDS):
        assert {name: result.marks[name].message for name in lost(result)} == {}
        assert not [flag for flag in result.flags if flag.startswith("together")]
