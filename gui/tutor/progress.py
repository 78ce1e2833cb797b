"""Which portions are filled in, and what became of them: by what really happened."""

import enum
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from gui.tutor.loaded import Loaded
from gui.tutor.problem import Problem


class State(enum.Enum):
    """What is known of a portion: a sign, and what it stands for."""

    WRONG = ("✗", "has a problem")
    RIGHT = ("✓", "did what its docstring says")
    NOT_CALLED = ("•", "filled in, not yet called")
    NOT_FILLED_IN = ("–", "not filled in")

    @property
    def text(self) -> str:
        """The sign and the words."""
        return " ".join(self.value)


class Portions(NamedTuple):
    """What is known of the portions of one file now.

    Parameters:
        states: by the names of the functions, in the order of the file.
        problems: the latest of each function that has one.
        solved: those that had a problem, changed, and then did what their docstrings say.
    """

    states: Mapping[str, State]
    problems: Mapping[str, Problem]
    solved: frozenset[str] = frozenset()

    def named(self, state: State) -> list[str]:
        """Return the functions that are in a state."""
        return [name for name, known in self.states.items() if known is state]

    def text(self, state: State) -> str:
        """Return which functions are in a state, in words; "" if none is."""
        names = [f"{n} (solved)" if n in self.solved else n for n in self.named(state)]
        return f"{state.text}: {', '.join(names)}." if names else ""

    def differing(self, before: "Portions") -> "Portions":
        """Return those portions alone that are in another state than before."""
        states = {n: s for n, s in self.states.items() if before.states.get(n) is not s}
        return self._replace(states=states)


class Progress:
    """Takes note of what becomes of the portions of one file.

    Parameters:
        functions: their names, in the order of the file.
        tell: takes the `Portions` whenever they are others.

    Attributes:
        unproven: those of which it is not known yet whether they do what they should.
    """

    def __init__(self, functions: Iterable[str], tell: Callable[[Portions], None]) -> None:
        self.unproven: set[str] = set()
        self._tell = tell
        self._states = dict.fromkeys(functions, State.NOT_CALLED)
        self._problems: dict[str, Problem] = {}
        self._had_problems: set[str] = set()
        self._solved: set[str] = set()

    def load(self, loaded: Loaded, unfilled: Collection[str], unusable: dict[str, Problem]) -> None:
        """Take note that the file was loaded.

        Parameters:
            unfilled: the functions that nobody has filled in.
            unusable: what is wrong with those that cannot be called.
        """
        gone = {
            name
            for name, problem in self._problems.items()
            if name in loaded.changed or loaded.ends(problem)
        }
        self._problems = {n: p for n, p in self._problems.items() if n not in gone} | unusable
        self._had_problems |= gone
        self._solved -= loaded.changed
        for name, before in self._states.items():
            if name in unusable:
                self._states[name] = State.WRONG
            elif name in unfilled:
                self._states[name] = State.NOT_FILLED_IN
            elif name in gone or name in loaded.changed or before is State.NOT_FILLED_IN:
                self._states[name] = State.NOT_CALLED
        self._tell_anew()

    def did_right(self, name: str) -> None:
        """Take note that a function did what its docstring says."""
        if name in self.unproven:
            self._states[name] = State.RIGHT
            self._solved |= self._had_problems & {name}
            self._had_problems.discard(name)
            self._tell_anew()

    def went_wrong(self, names: Iterable[str], problem: Problem) -> None:
        """Take note of a problem that some functions have."""
        known = {name: problem for name in names if name in self._states}
        # Those that are told already may come with each request.
        before = {n: p.identity for n, p in self._problems.items()}
        is_new = any(before.get(name) != problem.identity for name in known)
        self._problems |= known
        self._solved -= known.keys()
        for name in known:
            if self._states[name] is not State.NOT_FILLED_IN:
                self._states[name] = State.WRONG
        if is_new:
            self._tell_anew()

    def _tell_anew(self) -> None:
        self.unproven = {n for n, state in self._states.items() if state is State.NOT_CALLED}
        solved = frozenset(self._solved)
        self._tell(Portions(dict(self._states), dict(self._problems), solved))
