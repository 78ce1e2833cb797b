"""The processes of this machine, as `ps` tells of them."""

import subprocess


def processes() -> dict[int, int]:
    """Return the parent of each process that runs, by its number; zombies run no more."""
    command = ["ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "stat="]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = [line.split() for line in told.splitlines()]
    return {int(number): int(parent) for number, parent, state in lines if state[0] != "Z"}


def descendants(ancestor: int) -> set[int]:
    """Return the processes that one has started, and those that these have started, ...; not ps."""
    parents = processes()
    found: set[int] = {ancestor}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {ancestor}
