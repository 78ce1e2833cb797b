"""The self-check: what each portion of one folder has earned, with one hint where it fails."""

from pathlib import Path

from gui.tutor.assignment import FUNCTIONS, MAX_SCORE
from tests.grading.desk import Result, grade
from tests.grading.portions import FILES, skeletons

PROJECT = Path(__file__).resolve().parents[2]
SECRET = "self-check"
LIMIT_SECONDS = 2.0


def check(folder: Path) -> Result:
    """Check the two files of a folder."""
    files = {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}
    return grade(files, skeletons(PROJECT), SECRET, LIMIT_SECONDS)


def report(result: Result, all_steps: bool = False) -> str:
    """Return what a student reads.

    Parameters:
        all_steps: whether the steps of each function that went wrong are shown, not of the first
            one alone.
    """
    lines = []
    file = ""
    is_first = True
    for function in FUNCTIONS:
        if function.file != file:
            file = function.file
            lines.append(file)
        mark = result.marks[function.full_name]
        sign = "✗" if mark.message else "✓"
        lines.append(f"  {sign} {function.name:26}{mark.score:3}/{mark.max_score}")
        if mark.message:
            lines.append(f"      {mark.message}")
        if mark.steps and (all_steps or is_first):
            lines += (f"      {step}" for step in mark.steps.split("\n"))
            is_first = False
    lines.append(f"{result.score} of {MAX_SCORE} points")
    return "\n".join(lines)
