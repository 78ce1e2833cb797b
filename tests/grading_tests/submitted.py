"""What is handed in, in the tests: the reference with some portions replaced."""

import os
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from tests.grading.desk import Result, grade
from tests.grading.portions import FILES, read, skeletons

PROJECT = Path(__file__).resolve().parents[2]
SKELETONS = skeletons(PROJECT)
REFERENCE = {name: (PROJECT / name).read_bytes() for name in FILES}
PORTIONS = {
    function: portion
    for name, source in REFERENCE.items()
    for function, portion in read(source, SKELETONS[name], name).portions.items()
}


class Portion(Protocol):
    """What stands between the markers of a function, which has its full name."""

    @property
    def function(self) -> str: ...

    @property
    def body(self) -> str: ...


Put = TypeVar("Put", bound=Portion)


class Named(NamedTuple):
    """A portion that has a name, which says what is odd in it or what it tries."""

    name: str
    function: str
    body: str


# How a message begins that shows for what a function was called.
EXAMPLE = "was called while|was typed|Its key was"
# Enough for everything that ends at all, on a busy machine too.
LIMIT_SECONDS = 2.0
# Enough beside attacks that keep the machine from everybody else, where nothing hangs.
PATIENT_LIMIT_SECONDS = 20.0


def filled(portions: dict[str, str]) -> dict[str, bytes]:
    """Return the reference with some portions replaced.

    Parameters:
        portions: their text, not indented, by the full name of the function.
    """
    files = {name: source.decode().split("\n") for name, source in REFERENCE.items()}
    # From the last on, so that those before it stay where they are.
    for function in sorted(portions, key=lambda name: PORTIONS[name].line, reverse=True):
        portion = PORTIONS[function]
        end = portion.line + portion.body.count("\n")
        indented = textwrap.indent(portions[function].rstrip("\n"), "    ").split("\n")
        files[f"{function.partition('.')[0]}.py"][portion.line : end] = indented
    return {name: "\n".join(lines).encode() for name, lines in files.items()}


def submission(portions: Iterable[Portion]) -> dict[str, bytes]:
    """Return the reference with some portions in it."""
    return filled({portion.function: portion.body for portion in portions})


def in_rows(portions: Iterable[Put]) -> list[list[Put]]:
    """Return portions in as few rows as can be, of each function one in a row: a submission."""
    columns: defaultdict[str, list[Put]] = defaultdict(list)
    for portion in portions:
        columns[portion.function].append(portion)
    return [[p for p in row if p is not None] for row in zip_longest(*columns.values())]


def graded(files: Mapping[str, bytes], limit: float = LIMIT_SECONDS) -> Result:
    """Return what a submission earns."""
    return grade(files, SKELETONS, "a secret of the tests", limit)


def lost(result: Result) -> set[str]:
    """Return the functions that have not earned their points."""
    return {function for function, mark in result.marks.items() if mark.score < mark.max_score}


def graded_all(
    submissions: Iterable[Mapping[str, bytes]], limit: float = LIMIT_SECONDS
) -> list[Result]:
    """Return what some submissions earn, graded side by side."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(partial(graded, limit=limit), submissions))


def graded_together(
    portions: Iterable[Put],
    fill: Callable[[list[Put]], Mapping[str, bytes]] = submission,
    limit: float = LIMIT_SECONDS,
) -> dict[Put, tuple[list[Put], Result]]:
    """Return for each portion which ones were in the same submission, and what that earned.

    Parameters:
        fill: makes a submission with the portions of a row in it.
    """
    rows = in_rows(portions)
    results = graded_all(map(fill, rows), limit)
    return {p: (row, result) for row, result in zip(rows, results, strict=True) for p in row}


def assert_lost_alone(row: Iterable[Portion], result: Result) -> None:
    """Assert that the functions that some portions are in have lost their points, and no others."""
    assert lost(result) == {portion.function for portion in row}
    assert not [flag for flag in result.flags if "could not judge" in flag]
