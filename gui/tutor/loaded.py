"""That a file of students' code was loaded: what the windows and the console tell of it."""

from typing import NamedTuple

from gui.tutor.problem import Problem


class Loaded(NamedTuple):
    """A file of students' code is in force, as it was when it was read.

    Parameters:
        file: its name.
        time: when it was read, in seconds since the epoch.
        changed: the functions that are others than before.
        remark: what stands in it and will not be graded, in one sentence; "" if nothing does, or if
            it was said before.
    """

    file: str
    time: float
    changed: frozenset[str] = frozenset()
    remark: str = ""

    def ends(self, problem: Problem) -> bool:
        """Tell whether a problem goes: what it is about is another now, or is told again."""
        changed = self.changed & {problem.function, *problem.others}
        return problem.file == self.file and (not problem.function or bool(changed))
