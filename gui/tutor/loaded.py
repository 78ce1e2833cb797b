"""That a file of students' code was loaded: what the windows and the console tell of it."""

from typing import NamedTuple

from gui.tutor.problem import Problem


class Loaded(NamedTuple):
    """A file of students' code is in force, as it was when it was read.

    Parameters:
        file: its name.
        time: when it was read, in seconds since the epoch.
        changed: the functions that are others than before.
        wrong, wrong_before: the identities of what is wrong before anything is called, and of
            what was in the file before it.
        is_there: whether there was a file that could be read.
        remark: what stands in it and will not be graded, in one sentence; "" if nothing does, or if
            it was said before.
    """

    file: str
    time: float
    changed: frozenset[str] = frozenset()
    wrong: frozenset[tuple[str, str]] = frozenset()
    wrong_before: frozenset[tuple[str, str]] = frozenset()
    is_there: bool = True
    remark: str = ""

    def ends(self, problem: Problem) -> bool:
        """Tell whether a problem goes: what it is about is another now."""
        if problem.file != self.file:
            return False
        if problem.ongoing:  # nothing is loaded while something holds up the program
            return True
        if not problem.function or problem.identity in self.wrong_before - self.wrong:
            return problem.identity not in self.wrong
        return bool(self.changed & {problem.function, *problem.others})
