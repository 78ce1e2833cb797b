"""A problem in students' code: what is told of it, and where it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gui.tutor.explanations import Explanation

# As wide as a page of code.
TEXT_CHARACTERS = 100
# What separates a line's number, its code, and the phrases beside it.
GAP, BETWEEN = "  ", " · "
# Where phrases begin that have no room beside the code.
INDENT = 10


class Line(NamedTuple):
    """A line of students' code that ran.

    Parameters:
        number: its number in the file; 0 where lines are left out.
        code: its text, indented as in its function.
        values: what decided there: phrases, in rows.
    """

    number: int
    code: str
    values: tuple[tuple[str, ...], ...] = ()

    @property
    def numbered(self) -> str:
        """The code with its number before it."""
        return f"{self.number or '':4}{GAP}{self.code}"


class Steps(NamedTuple):
    """What a call did: the lines that ran, in the order in which they did.

    Parameters:
        heading: whom it was for.
    """

    heading: str = ""
    lines: tuple[Line, ...] = ()

    def text(self, width: int = TEXT_CHARACTERS) -> str:
        """Return all of it as plain text: the values beside the code, or below where that is long.

        Parameters:
            width: how many characters a line may have.
        """
        longest = max((len(line.numbered) for line in self.lines), default=0)
        column = min(longest + len(GAP), width // 2)
        rows = [self.heading] if self.lines else []
        for line in self.lines:
            rows.append(line.numbered)
            margin = max(column, len(line.numbered + GAP))
            beside = [BETWEEN.join(phrases) for phrases in line.values]
            if beside and margin + max(map(len, beside)) <= width:
                rows[-1] = rows[-1].ljust(margin) + beside.pop(0)
                rows += [" " * margin + row for row in beside]
            else:
                below = (row for values in line.values for row in joined(values, width - INDENT))
                rows += [" " * INDENT + row for row in below]
        return "\n".join(rows)


NO_STEPS = Steps()


def joined(phrases: Sequence[str], width: int) -> Iterator[str]:
    """Yield lines that hold phrases, as many as a line has room for."""
    line = phrases[0]
    for phrase in phrases[1:]:
        if len(line) + len(BETWEEN) + len(phrase) > width:
            yield line
            line = phrase
        else:
            line += BETWEEN + phrase
    yield line


@dataclass(frozen=True)
class Problem:
    """One explanation, as a window or a console shows it.

    Parameters:
        explanation: the title, and what to try.
        file: the file's name, such as "server_logic.py".
        function: the function in it; "" where the file as a whole is meant.
        line: the line's number, from 1; 0 where no line is meant.
        code: the text of that line, and for a syntax error a caret below it.
        traceback: Python's own report, students' frames only.
        full_traceback: Python's own report, with everything.
        ongoing: whether it lasts still, and is told again as long as it does.
        around: that line among those before and after it, as they stand, each after its number.
        client: whose request it was, by name and key; "" where it was nobody's.
        steps: what the call did; none where that is not known.
        others: the other functions that ran in the call, which may be its cause.
    """

    explanation: Explanation
    file: str
    function: str = ""
    line: int = 0
    code: str = ""
    traceback: str = ""
    full_traceback: str = ""
    ongoing: bool = False
    around: tuple[tuple[int, str], ...] = ()
    client: str = ""
    steps: Steps = NO_STEPS
    others: frozenset[str] = frozenset()

    @property
    def identity(self) -> tuple[str, str]:
        """What makes two problems the same one, seen again: names and times may differ."""
        title, advice, rule = self.explanation
        # For a file as a whole the title tells what is meant; for a function it may name a client.
        is_of_file = self.file and not self.function
        return self.place, title if is_of_file else rule or advice

    @property
    def place(self) -> str:
        """Where it is, in words."""
        where = self.file
        if self.line:
            where += f", line {self.line}"
        if self.function:
            where += f", in {self.function}"
        return where

    @property
    def sentence(self) -> str:
        """What is told, and where it is, in one line of text."""
        title, advice, _ = self.explanation
        place = f" ({self.file}, line {self.line})" if self.line else ""
        return f"{title} {advice}{place}".rstrip()

    @property
    def text(self) -> str:
        """Everything but the full traceback, as plain text."""
        parts = [self.explanation.title, self.place, indent(self.code), self.explanation.advice]
        return "\n".join(part for part in [*parts, self.steps.text(), self.traceback] if part)


def indent(code: str) -> str:
    """Return the text of some lines, set off from what is around them."""
    return "\n".join(f"    {line}" for line in code.splitlines())
