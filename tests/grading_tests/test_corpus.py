"""Wrong portions lose exactly their own points, with the right sentence; right ones lose none."""

import re

import pytest

from tests.grading.desk import Result
from tests.grading_tests.corpus import RIGHT, WRONG, Wrong
from tests.grading_tests.submitted import REFERENCE, SKELETONS, filled, graded, graded_all, lost

RIGHT_ONES = [(function, body) for function, bodies in RIGHT.items() for body in bodies]


@pytest.fixture(scope="module")
def wrong_results() -> list[Result]:
    """Give what the wrong portions earn."""
    return graded_all(filled({wrong.function: wrong.body}) for wrong in WRONG)


@pytest.fixture(scope="module")
def right_results() -> list[Result]:
    """Give what the right portions earn."""
    return graded_all(filled({function: body}) for function, body in RIGHT_ONES)


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len({(wrong.function, wrong.body) for wrong in WRONG}) >= 80
    assert len(set(RIGHT_ONES)) >= 40


@pytest.mark.parametrize("number", range(len(WRONG)), ids=lambda n: f"{WRONG[n].function}-{n}")
def test_a_wrong_portion_loses_its_own_points_alone_and_says_why(
    number: int, wrong_results: list[Result]
) -> None:
    wrong, result = WRONG[number], wrong_results[number]
    assert lost(result) == {wrong.function}, wrong.body
    message = result.marks[wrong.function].message
    assert wrong.sentence in message
    assert line_in(message) in lines_of(wrong)


@pytest.mark.parametrize("number", range(len(RIGHT_ONES)), ids=lambda n: f"{RIGHT_ONES[n][0]}-{n}")
def test_a_right_portion_in_other_words_earns_all(number: int, right_results: list[Result]) -> None:
    function, body = RIGHT_ONES[number]
    assert lost(right_results[number]) == set(), f"{body}\n{right_results[number].marks[function]}"


def test_no_sentence_shows_a_line_of_the_solution(wrong_results: list[Result]) -> None:
    solution = [
        line.strip()
        for name, source in REFERENCE.items()
        for line in set(source.decode().split("\n")) - set(SKELETONS[name].decode().split("\n"))
        if line.strip() != "else:"
    ]
    for result in wrong_results:
        for mark in result.marks.values():
            assert not [line for line in solution if line in mark.message]


def test_the_handout_earns_nothing_and_the_reference_everything() -> None:
    assert graded(SKELETONS).score == 0
    assert graded(REFERENCE).score == 100


def test_each_function_of_the_handout_says_that_it_is_not_filled_in() -> None:
    for mark in graded(SKELETONS).marks.values():
        assert "is not filled in yet" in mark.message


def line_in(message: str) -> int:
    """Return the number of the line that a message names."""
    found = re.search(r"line (\d+)\)$", message)
    assert found, message
    return int(found[1])


def lines_of(wrong: Wrong) -> range:
    """Return the numbers of the lines that a wrong portion stands in, in the student's file."""
    name = f"{wrong.function.partition('.')[0]}.py"
    lines = filled({wrong.function: wrong.body})[name].decode().split("\n")
    definition = rf"(async )?def {wrong.function.partition('.')[2]}\("
    first = next(number for number, line in enumerate(lines, 1) if re.match(definition, line))
    start = next(n for n in range(first, len(lines)) if "*** start" in lines[n - 1])
    end = next(n for n in range(start, len(lines)) if "*** end" in lines[n - 1])
    return range(start, end)
