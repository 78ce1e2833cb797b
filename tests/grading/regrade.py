"""Says what differs between two gradings of the same work, by student and function."""

from typing import Any, NamedTuple

from gui.tutor.assignment import BY_NAME
from tests.grading.submissions import shown


class Difference(NamedTuple):
    """What differs for one student.

    Parameters:
        name: the submission's.
        before, after: the points, None where there is no such submission.
        lines: a line for each function that earned something else.
    """

    name: str
    before: int | None
    after: int | None
    lines: list[str]


class ResultsError(ValueError):
    """A file is not what `grade --json` writes."""


def scores_in(results: Any) -> dict[str, dict[str, int]]:
    """Return the points of each function by submission, from what `--json` wrote.

    Raises:
        ResultsError: it is something else.
    """
    try:
        return {
            str(submission["name"]): {
                str(function): int(mark["score"])
                for function, mark in submission["functions"].items()
            }
            for submission in results["submissions"]
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ResultsError("it is not a file that `grade --json` wrote") from None


def differences(earlier: Any, now: Any) -> list[Difference]:
    """Return what differs, a submission each, in the order of their names.

    Parameters:
        earlier: what `--json` wrote.
        now: the same of today.

    Raises:
        ResultsError: one of them is something else.
    """
    old, new = scores_in(earlier), scores_in(now)
    found = []
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        lines = [
            f"{BY_NAME[function].name if function in BY_NAME else shown(function)}: "
            f"{(before or {}).get(function, '-')} → {(after or {}).get(function, '-')}"
            for function in (before or {}) | (after or {})
            if before is not None and after is not None
            if before.get(function) != after.get(function)
        ]
        if lines or before is None or after is None:
            found.append(Difference(name, total(before), total(after), lines))
    return found


def total(scores: dict[str, int] | None) -> int | None:
    """Return the sum of the points, None where there are none."""
    return None if scores is None else sum(scores.values())


def told(found: list[Difference], count: int) -> str:
    """Return the differences as they are printed.

    Parameters:
        found: the differences.
        count: how many submissions there are today.
    """
    lines = []
    for difference in found:
        if difference.before is None:
            lines.append(f"{shown(difference.name)}: new, {difference.after} points")
        elif difference.after is None:
            lines.append(f"{shown(difference.name)}: gone, had {difference.before} points")
        else:
            change = f"{difference.before} → {difference.after}"
            lines.append(f"{shown(difference.name)}: {change}")
            lines += [f"    {line}" for line in difference.lines]
    same = count - sum(difference.after is not None for difference in found)
    return "\n".join([*lines, f"{same} of {count} submissions as before"])
