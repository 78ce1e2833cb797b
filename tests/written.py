"""What students write: wrong portions, each with what is told of it, and right ones.

`mistakes.txt` holds the wrong ones by function and by title, in which '…' is some name and … some
number. In the margin stands the rule that finds a mistake, and beside it, by what differs from the
reference, the portion:

    == server_logic.register_client

    register_client() registered '…', a name that another client has.
    came_to                 ? this decides what is sent
                            - if registered(key) or username_exists(username):
                            > if registered(key):
    answer_kept             - if registered(key) or username_exists(username):
                            > taken = username_exists(username)
                            + if registered(key):

`-` is a line of the reference, which the `+` lines take the place of; `>` is a `+` line that is
shown as the place of the mistake, `=` a line of the reference that is. A line after two blanks says
where in the reference `+` lines go in. With none of these the `+` lines are the whole portion. `?`
is a piece of the advice. A title that begins with `(graded only)` is of mistakes that the programs
never come to if all else is right.

`right.txt` holds the right ones by function, each after a `*`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.grading.portions import FILES, read, skeletons

PROJECT = Path(__file__).parents[1]
GRADED_ONLY = "(graded only) "
# In characters: the longest name of a rule has 23.
MARGIN = 24
REFERENCE = {
    function: [line[4:] for line in portion.body.splitlines()]
    for name in FILES
    for function, portion in read(
        (PROJECT / name).read_bytes(), skeletons(PROJECT)[name], name
    ).portions.items()
}


class Written(NamedTuple):
    """A portion that somebody wrote.

    Parameters:
        function: its full name, as in "server_logic.registered".
        body: what stands between the markers.
        title: what is told of it, "" if it is right.
        cause: the name of the rule that found it.
        advice: a piece of the advice.
        shown: the number of the line that is shown, from 1; 0 if it is none of the portion's.
        graded_only: whether the programs never come to the mistake if all else is right.
    """

    function: str
    body: str
    title: str = ""
    cause: str = ""
    advice: str = ""
    shown: int = 0
    graded_only: bool = False

    def __repr__(self) -> str:
        return f"{self.function}: {' '.join(self.body.split())}"

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.function.partition('.')[0]}.py"

    @property
    def line(self) -> str:
        """The line that is shown, "" if it is none of the portion's."""
        return self.body.splitlines()[self.shown - 1].strip() if self.shown else ""

    @property
    def pattern(self) -> str:
        """The title as a regular expression."""
        return re.escape(self.title).replace("'…'", "'[^']*'").replace("…\\ s", r"[\d.]+\ s")

    def is_told_by(self, title: str) -> bool:
        """Tell whether a title is the one that is expected."""
        return re.fullmatch(self.pattern, title) is not None


# --- the files' form --------------------------------------------------------------------


def sections(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the heading of each section of a file, and the text below it."""
    for section in path.read_text(encoding="utf-8").removeprefix("== ").split("\n== "):
        heading, _, text = section.partition("\n")
        yield heading, text.strip("\n")


def entries(text: str, margin: int = MARGIN) -> list[tuple[str, list[str]]]:
    """Return the entries of a text: what stands in the margin of each, and the lines beside it."""
    found: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        if beside := line[:margin].strip():
            found.append((beside, []))
        found[-1][1].append(line[margin:])
    return found


def portions(path: Path) -> Iterator[Written]:
    """Yield the portions of which a file tells no more than their functions."""
    for function, text in sections(path):
        for _, lines in entries(text, margin=2):
            yield Written(function, "\n".join(lines))


def mistakes() -> Iterator[Written]:
    """Yield the mistakes."""
    for function, text in sections(Path(__file__).with_name("mistakes.txt")):
        for paragraph in text.split("\n\n"):
            title, _, below = paragraph.partition("\n")
            for cause, lines in entries(below):
                advice = lines.pop(0)[2:] if lines[0].startswith("? ") else ""
                body, shown = applied(REFERENCE[function], lines)
                yield Written(
                    function,
                    "\n".join(body),
                    title.removeprefix(GRADED_ONLY),
                    cause,
                    advice,
                    shown,
                    title.startswith(GRADED_ONLY),
                )


def applied(reference: list[str], lines: list[str]) -> tuple[list[str], int]:
    """Return a portion, made from the reference by some lines, and the number of the line shown."""
    made: list[str] = []
    shown = position = 0
    marks = {line[:1] for line in lines}
    if marks <= {"+", ">"}:
        position = len(reference)
    for line in lines:
        mark, text = line[:1], line[2:]
        if mark in "-= ":
            place = reference.index(text, position)
            made += reference[position:place]
            position = place + 1
        if mark != "-":
            made.append(text)
        if mark in ">=":
            shown = len(made)
    return made + reference[position:], shown


WRONG = list(mistakes())
RIGHT = list(portions(Path(__file__).with_name("right.txt")))
