"""What only one of the threads that grade may do at a time."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")

LOCK = threading.RLock()


def one_at_a_time(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Let one thread at a time run a function that makes syntax trees.

    Python 3.11 counts how deep a tree is in one place for all threads. Where Python code runs while
    a tree is made (the garbage collector may call some), another thread gets its turn, and one of
    the two ends with SystemError (python/cpython, issue 106905).
    """

    @wraps(function)
    def alone(*arguments: Given.args, **keywords: Given.kwargs) -> Result:
        with LOCK:
            return function(*arguments, **keywords)

    return alone
