"""A loop that ends as it is broken off: what was meant for it hits nothing that comes next.

python3 -m tests.endurance.break_off [--rounds N]
"""

import argparse
import itertools
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from gui.tutor import watchdog
from gui.tutor.source import Source
from gui.tutor.watchdog import StuckLoop, Watchdog
from tests.benchmarks.programs import print_table

ROUNDS = 20_000
# All a thousand times as fast as in the programs.
FAST = {"LOOK_SECONDS": 0.0001, "REPORT_SECONDS": 0.001, "BREAK_SECONDS": 0.002}
# A loop lasts so long: some end before they are broken off, some with it, some do not.
LOOP_SECONDS = (0.0018, 0.0024)
# The interpreter lets a busy thread run for 5 ms before it gives way to another: so it gives
# way between any two instructions.
SWITCH_INTERVAL_SECONDS = 1e-6
DEADLINE_SECONDS = 60

CODE = """\
def turn(clock, until):
    while clock() < until:
        pass

def turn_and_fail(clock, until):
    while clock() < until:
        pass
    return 1 // 0

def turn_whatever_comes(clock, until):
    while clock() < until:
        try:
            clock()
        except BaseException:
            pass
"""


def is_broken_off(dog: Watchdog, loop: Callable[[], object]) -> bool:
    """Run a loop under the watchdog's eyes; tell whether it was broken off."""
    try:
        try:
            dog.begin()
            loop()
        finally:
            dog.end()
    except BaseException as error:
        dog.end()
        return isinstance(error, StuckLoop)
    return False


def fibonacci(number: int) -> int:
    """Take a thousand steps, each of which an exception could hit."""
    return number if number < 2 else fibonacci(number - 1) + fibonacci(number - 2)


def check(rounds: int) -> int:
    """Run so many loops, each about as long as it may; return how many were broken off.

    Raises:
        AssertionError: what was meant for a loop hit something else, or the thread hangs.
    """
    broken_off = itertools.count()
    done: list[int] = []

    def run(dog: Watchdog, loops: list[Callable[..., object]]) -> None:
        chance = random.Random(0)
        for number in range(rounds):
            loop = loops[number % len(loops)]
            until = time.monotonic() + chance.uniform(*LOOP_SECONDS)
            if is_broken_off(dog, partial(loop, time.monotonic, until)):
                next(broken_off)
            fibonacci(10)
            done.append(number)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(vars(watchdog), FAST):
        file = Path(folder, "students.py")
        file.write_text(CODE, encoding="utf-8")
        names: dict[str, Any] = {}
        exec(compile(CODE, str(file), "exec"), names)
        source = Source(file)
        dog = Watchdog(lambda: source, lambda _stuck: None)
        loops = [names[name] for name in ("turn", "turn_and_fail", "turn_whatever_comes")]
        thread = threading.Thread(target=run, args=(dog, loops), daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                before = len(done)
                thread.join(DEADLINE_SECONDS)
                assert not thread.is_alive() or len(done) > before, "the thread hangs"
        finally:
            sys.setswitchinterval(interval)
    assert len(done) == rounds, "an exception came after its loop"
    return next(broken_off)


def main() -> None:
    """Break off so many loops, and print what was seen."""
    parser = argparse.ArgumentParser(description="Break off loops as they end.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    broken_off = check(rounds)
    python = sys.version.partition(" ")[0]
    print_table(
        f"{rounds} loops that end about when they are broken off, Python {python}",
        [("broken off", str(broken_off)), ("hit by it afterwards", "0")],
    )


if __name__ == "__main__":
    main()
