"""A file of students' code as it was imported: its functions, and its two dictionaries."""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import deepcopy
from functools import cached_property
from types import CodeType, FunctionType, ModuleType
from typing import Any, NoReturn

from gui.tutor import syntax
from gui.tutor.assignment import Dictionaries, Function
from gui.tutor.explanations import Explanation, explain
from gui.tutor.instrument import STEP, VALUE, instrumented
from gui.tutor.layout import bad_first_lines, flaws, missing_functions, unreadable_problem
from gui.tutor.problem import Problem
from gui.tutor.reading import UNREADABLE
from gui.tutor.recorder import Recorder
from gui.tutor.snapshot import Snapshot, class_name
from gui.tutor.source import Source


class Unreadable(BaseException):
    """Students' code called a function whose portion Python cannot read.

    Not an `Exception`, so that `except Exception` does not make another problem of it.

    Parameters:
        problem: what is wrong with the portion.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem


class Logic:
    """One of the two files of the assignment, in force.

    Parameters:
        module: the file, after it has run from top to bottom; empty where it could not.
        source: its text.
        expected: the functions that students fill in, as the assignment has them.
        failure: why the file could not run, if so.
        known: the two dictionaries, if they go on from before.

    Attributes:
        functions: those of the portions that can be called as the program calls them.
        unusable: what is wrong with each of the others.
        flaws: what is wrong with the file as a whole.
        known: the two dictionaries as they were last seen.
        replaced_by: for each dictionary that was replaced: the type of what took its place.
    """

    def __init__(
        self,
        module: ModuleType,
        source: Source,
        expected: Mapping[str, Function],
        failure: Problem | None = None,
        known: Dictionaries | None = None,
    ) -> None:
        self.module = module
        self.source = source
        self.expected = expected
        self.functions: dict[str, FunctionType] = {}
        self.unusable: dict[str, Problem] = {}
        self.flaws = list(flaws(source))
        self.known = Dictionaries({}, {})
        self.replaced_by: dict[str, str] = {}
        self._names = vars(module)
        if source.data is None:
            failure = self.flaws[0]
        missing = self._missing()
        for name, function in expected.items():
            if failure is not None:
                self.unusable[name] = failure
            elif name in missing:
                self.unusable[name] = missing[name]
            elif error := source.reading.unreadable.get(name):
                self._leave_out(name, unreadable_problem(error, source, name))
            else:
                self._take_function(name, function)
        if any(function.stores for function in expected.values()):
            first = Dictionaries(*map(self._first_dictionary, Dictionaries._fields))
            self.known = known or first
            self._names.update(self.known._asdict())

    def _missing(self) -> dict[str, Problem]:
        """Return what is wrong with each function that the file does not have."""
        # Not isinstance: it asks an object for its class, which may say what is not so.
        found = {name for name, value in self._names.items() if type(value) is FunctionType}
        left_out = self.source.reading.unreadable
        missing = [n for n in self.expected if n not in found and n not in left_out]
        return missing_functions(self.source, missing)

    def _take_function(self, name: str, expected: Function) -> None:
        function = self._names[name]
        if unfit := unfitness(function, expected):
            definition = syntax.definition(self.source.tree(), name)
            line = syntax.yields(definition) if unfit.rule == "uses_yield" else 0
            problem = self.source.problem(unfit, function.__code__, line)
            self.unusable[name] = bad_first_lines(self.source).get(name, problem)
        else:
            self.functions[name] = function

    def _leave_out(self, name: str, problem: Problem) -> None:
        """Let a function that cannot be read end whatever calls it."""

        def end(*_: object, **__: object) -> NoReturn:
            raise Unreadable(problem)

        self.unusable[name] = problem
        self._names[name] = end

    def _first_dictionary(self, name: str) -> dict[Any, Any]:
        """Return a dictionary as the file begins with it; an empty one if it is something else."""
        names = self._names
        if not issubclass(type(names.get(name, {})), dict):
            line = self.source.assigning_line(name)
            self.flaws.append(
                self.source.problem(explain("no_dictionary", dictionary=name), None, line)
            )
            del names[name]
        dictionary: dict[Any, Any] = names.setdefault(name, {})
        return dictionary

    def problems(self) -> list[Problem]:
        """Return all that is wrong before anything is called, each once."""
        return list(dict.fromkeys([*self.flaws, *self.unusable.values()]))

    def dictionaries(self) -> Dictionaries:
        """Return the two dictionaries; where one was replaced by something else, put it back."""
        for name, known in self.known._asdict().items():
            found: Any = self._names.get(name)
            if found is known:
                continue
            self.replaced_by[name] = class_name(type(found))
            if issubclass(type(found), dict):
                self.known = self.known._replace(**{name: found})
            else:
                self._names[name] = known
        return self.known

    def is_still(self, before: Snapshot) -> bool:
        """Tell whether the dictionaries are as they were; may call the `==` of what is new."""
        found = self._names
        users, active_users = known = self.known
        try:
            if found["users"] is not users or found["active_users"] is not active_users:
                return False
            return before.is_of(known)
        except BaseException:
            return False

    def _instrumented(self, function: FunctionType) -> FunctionType:
        """Return a function that does the same, and tells of its steps; itself, if there is none.

        In a file that is too much for that none does.
        """
        code = self._instrumented_codes.get(identity(function.__code__))
        if code is None or code.co_freevars:
            return function
        made = FunctionType(code, self._names, function.__name__, function.__defaults__)
        made.__kwdefaults__ = function.__kwdefaults__
        return made

    @cached_property
    def _instrumented_codes(self) -> dict[tuple[str, str, int], CodeType]:
        """The code of each of the file's functions, instrumented."""
        try:
            whole = instrumented(deepcopy(self.source.tree_to_explain()), self.source.path)
        except UNREADABLE:
            return {}
        codes = [code for code in whole.co_consts if isinstance(code, CodeType)]
        return {identity(code): code for code in codes}

    @contextmanager
    def recorded(self, copies: Dictionaries) -> Iterator[Recorder]:
        """Let the file's functions see copies of what they may change, and print or ask nothing.

        Parameters:
            copies: what the two dictionaries are to be.

        Yields:
            What records the calls of the helpers, and the steps of all functions of the file.
        """
        names = self._names
        before = dict(names)
        try:
            for name, value in before.items():
                if not name.startswith("_"):
                    with suppress(RecursionError):  # what nests too deep is shared
                        names[name] = copied(value, {})
            names.update(copies._asdict(), print=lambda *_, **__: None, input=no_input)
            recorder = Recorder(self.source.path, names)
            recorder.take_notes(STEP, VALUE)
            for name, value in before.items():
                if type(value) is FunctionType:
                    names[name] = self._instrumented(value)
            for name, function in self.functions.items():
                function = names[name] = self._instrumented(function)
                expected = self.expected[name]
                is_fit = parameters(function.__code__) == expected.parameters
                if not expected.sends and is_fit:
                    names[name] = recorder.helper(name, function, expected.parameters)
            yield recorder
        finally:
            names.clear()
            names.update(before)


