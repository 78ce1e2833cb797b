"""The self-check: what each portion of one folder has earned, with one hint where it fails."""

import re
from collections.abc import Sequence
from pathlib import Path

from gui.tutor.assignment import FUNCTIONS, MAX_SCORE, Function, functions_of
from gui.tutor.explanations import Explanation, explain
from gui.tutor.layout import flaws, not_graded
from gui.tutor.problem import Problem
from gui.tutor.source import Source
from tests.grading.desk import Result, grade
from tests.grading.portions import FILES, skeletons
from tests.grading.top_level import flaws_at_start

PROJECT = Path(__file__).resolve().parents[2]
SECRET = "self-check"
LIMIT_SECONDS = 2.0
# What is wrong with a file in these words keeps Python from running it.
HINDRANCE = "Python cannot read|There is no|.* (stops|does not come to its end) while it is read"
CANNOT_RUN = (
    "As it is, Python cannot run the program as a whole, whatever its functions have earned: mend "
    "first what stands above with an exclamation mark."
)


def check(folder: Path) -> Result:
    """Check the two files of a folder."""
    files = {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}
    return grade(files, skeletons(PROJECT), SECRET, LIMIT_SECONDS)


def flaws_in(folder: Path) -> list[Problem]:
    """Return what is wrong with each of the two files of a folder as a whole."""
    found: list[Problem] = []
    for name in FILES:
        source = Source(folder / name, functions_of(name))
        found += flaws(source)
        if source.portions and source.reading.error is None and not source.reading.unreadable:
            found += flaws_at_start(source)
        if source.portions and (remark := not_graded(source.ungraded())):
            found.append(Problem(Explanation(remark, ""), name))
    return found


def report(result: Result, found: Sequence[Problem] = (), all_steps: bool = False) -> str:
    """Return what a student reads.

    Parameters:
        found: what is wrong with the files as a whole.
        all_steps: whether the steps of each function that went wrong are shown, not of the first
            one alone.
    """
    lines = []
    file = ""
    is_first = True
    unfilled = [function for function in FUNCTIONS if is_unfilled(function, result)]
    for function in FUNCTIONS:
        if function.file != file:
            file = function.file
            lines.append(file)
            for flaw in found:
                if flaw.file == file:
                    title, advice, _ = flaw.explanation
                    place = f" ({file}, line {flaw.line})" if flaw.line else ""
                    lines.append(f"  ! {title} {advice}{place}".rstrip())
        mark = result.marks[function.full_name]
        sign = "✗" if mark.message else "✓"
        lines.append(f"  {sign} {function.name:26}{mark.score:3}/{mark.max_score}")
        if mark.message and function not in unfilled:
            lines.append(f"      {mark.message}")
        if mark.steps and (all_steps or is_first):
            lines += (f"      {step}" for step in mark.steps.split("\n"))
            is_first = False
    if unfilled:
        names = [function.name for function in unfilled]
        advice = explain("not_filled_in", function=names[0]).advice
        lines.append(f"Not filled in yet: {', '.join(names)}. Begin with {names[0]}. {advice}")
    lines.append(f"{result.score} of {MAX_SCORE} points")
    if any(re.match(HINDRANCE, flaw.explanation.title) for flaw in found):
        lines.append(CANNOT_RUN)
    return "\n".join(lines)


def is_unfilled(function: Function, result: Result) -> bool:
    """Tell whether a function stands as it was handed out: that is said once of all of them."""
    title = explain("not_filled_in", function=function.name).title
    return result.marks[function.full_name].message.startswith(title)
