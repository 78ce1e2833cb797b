"""Regrading says what differs from an earlier run, by student and function."""

from typing import Any

import pytest

from tests.grading.regrade import ResultsError, differences, told


def results(**scores: dict[str, int]) -> dict[str, Any]:
    """Return results as `--json` writes them."""
    return {
        "secret": "s",
        "submissions": [
            {
                "name": name,
                "functions": {f"server_logic.{f}": {"score": n} for f, n in functions.items()},
            }
            for name, functions in scores.items()
        ],
    }


def test_what_differs_is_told_by_student_and_function() -> None:
    before = results(ada={"registered": 6, "logged_in": 6}, alan={"registered": 0}, gone={"x": 1})
    after = results(ada={"registered": 0, "logged_in": 6}, alan={"registered": 0}, new={"x": 1})
    assert told(differences(before, after), 3).splitlines() == [
        "ada: 12 → 6",
        "    registered: 6 → 0",
        "gone: gone, had 1 points",
        "new: new, 1 points",
        "1 of 3 submissions as before",
    ]


def test_points_that_only_move_are_told() -> None:
    before = results(ada={"registered": 6, "logged_in": 0})
    after = results(ada={"registered": 0, "logged_in": 6})
    (difference,) = differences(before, after)
    assert (difference.before, difference.after) == (6, 6)
    assert len(difference.lines) == 2


@pytest.mark.parametrize(
    "something",
    [
        *(
            None,
            [],
            {},
            {"submissions": 3},
            {"submissions": [{}]},
            {"submissions": [{"name": "a"}]},
        ),
        {"submissions": [{"name": "a", "functions": {"f": {"score": "x"}}}]},
    ],
)
def test_what_is_no_results_is_refused(something: object) -> None:
    with pytest.raises(ResultsError):
        differences(something, results())
