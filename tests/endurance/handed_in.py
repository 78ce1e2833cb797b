"""What may be handed in: damaged archives and odd names, each read or refused within its time.

python3 -m tests.endurance.handed_in [--count N] [--seed N]
"""

import argparse
import io
import random
import time
from collections import Counter
from contextlib import suppress
from pathlib import PurePosixPath

from tests.benchmarks.programs import print_table
from tests.grading.archives import STUDENT, ArchiveError, members
from tests.grading.exports import recognised
from tests.grading.students import CannotTell
from tests.grading.tree import Entry, inside
from tests.grading_tests.test_exports import PARTS
from tests.grading_tests.test_tree import ARCHIVES

COUNT = 5000
MOST_SECONDS_FOR_A_NAME = 0.05
MOST_FLIPPED_BITS = 20


def main() -> None:
    """Read as many damaged archives and odd names as are asked for, and print what came of them."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.endurance.handed_in")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    outcomes = Counter(
        read(name, damaged(ARCHIVES[name], chance))
        for name in ARCHIVES
        for _ in range(options.count)
    )
    slowest = max(seconds_for(chance) for _ in range(options.count))
    rows = [(f"archives: {outcome}", str(count)) for outcome, count in outcomes.most_common()]
    rows.append(("names: the slowest", f"{1000 * slowest:.1f} ms"))
    print_table(f"{options.count} damaged archives of each kind, as many odd names", rows)
    assert slowest < MOST_SECONDS_FOR_A_NAME


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return an archive with some bits flipped, or cut off."""
    bits = bytearray(content)
    for _ in range(chance.randint(1, MOST_FLIPPED_BITS)):
        bits[chance.randrange(len(bits))] ^= 1 << chance.randrange(8)
    return bytes(bits[: chance.choice((len(bits), chance.randrange(len(bits))))])


def read(name: str, content: bytes) -> str:
    """Read an archive; return what came of it."""
    outcome = "whole"
    try:
        for member in members(name, io.BytesIO(content), STUDENT):
            try:
                member.read(1000)
            except ArchiveError as error:
                outcome = f"a file {error}"
    except ArchiveError as error:
        outcome = str(error)
    return outcome


def seconds_for(chance: random.Random) -> float:
    """Return how long it takes to tell whose a file of an odd name is."""
    name = "".join(
        chance.choice((*PARTS, "1" * 40, "_" * 20)) for _ in range(chance.randint(1, 40))
    )
    path = inside(PurePosixPath(), name) or PurePosixPath("x")
    began = time.process_time()
    with suppress(CannotTell):
        recognised("given", [Entry(path)])
    return time.process_time() - began


if __name__ == "__main__":
    main()
