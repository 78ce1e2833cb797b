"""What is wrong in a small way is told from what is right: small changes, and near misses."""

import random
import re
from itertools import zip_longest
from pathlib import Path

from tests.grading.desk import Result
from tests.grading_tests.mutants import mutants_of_right, reason
from tests.grading_tests.submitted import filled, graded_all, lost

NEAR_MISSES = Path(__file__).with_name("near_misses.txt").read_text(encoding="utf-8")
# All are tried by `tests/endurance/mutants.py`, for many minutes.
SAMPLE = 5


def near_misses() -> dict[str, list[str]]:
    """Return portions that are wrong in a small way, by the function's name."""
    found: dict[str, list[str]] = {}
    for part in NEAR_MISSES.removeprefix("== ").split("\n== "):
        name, _, bodies = part.partition("\n\n")
        found[name] = bodies.split("\n\n")
    return found


def graded_in_rows(bodies: dict[str, list[str]]) -> list[tuple[dict[str, str], Result]]:
    """Grade portions, of each function one in a submission; return what was in each."""
    rows = [
        {name: body for name, body in zip(bodies, row, strict=True) if body is not None}
        for row in zip_longest(*bodies.values())
    ]
    return list(zip(rows, graded_all(map(filled, rows)), strict=True))


def test_a_near_miss_is_told_with_an_example() -> None:
    bodies = near_misses()
    assert sum(map(len, bodies.values())) >= 60
    for row, result in graded_in_rows(bodies):
        assert {name: row[name] for name in set(row) - lost(result)} == {}
        assert lost(result) == set(row)
        for name in row:
            assert re.search(r"was called while|was typed|Its key was", result.marks[name].message)


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
