"""What is wrong in a small way is told from what is right: small changes, and near misses."""

import random
import re
from pathlib import Path

import pytest

from tests.grading_tests.mutants import mutants_of_right, reason
from tests.grading_tests.submitted import (
    EXAMPLE,
    PATIENT_LIMIT_SECONDS,
    assert_lost_alone,
    filled,
    graded,
    graded_together,
    lost,
)
from tests.written import Written, portions

# All are tried by `tests/endurance/mutants.py`, for many minutes.
SAMPLE = 5
HERE = Path(__file__).parent


def test_a_near_miss_is_told_with_an_example() -> None:
    near_misses = list(portions(HERE / "near_misses.txt"))
    assert len(near_misses) >= 60
    for near, (row, result) in graded_together(near_misses).items():
        assert near.function in lost(result), near
        assert_lost_alone(row, result)
        assert re.search(EXAMPLE, result.marks[near.function].message)


def test_what_is_right_in_an_unusual_way_earns_all_points() -> None:
    unusual = portions(HERE / "unusual_right.txt")
    for written, (_, result) in graded_together(unusual, limit=PATIENT_LIMIT_SECONDS).items():
        assert result.marks[written.function].message == "", written
        assert [flag for flag in result.flags if flag.startswith("together")] == []


def test_what_the_desk_does_not_allow_is_no_mistake() -> None:
    body = "import os\nos.mkdir('notes')\nreturn key in users"
    result = graded(filled({"server_logic.registered": body}))
    assert "need not be a mistake" in result.marks["server_logic.registered"].message


@pytest.mark.long
def test_some_mutants_of_what_is_right_are_caught() -> None:
    chance = random.Random(1)
    all_mutants = mutants_of_right()
    assert sum(map(len, all_mutants.values())) > 5000
    some = [
        Written(function, body)
        for function, found in all_mutants.items()
        for body in chance.sample([m for m in found if not reason(m)], min(SAMPLE, len(found)))
    ]
    for mutant, (row, result) in graded_together(some).items():
        assert mutant.function in lost(result), mutant
        assert_lost_alone(row, result)
