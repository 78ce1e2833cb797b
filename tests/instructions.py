"""An exception that comes between two instructions, as one from another thread does."""

import itertools
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, SimpleNamespace
from typing import Any


@contextmanager
def interrupted(
    number: int, exception: BaseException, codes: Collection[CodeType], when: Callable[[], bool]
) -> Iterator[SimpleNamespace]:
    """Raise an exception before one of the instructions that run meanwhile, in this thread.

    Parameters:
        number: before which of those that count, from 0. Yielded is whether it `came`.
        codes: the functions whose instructions count.
        when: tells whether the next instruction counts.
    """
    interruption = SimpleNamespace(came=False)
    counter = itertools.count()

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        if frame.f_code not in codes:
            return None
        frame.f_trace_opcodes = True
        if event in ("call", "opcode") and when() and next(counter) == number:
            interruption.came = True
            raise exception
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield interruption
    finally:
        sys.settrace(before)
