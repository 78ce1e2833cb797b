"""Threads that grade do not come between each other while syntax trees are made."""

import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from gui.tutor.assignment import SERVER_FILE
from tests.grading.portions import read
from tests.grading_tests.submitted import REFERENCE, SKELETONS

TURN_SECONDS = 1e-5
THREADS, FILES = 4, 400


@pytest.fixture
def hectic() -> Iterator[None]:
    """Let threads take turns at once, also while memory is tidied up."""
    seconds, threshold = sys.getswitchinterval(), gc.get_threshold()

    def run_some_python(*_: object) -> None:
        sum(range(50))

    gc.callbacks.append(run_some_python)
    sys.setswitchinterval(TURN_SECONDS)
    gc.set_threshold(50)
    yield
    gc.set_threshold(*threshold)
    sys.setswitchinterval(seconds)
    gc.callbacks.remove(run_some_python)


@pytest.mark.usefixtures("hectic")
def test_what_is_read_at_the_same_time_is_read_as_it_is() -> None:
    def portions(_: int) -> list[str]:
        return list(read(REFERENCE[SERVER_FILE], SKELETONS[SERVER_FILE], SERVER_FILE).portions)

    with ThreadPoolExecutor(THREADS) as threads:
        (found,) = {tuple(names) for names in threads.map(portions, range(FILES))}
    assert len(found) == 9
