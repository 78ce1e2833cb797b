"""Judges a function by what it did in each situation: the desk's side of the one judge."""

import ast
from collections.abc import Mapping
from typing import NamedTuple

from gui.tutor.assignment import BY_NAME, Function
from gui.tutor.causes import Finding, judge, why_it_hung
from gui.tutor.evidence import Evidence
from gui.tutor.explanations import explain
from gui.tutor.portions import MAX_READ_CHARACTERS, Portion, source_of
from gui.tutor.printable import printable
from gui.tutor.rules import Situation
from gui.tutor.trace import WITHOUT_STEPS
from gui.tutor.unreadable import Cause, why_unreadable
from tests.grading.one_at_a_time import one_at_a_time
from tests.grading.portions import StudentFile
from tests.grading.runner import BadSyntax, Died, Hung, Outcome
from tests.grading.scenarios import sentence

# What a worker says when it refuses something: see `make_guard` there.
NOT_ALLOWED = "the desk does not allow this: "
# What Python says where it may not start one.
NO_THREAD = "can't start new thread"


class Verdict(NamedTuple):
    """What is wrong with a function.

    Parameters:
        situation: the sentence that tells the situation, "" if none matters.
        number: the scenario's in which it shows.
        marked: the place that Python cannot read, in its line; "" where it can read all.
    """

    finding: Finding
    situation: str = ""
    number: int = 0
    marked: str = ""

    def sentence(self, file: str) -> str:
        """Return everything in one line of text."""
        title, advice, _ = self.finding.explanation
        parts = [self.situation, title, advice, f"({file}, line {self.finding.line})"]
        return printable(" ".join(filter(None, parts)))


@one_at_a_time
def verdict(
    portion: Portion,
    student: StudentFile,
    scenarios: list[Situation],
    outcomes: Mapping[int, Outcome],
) -> Verdict | None:
    """Return what is wrong with a function, or None if it did all that it must.

    Parameters:
        portion: what the student wrote.
        student: the file around it.
        scenarios: what it was watched in, the most telling first.
        outcomes: what it did, by the number of the scenario; none after one that was its end.

    Raises:
        ValueError: nothing is wrong, yet something was not watched.
    """
    function = BY_NAME[portion.function]
    tree = tree_of(function, portion)
    # What was its end is what is wrong, whatever else there may be.
    urgent = [n for n, outcome in outcomes.items() if not isinstance(outcome, Evidence)]
    for number in [*sorted(urgent), *sorted(outcomes)]:
        outcome = outcomes[number]
        if isinstance(outcome, BadSyntax):
            return unreadable(function, portion, outcome)._replace(number=number)
        found = judged(function, student, scenarios[number], outcome, tree)
        if found:
            line = line_within(portion, found.finding.line)
            return found._replace(finding=found.finding._replace(line=line), number=number)
    # What was not watched to its end has not earned anything.
    if len(outcomes) != len(scenarios):
        raise ValueError("a function without a fault was not watched to its end")
    return None


def line_within(portion: Portion, line: int) -> int:
    """Return a line if a portion has it, else the first one that is neither blank nor a comment."""
    written = portion.body.rstrip("\n").split("\n")
    if portion.line < line <= portion.line + len(written):
        return line
    numbered = enumerate(written, portion.line + 1)
    return next((n for n, text in numbered if text.partition("#")[0].strip()), portion.line + 1)


def judged(
    function: Function,
    student: StudentFile,
    situation: Situation,
    outcome: Evidence | Hung | Died,
    tree: ast.Module,
) -> Verdict | None:
    """Return what is wrong with what a function did in one scenario, if anything is."""
    name = function.name
    if isinstance(outcome, Hung):
        found = why_it_hung(function, tree, outcome.seconds)
        return Verdict(found, sentence(function, situation))
    if isinstance(outcome, Died):
        # What it had done just before is not known.
        return Verdict(Finding(explain("ended_process", function=name), name, 0))
    error = outcome.error
    if error and error.kind == "NameError" and error.name in student.outside:
        explanation = explain("outside_markers", function=name, name=error.name)
        return Verdict(Finding(explanation, name, error.line))
    if error and error.message.startswith(NOT_ALLOWED):
        explanation = explain("not_allowed", function=name, what=error.message[len(NOT_ALLOWED) :])
        return Verdict(Finding(explanation, name, error.line))
    finding = judge(function, situation, outcome, tree)
    if finding is None:
        return None
    if error and error.message == NO_THREAD and finding.explanation.rule == "stopped":
        explanation = explain("not_allowed", function=name, what="to start a thread")
        return Verdict(Finding(explanation, name, error.line))
    # For what is not there, no situation is to blame.
    is_there = finding.explanation.rule not in WITHOUT_STEPS
    return Verdict(finding, sentence(function, situation) if is_there else "")


def unreadable(function: Function, portion: Portion, outcome: BadSyntax) -> Verdict:
    """Return why Python cannot read a portion."""
    text = source_of(function, portion)
    cause = why_unreadable(text) if len(portion.body) <= MAX_READ_CHARACTERS else None
    cause = cause or Cause("stops_here", outcome.line)
    line = line_within(portion, cause.line)
    marked = cause.marked(text.split("\n")[line - 1]) if line == cause.line else ""
    finding = Finding(cause.explanation(f"{function.name}()"), function.name, line)
    return Verdict(finding, marked=marked)


@one_at_a_time
def tree_of(function: Function, portion: Portion) -> ast.Module:
    """Return the syntax tree of a function, an empty one if it is too much even for that."""
    try:
        if len(portion.body) <= MAX_READ_CHARACTERS:
            return ast.parse(source_of(function, portion))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    return ast.Module([], [])