def identity(code: CodeType) -> tuple[str, str, int]:
    """Return what tells the code of a function from that of the others."""
    return code.co_filename, code.co_name, code.co_firstlineno


def no_input(prompt: object = "") -> str:
    """Answer as if nobody were there to type."""
    raise EOFError("EOF when reading a line")


def copied(value: Any, known: dict[int, Any]) -> Any:
    """Return a copy of dictionaries, lists and sets that nest; what else they hold is shared.

    Parameters:
        known: the copy of each that was begun with, by its identity: one may hold itself.
    """
    if type(value) not in (dict, list, set) or id(value) in known:
        return known.get(id(value), value)
    known[id(value)] = copy = type(value)()
    if isinstance(value, dict):
        copy.update((key, copied(entry, known)) for key, entry in value.items())
    elif isinstance(value, list):
        copy.extend(copied(entry, known) for entry in value)
    else:
        copy.update(value)
    return copy


def unfitness(function: FunctionType, expected: Function) -> Explanation | None:
    """Say why a function can't be called as the program calls it; None if it can."""
    name = expected.name
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        return explain("uses_yield", function=name)
    if inspect.iscoroutinefunction(function) is not expected.is_async:
        return explain("not_async" if expected.is_async else "async", functions=f"{name}()")
    if expected.is_async and not receives(function, expected.parameters):
        received = " and ".join(expected.parameters)
        return explain("wrong_parameters", functions=f"{name}()", parameters=received)
    return None


def parameters(code: CodeType) -> tuple[str, ...]:
    """Return the names of what a function receives."""
    return code.co_varnames[: code.co_argcount]


def receives(function: FunctionType, names: tuple[str, ...]) -> bool:
    """Tell whether a function can be called with one value for each name."""
    try:
        inspect.signature(function).bind(*names)
    except TypeError:
        return False
    return True
