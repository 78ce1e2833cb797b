"""What grading a class costs: 300 submissions, one in ten of them hanging in one function.

python3 -m tests.benchmarks.grading [--count N] [--jobs N]
"""

import argparse
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from gui.tutor.assignment import FUNCTIONS
from tests.benchmarks.programs import print_table
from tests.grading.check import LIMIT_SECONDS
from tests.grading.desk import grade_next
from tests.grading.runner import Runner
from tests.grading_tests.submitted import REFERENCE, SKELETONS, filled

COUNT, JOBS = 300, 2
LIMIT_MINUTE = 60
LIMIT_BYTES = 8 * 1024 * 1024
HANGING = ("while True:\n    pass", "import time\ntime.sleep(60)")


def submission(number: int) -> dict[str, bytes]:
    """Return one of the class: every tenth hangs, each in another function than the one before."""
    if number % 10:
        return REFERENCE
    turn = number // 10
    return filled({FUNCTIONS[turn % len(FUNCTIONS)].full_name: HANGING[turn % len(HANGING)]})


def grade_some(numbers: Iterator[int]) -> None:
    """Grade some of the class in turn, as each job of the desk does."""
    with closing(Runner(LIMIT_SECONDS)) as runner:
        for number in numbers:
            grade_next(submission(number), SKELETONS, "a secret of the benchmark", runner)


def cpu_seconds() -> float:
    """Return what this process has used of the processors, and all that it started and ended."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def peak_bytes() -> int:
    """Return the most memory that this process has had (on Linux, in units of 1,024 bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Grade a class, and print what it cost."""
    parser = argparse.ArgumentParser(description="Grade a class that is made up.")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--jobs", type=int, default=JOBS)
    options = parser.parse_args()
    with ThreadPoolExecutor(options.jobs) as threads:

        def grade(count: int) -> None:
            numbers = iter(range(count))
            for _ in threads.map(grade_some, [numbers] * options.jobs):
                pass

        grade(10)
        memory, cpu, start = peak_bytes(), cpu_seconds(), time.monotonic()
        grade(options.count)
        taken = time.monotonic() - start
    cpu = (cpu_seconds() - cpu) / options.count
    grown = peak_bytes() - memory
    print_table(
        f"{options.count} submissions, {options.jobs} at once",
        [
            ("in all", f"{taken:.1f} s (limit for 300: {LIMIT_MINUTE} s)"),
            ("CPU a submission, with what hangs", f"{cpu * 1000:.0f} ms"),
            ("memory that the desk has grown by", f"{grown / 1024:,.0f} KB"),
        ],
    )
    assert grown < LIMIT_BYTES, "the desk's memory is not flat"


if __name__ == "__main__":
    main()
