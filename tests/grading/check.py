"""The self-check: what each portion of one folder has earned, with one hint where it fails."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from gui.tutor.assignment import FUNCTIONS, MAX_SCORE, Function, functions_of
from gui.tutor.explanations import Explanation, explain
from gui.tutor.layout import flaws, not_graded
from gui.tutor.problem import Problem
from gui.tutor.source import Source
from gui.tutor.trace import WITHOUT_STEPS
from tests.grading.desk import Result, grade
from tests.grading.portions import FILES, skeletons
from tests.grading.top_level import flaws_at_start

PROJECT = Path(__file__).resolve().parents[2]
SECRET = "self-check"
LIMIT_SECONDS = 2.0
# What is wrong with a file in these words keeps Python from running it.
HINDRANCE = (
    "Python cannot read|There is no|.* (stops|does not come to its end) while it is read|"
    r".*\(\) must (not )?(be async|receive)"
)
PLACE = r" \(\w+\.py, line (?P<line>\d+)\)$"
CANNOT_RUN = (
    "As it is, the program as a whole cannot run, whatever its functions have earned: mend first "
    "what stands above with an exclamation mark."
)


def check(folder: Path) -> Result:
    """Check the two files of a folder."""
    files = {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}
    return grade(files, skeletons(PROJECT), SECRET, LIMIT_SECONDS)


def fail(reason: Exception | str) -> int:
    """Say on standard error why a command cannot be carried out; return the exit status."""
    if isinstance(reason, OSError) and reason.strerror:
        what = f"{reason.filename} cannot be used: " if reason.filename else ""
        reason = f"{what}{reason.strerror}."
    print(reason, file=sys.stderr)
    return 2


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
    told = {flaw.sentence for flaw in found}
    for function in FUNCTIONS:
        if function.file != file:
            file = function.file
            lines.append(file)
            lines += (f"  ! {flaw.sentence}" for flaw in found if flaw.file == file)
        mark = result.marks[function.full_name]
        sign = "✗" if mark.message else "✓"
        lines.append(f"  {sign} {function.name:26}{mark.score:3}/{mark.max_score}")
        if function in unfilled or not mark.message or mark.message in told:
            continue
        first, *others = alike(function, result)
        if first is function:
            lines.append(f"      {mark.message}")
            same = [
                placed(other, result) for other in others if f"{other.name}()" not in mark.message
            ]
            if same:
                lines.append(f"      The same is so of {', '.join(same)}.")
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
    """Tell whether a function holds nothing yet: that is said once of all of them."""
    titles = [explain(rule, function=function.name).title for rule in WITHOUT_STEPS]
    return result.marks[function.full_name].message.startswith(tuple(titles))


def alike(function: Function, result: Result) -> list[Function]:
    """Return the functions of its file that have the same fault as a function, itself included."""
    wanted = result.marks[function.full_name].message
    of_file = functions_of(function.file).values()
    messages = {other: result.marks[other.full_name].message for other in of_file}
    return [
        other
        for other, message in messages.items()
        if message == wanted or in_general(other, message) == in_general(function, wanted)
    ]


def placed(function: Function, result: Result) -> str:
    """Return a function's name with the line that its message tells, if it does."""
    place = re.search(PLACE, result.marks[function.full_name].message)
    return f"{function.name} (line {place['line']})" if place else function.name


def in_general(function: Function, message: str) -> str:
    """Return a message without the place and the function's own name, in whatever form."""
    text = re.sub(PLACE, "", message).replace("_", "").lower()
    return re.sub(rf"\w*{function.name.replace('_', '')}\w*", "…", text)
