"""Whatever differs a little from what is right is caught, or it is known why it is right, too.

python3 -m tests.endurance.mutants [--function NAME]
"""

import argparse
import os
import textwrap
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from gui.tutor.assignment import BY_NAME
from gui.tutor.portions import Portion
from tests.benchmarks.programs import print_table
from tests.grading.desk import grade_function
from tests.grading.portions import StudentFile
from tests.grading.runner import Runner
from tests.grading_tests.mutants import mutants_of_right, reason
from tests.written import REFERENCE

LIMIT_SECONDS = 1.0
# What some mutants use.
IMPORTS = ("import unicodedata",)


def is_alive(name: str, body: str) -> bool:
    """Tell whether a portion earns its points."""
    portion = Portion(name, 1, "    ", f"{textwrap.indent(body, '    ')}\n")
    student = StudentFile({name: portion}, IMPORTS)
    with closing(Runner(LIMIT_SECONDS)) as runner:
        return not grade_function(BY_NAME[name], student, "endurance", runner, []).message


def main() -> None:
    """Try all mutants, and print what came of them.

    Raises:
        AssertionError: some are alive, and nobody knows why; or what is right is not.
    """
    parser = argparse.ArgumentParser(description="Try everything that is nearly right.")
    parser.add_argument("--function", choices=[function.name for function in BY_NAME.values()])
    only = parser.parse_args().function
    warnings.simplefilter("ignore", SyntaxWarning)
    found = {n: ms for n, ms in mutants_of_right().items() if only in (None, BY_NAME[n].name)}
    jobs = [(name, mutant) for name, mutants in found.items() for mutant in mutants]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        earned = list(threads.map(lambda job: is_alive(*job), jobs))
    alive = [job for job, is_so in zip(jobs, earned, strict=True) if is_so]
    unexplained = [(name, mutant) for name, mutant in alive if not reason(mutant)]
    for name, mutant in unexplained:
        print(f"{name}\n{textwrap.indent(mutant, '    ')}\n")
    rows = [("tried", str(len(jobs))), ("caught", str(len(jobs) - len(alive)))]
    counts = Counter(reason(mutant) or "nobody knows why" for _, mutant in alive)
    rows += [(f"alive: {why}", str(count)) for why, count in counts.most_common()]
    print_table("Small changes of what is right", rows)
    lost = [name for name in found if not is_alive(name, "\n".join(REFERENCE[name]))]
    assert not lost, "not even what is right earns its points"
    assert not unexplained


if __name__ == "__main__":
    main()
