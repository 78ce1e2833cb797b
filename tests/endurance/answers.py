"""Whatever workers say of students' code, the desk has a verdict.

python3 -m tests.endurance.answers [--count N] [--seed N]
"""

import argparse
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from gui.tutor.assignment import BY_NAME
from tests.benchmarks.programs import print_table
from tests.grading_tests import forged

COUNT = 5000


def judge_anything(count: int, number: int) -> int:
    """Judge what so many submissions are made up to have done; return how many earned nothing.

    Raises:
        AssertionError: one of them has no verdict.
    """
    nothing = 0

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.lists(forged.lines | forged.ends, min_size=1, max_size=8),
        st.sampled_from(sorted(BY_NAME)),
        forged.bodies,
    )
    def judge_one(said: list[Any], function: str, body: str) -> None:
        nonlocal nothing
        result = forged.judged(said, function, body)
        forged.assert_is_a_verdict(result)
        nothing += not result.score

    judge_one()
    return nothing


def main() -> None:
    """Judge whatever workers say, and print what came of it."""
    parser = argparse.ArgumentParser(description="Tell the desk anything at all.")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    nothing = judge_anything(options.count, options.seed)
    print_table(
        "Submissions that were made up",
        [("judged", str(options.count)), ("that earned nothing", str(nothing))],
    )


if __name__ == "__main__":
    main()
