"""A problem in students' code: what is told of it, and where it is."""

from dataclasses import dataclass

from gui.tutor.explanations import Explanation


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
    others: frozenset[str] = frozenset()

    @property
    def identity(self) -> tuple[str, str]:
        """What makes two problems the same one, seen again: names and times may differ."""
        return self.place, self.explanation.advice

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
    def text(self) -> str:
        """Everything but the full traceback, as plain text."""
        parts = [self.explanation.title, self.place, indent(self.code), self.explanation.advice]
        return "\n".join(part for part in [*parts, self.traceback] if part)


def indent(code: str) -> str:
    """Return the text of some lines, set off from what is around them."""
    return "\n".join(f"    {line}" for line in code.splitlines())
