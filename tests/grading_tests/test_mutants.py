"""What is wrong in a small way is told from what is right: small changes, and near misses."""

import random
import re
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.grading.desk import Result
from tests.grading_tests.mutants import mutants_of_right, reason
from tests.grading_tests.submitted import (
    LIMIT_SECONDS,
    PATIENT_LIMIT_SECONDS,
    filled,
    graded_all,
    lost,
)

# All are tried by `tests/endurance/mutants.py`, for many minutes.
SAMPLE = 5


def written_in(file: str) -> dict[str, list[str]]:
    """Return the portions that a file holds, by the function's name."""
    text = Path(__file__).with_name(file).read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for part in text.removeprefix("== ").split("\n== "):
        name, _, bodies = part.partition("\n\n")
        found[name] = bodies.split("\n\n")
    return found


def graded_in_rows(
    bodies: dict[str, list[str]], limit: float = LIMIT_SECONDS
) -> list[tuple[dict[str, str], Result]]:
    """Grade portions, of each function one in a submission; return what was in each."""
    rows = [
        {name: body for name, body in zip(bodies, row, strict=True) if body is not None}
        for row in zip_longest(*bodies.values())
    ]
    return list(zip(rows, graded_all(map(filled, rows), limit), strict=True))


def test_a_near_miss_is_told_with_an_example() -> None:
    bodies = written_in("near_misses.txt")
    assert sum(map(len, bodies.values())) >= 60
    for row, result in graded_in_rows(bodies):
        assert {name: row[name] for name in set(row) - lost(result)} == {}
        assert lost(result) == set(row)
        for name in row:
            assert re.search(r"was called while|was typed|Its key was", result.marks[name].message)


def test_what_is_right_in_an_unusual_way_earns_all_points() -> None:
    for _, result in graded_in_rows(written_in("unusual_right.txt"), PATIENT_LIMIT_SECONDS):
        assert {name: result.marks[name].message for name in lost(result)} == {}
        assert [flag for flag in result.flags if flag.startswith("together")] == []


def test_what_the_desk_does_not_allow_is_no_mistake() -> None:
    body = "import os\nos.mkdir('notes')\nreturn key in users"
    (result,) = graded_all([filled({"server_logic.registered": body})])
    assert "need not be a mistake" in result.marks["server_logic.registered"].message


@pytest.mark.long
def test_some_mutants_of_what_is_right_are_caught() -> None:
    chance = random.Random(1)
    all_mutants = mutants_of_right()
    assert sum(map(len, all_mutants.values())) > 5000
    bodies = {
        name: chance.sample([m for m in found if not reason(m)], min(SAMPLE, len(found)))
        for name, found in all_mutants.items()
    }
    for row, result in graded_in_rows(bodies):
        assert {name: row[name] for name in set(row) - lost(result)} == {}
        assert lost(result) == set(row)
