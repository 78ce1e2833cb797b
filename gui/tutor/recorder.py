"""Records what one call of a student's function does, as plain data.

The same file does it where a program runs a function once more to explain it, and in a
grader's sandbox. There it is all that there is: it imports nothing of the project.
`evidence.py` says what shape the data has, and looks through what comes from a sandbox.
"""

from __future__ import annotations

import builtins
import functools
import sys
from operator import is_
from types import FunctionType

# Nothing else is imported: in a sandbox, a process starts for each submission.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import CodeType, FrameType, TracebackType
    from typing import Any

DICTIONARIES = ("users", "active_users")
# More than any honest function does, and little enough to be sent from a sandbox.
MAX_CALLS = 100
MAX_ENTRIES = 100
# The first of many, and those in question: what is kept is the same before and after a change.
FIRST_ENTRIES = 90
MAX_TEXT_CHARACTERS = 300
MAX_NAME_CHARACTERS = 60
MAX_PRINTED_CHARACTERS = 500
# Of a long run the first and the last steps are kept, and so of many values in one step.
FIRST_STEPS, LAST_STEPS = 40, 20
FIRST_VALUES, LAST_VALUES = 9, 5
# A call inside a call of theirs is shown; what that calls is not.
MAX_DEPTH = 1
# So many take 20 ms at most. A longer loop runs on without notes, nearly as fast as ever.
MAX_NOTES = 2000
# With these, what is gone through says that it is at its end.
ENDS = (StopIteration, StopAsyncIteration, GeneratorExit)
SHOWN_CHARACTERS = 160
SHOWN_ENTRIES = 4
SHOWN_DEPTH = 3


# The data of the evidence of a call that did nothing; its dictionaries are as they were.
NOTHING: dict[str, Any] = {
    "returned": None,
    "calls": [],
    "line": 0,
    "error": None,
    "rebound": [],
    "printed": "",
    "steps": [],
}


class Recorder:
    """Records one call of a function, and the calls that it makes of others.

    Parameters:
        path: the file that students' code is in, as its code objects name it.
        names: the names that the function finds around it. `users` and `active_users` among
            them are the dictionaries that it may change.
        known: copies of them, where none is told of that is as it was.
    """

    def __init__(
        self, path: str, names: dict[str, Any], known: Mapping[str, dict[Any, Any]] = {}
    ) -> None:
        self.calls: list[dict[str, Any]] = []
        self.printed = Printed()
        self.steps = Steps(path)
        self._path = path
        self._names = names
        self._known = known
        self._line = 0
        self._notes = 0
        self._noting: list[str] = []
        self._asked: Sequence[object] = ()
        self._given = {name: names.get(name) for name in DICTIONARIES if name in names}

    def run(self, function: Callable[[], object], traced: bool = True) -> dict[str, Any]:
        """Call a function, and return what it did: the data of an `Evidence`.

        Parameters:
            traced: whether note is taken of its last line, which takes longer than most calls.
        """
        value: object = None
        error: BaseException | None = None
        other_trace = sys.gettrace()
        try:
            if traced:
                sys.settrace(self._trace)
            value = function()
        except BaseException as raised:
            error = raised
        finally:
            if traced:
                sys.settrace(other_trace)
        return self.evidence(value, error)

    def evidence(self, value: object, error: BaseException | None) -> dict[str, Any]:
        """Return what a call that returned a value, or ended with an exception, has done."""
        now = {name: self._names.get(name) for name in DICTIONARIES}
        known = self._known
        return {
            "returned": encoded(value),
            "calls": self.calls,
            "line": self._line,
            "error": None if error is None else described(error, self._path),
            **{
                name: entries(dictionary, self._asked)
                for name, dictionary in now.items()
                if name not in known or differ(dictionary, known[name])
            },
            "rebound": [n for n, given in self._given.items() if self._names.get(n) is not given],
            "printed": str.__str__(self.printed.text),
            "steps": self.steps.kept(self._notes < MAX_NOTES),
        }

    def _trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != self._path:
            return None
        # Python has no line for what it does by itself, say when an exception leaves a `finally`.
        self._line = frame.f_lineno or self._line
        if event == "exception" and not issubclass(argument[0], ENDS):
            step = self.steps.at(frame)
            if step is not None:
                step["raised"] = raised(argument[1], argument[2], self._path)
        return self._trace

    def take_notes(self, step: str, value: str) -> None:
        """Let instrumented code call this recorder.

        Parameters:
            step, value: the names of what it calls.
        """
        self._names.update({step: self._note_step, value: self._note_value})
        self._noting = [step, value]

    def _note_step(self, place: tuple[int, ...]) -> None:
        self._count()
        self.steps.begin(place, sys._getframe(1))

    def _note_value(self, place: tuple[int, ...], value: Any) -> Any:
        self._count()
        frame = sys._getframe(1)
        step = self.steps.at(frame) or self.steps.around(frame)
        if step is not None:
            keep([place, looked_at(value)], step["values"], FIRST_VALUES, LAST_VALUES)
        return value

    def _count(self) -> None:
        self._notes += 1
        if self._notes == MAX_NOTES:
            # It does nothing, takes hardly any time, and gives a value back as well.
            self._names.update(dict.fromkeys(self._noting, {}.get))

    def helper(
        self, name: str, function: Callable[..., Any], parameters: Sequence[str]
    ) -> Callable[..., Any]:
        """Return a function that does the same, and of whose calls note is taken.

        Parameters:
            name: what it is called in the file.
            parameters: the names of what it receives.
        """

        @functools.wraps(function)
        def recorded(*arguments: Any, **keywords: Any) -> Any:
            given = [*arguments, *(keywords[name] for name in parameters if name in keywords)]
            call = self.note(name, given, helper=True)
            call["before"] = {name: entries(self._names.get(name), given) for name in self._given}
            inner = Recorder(self._path, self._names)
            inner._asked = given
            # What a helper calls is its own affair, and its last line no line of its caller's.
            outer_calls, outer_line, outer_steps = self.calls, self._line, self.steps
            self.calls, self.steps = inner.calls, inner.steps
            value: object = None
            error: BaseException | None = None
            try:
                value = function(*arguments, **keywords)
            except BaseException as raised:
                error = raised
                raise
            finally:
                inner._line, self._line = self._line, outer_line
                self.calls, self.steps = outer_calls, outer_steps
                inner._notes = self._notes
                call["did"] = inner.evidence(value, error)
            return value

        return recorded

    def handle(
        self,
        name: str,
        methods: Mapping[str, Sequence[str]],
        key: str,
        deliver: Callable[[dict[str, Any]], None] | None = None,
        messages: Mapping[type, str] | None = None,
    ) -> object:
        """Return the handle that a function sends with: it takes note of what is sent.

        Parameters:
            name: the name of its class.
            methods: for each method that sends: the names of what it receives.
            key: what `get_addr_key` returns.
            deliver: takes the note of each message when it is awaited; without it none is sent.
            messages: the method for each class of message, where `send_message` can be given one.
        """

        async def sending(call: dict[str, Any]) -> None:
            call["awaited"] += 1
            if deliver is not None:
                deliver(call)

        def send(method: str, *arguments: Any) -> Any:
            if messages and arguments and type(arguments[0]) in messages:
                method = messages[type(arguments[0])]
                arguments = tuple(vars(arguments[0])[name] for name in methods[method])
            return sending(self.note(method, arguments))

        handle = handle_class(name, methods)()
        vars(handle).update(_send=send, _key=key)
        return handle

    def note(self, name: str, given: Sequence[object], helper: bool = False) -> dict[str, Any]:
        """Take note of a call; return the note, which may be added to.

        Parameters:
            name: what is called.
            given: what it is called with.
            helper: whether it is a function of the file, not a method of the handle.
        """
        frame = frame_of_caller(self._path)
        call: dict[str, Any] = {
            "name": name,
            "arguments": [encoded(argument) for argument in given],
            "awaited": 0,
            "line": 0 if frame is None else frame.f_lineno,
            "helper": helper,
            "before": None,
            "did": None,
        }
        if len(self.calls) < MAX_CALLS:
            if frame is not None and (step := self.steps.at(frame)):
                step["calls"].append(len(self.calls))
            self.calls.append(call)
        return call


class Steps:
    """Keeps the steps of a call: which statements ran, and what their parts came to.

    Nothing of theirs is called, and nothing of theirs is kept alive.

    Parameters:
        path: the file that students' code is in, as its code objects name it.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._kept: list[dict[str, Any]] = []
        self._number = 0
        self._depth = 0
        # By the identity of each frame: its code, and the step that it is at.
        self._current: dict[int, tuple[CodeType, dict[str, Any]]] = {}

    def kept(self, is_whole: bool) -> list[dict[str, Any]]:
        """Return the steps; the first ones alone, where notes were not taken to the end."""
        return self._kept if is_whole else self._kept[:FIRST_STEPS]

    def begin(self, place: tuple[int, ...], frame: FrameType) -> None:
        """Take note that a statement begins."""
        known = self.at(frame)
        depth = self._depth_of(frame) if known is None else known["depth"]
        if not 0 <= depth <= MAX_DEPTH:
            return
        self._number += 1
        step: dict[str, Any] = {
            "number": self._number,
            "place": place,
            "depth": depth,
            "values": [],
            "calls": [],
            "raised": None,
        }
        self._current[id(frame)] = frame.f_code, step
        keep(step, self._kept, FIRST_STEPS, LAST_STEPS)

    def at(self, frame: FrameType) -> dict[str, Any] | None:
        """Return the step that a function is at."""
        code, step = self._current.get(id(frame), (None, None))
        return step if code is frame.f_code else None

    def around(self, frame: FrameType) -> dict[str, Any] | None:
        """Return the step that a comprehension, say, is part of: the function's around it."""
        within: FrameType | None = frame
        while within is not None and within.f_code.co_name.startswith("<"):
            within = within.f_back
        return None if within is None else self.at(within)

    def _depth_of(self, frame: FrameType) -> int:
        depth = 0
        outer: FrameType | None = frame
        while outer is not None:
            depth += outer.f_code.co_filename == self._path
            outer = outer.f_back
        if not self._kept:
            self._depth = depth
        return depth - self._depth


def keep(one: Any, kept: list[Any], first: int, last: int) -> None:
    """Add one more to a list that holds the first ones and the last ones."""
    if len(kept) == first + last:
        del kept[first]
    kept.append(one)


class Printed:
    """Keeps the beginning of what is printed."""

    encoding = "utf-8"
    text = ""

    def write(self, text: str) -> int:
        """Take some text."""
        if type(text) is not str:
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if len(self.text) < MAX_PRINTED_CHARACTERS:
            self.text = (self.text + text)[:MAX_PRINTED_CHARACTERS]
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Take some texts."""
        for text in lines:
            self.write(text)

    def flush(self) -> None:
        """Do nothing."""

    def isatty(self) -> bool:
        """Say that nobody reads it."""
        return False


def frame_of_caller(path: str) -> FrameType | None:
    """Return the frame of the innermost function of a file, None if none is running."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != path:
        frame = frame.f_back
    return frame


def fresh(text: str) -> str:
    """Return an equal text that is another object, so that `is` tells them apart."""
    return "".join(list(text)) if type(text) is str else text


HANDLE_CLASSES: dict[tuple[str, tuple[str, ...]], type] = {}


def handle_class(name: str, methods: Mapping[str, Sequence[str]]) -> type:
    """Return the class of a handle, which takes longer to make than most calls take."""
    kept = name, (*methods,)
    if kept not in HANDLE_CLASSES:
        members: dict[str, Any] = {
            method: forwarding(method, ("self", *parameters), ("self", *parameters), send_through)
            for method, parameters in methods.items()
        }
        if name == "ServerHandle":
            members["get_addr_key"] = get_addr_key
        HANDLE_CLASSES[kept] = type(name, (), members)
    return HANDLE_CLASSES[kept]


def send_through(method: str, handle: Any, *arguments: object) -> Any:
    """Call a method of a handle that sends."""
    return handle._send(method, *arguments)


def get_addr_key(self: Any) -> str:
    """Return the client's key."""
    return fresh(self._key)


FORWARDING: dict[tuple[str, tuple[str, ...]], CodeType] = {}


def forwarding(
    name: str, received: Sequence[str], passed: Sequence[str], double: Callable[..., Any]
) -> FunctionType:
    """Return a function that calls another one with its own name and what it receives."""
    kept = name, (*received,)
    if kept not in FORWARDING:
        handed = "".join(f", {parameter}" for parameter in passed)
        source = f"def {name}({', '.join(received)}): return double({name!r}{handed})"
        made: dict[str, Any] = {}
        exec(compile(source, "", "exec"), made)
        FORWARDING[kept] = made[name].__code__
    return FunctionType(FORWARDING[kept], {"double": double}, name)


# --- plain data -------------------------------------------------------------------------


def encoded(value: Any) -> Any:
    """Return a value as plain data, whatever it is and claims to be."""
    kind = type(value)
    if value is None or value is True or value is False:
        return value
    if kind is str and len(value) <= MAX_TEXT_CHARACTERS:
        return value
    shown = repr(value) if kind in (int, float) and abs(value) < 1e15 else ""
    if kind is str:
        shown = repr(value[:20])
    elif kind in (list, tuple, set, dict, bytes):
        shown = f"{kind.__name__} of {len(value)}"
    return {"type": type_name(kind), "shown": shown}


def looked_at(value: Any) -> Any:
    """Return a value as plain data, with what is in it where its class is one of Python's own."""
    kind = type(value)
    if value is None or value is True or value is False:
        return value
    if kind is str and len(value) <= SHOWN_CHARACTERS:
        return value
    return {"type": type_name(kind), "shown": look(value)[:SHOWN_CHARACTERS]}


# By identity: a class can say what it equals, and how it is hashed.
BRACKETS = {
    id(kind): brackets
    for kind, brackets in (
        (list, "[]"),
        (tuple, "()"),
        (set, "{}"),
        (dict, "{}"),
        (type({}.keys()), "[]"),
        (type({}.values()), "[]"),
        (type({}.items()), "[]"),
    )
}
SCALARS = {id(kind) for kind in (type(None), bool, int, float, str, bytes)}


def look(value: Any, depth: int = SHOWN_DEPTH) -> str:
    """Return how a value looks, "" where only code of theirs could tell."""
    kind = type(value)
    if kind is int and value.bit_length() > 64:
        return "a huge number"
    if kind is str or kind is bytes:
        return repr(value[:SHOWN_CHARACTERS])
    if id(kind) in SCALARS:
        return repr(value)
    brackets = BRACKETS.get(id(kind), "")
    if not brackets or not depth:
        return "…".join(brackets)
    shown: list[str] = []
    for entry in value.items() if kind is dict else value:
        if len(shown) == SHOWN_ENTRIES:
            shown.append("…")
            break
        parts = entry if kind is dict else [entry]
        looks = [look(part, depth - 1) or f"<{type_name(type(part))}>" for part in parts]
        shown.append(": ".join(looks))
    if kind is tuple and len(shown) == 1:
        shown.append("")
    return brackets[0] + ", ".join(shown).rstrip(" ") + brackets[1]


def raised(error: BaseException, traceback: TracebackType, path: str) -> dict[str, Any]:
    """Return an exception that a step raises as plain data, without calling code of theirs.

    Parameters:
        traceback: where it comes from; the exception may not have it yet.
        path: the file that students' code is in.
    """
    kind = type(error)
    is_plain = any(kind is known for known in vars(builtins).values())
    if is_plain and all(id(type(part)) in SCALARS for part in error.args):
        return described(error, path, traceback)
    unknown = dict.fromkeys(("message", "function", "name", "owner"), "")
    return {**unknown, "kind": type_name(kind), "line": traceback.tb_lineno}


def type_name(kind: type) -> str:
    """Return the name of a type, whatever its class says."""
    name: str = type.__dict__["__name__"].__get__(kind)
    return name[:MAX_NAME_CHARACTERS]


def entries(dictionary: object, asked: Sequence[object] = ()) -> Any:
    """Return a dictionary's entries as a list of pairs, or what it is instead.

    Parameters:
        asked: the keys and names in question: their entries are kept of however many.
    """
    if type(dictionary) is not dict:
        return encoded(dictionary)
    pairs = list(map(list, dictionary.items()))
    if len(pairs) > FIRST_ENTRIES:
        texts = [text for text in asked if type(text) is str]
        rest = pairs[FIRST_ENTRIES:]
        meant = [p for p in rest if any(type(part) is str and part in texts for part in p)]
        pairs[FIRST_ENTRIES:] = meant[: MAX_ENTRIES - FIRST_ENTRIES]
    both = [*dictionary, *dictionary.values()]
    only_texts = {*map(id, map(type, both))} <= {id(str)}
    # Nearly always so, and then none needs a look of its own.
    if only_texts and max(map(len, both), default=0) <= MAX_TEXT_CHARACTERS:
        return pairs
    return [[encoded(key), encoded(value)] for key, value in pairs]


def differ(dictionary: object, copy: dict[Any, Any]) -> bool:
    """Tell whether a dictionary has other entries than its copy had, or in another order.

    By identity, as what is equal to a text may be none.
    """
    if type(dictionary) is not dict or len(dictionary) != len(copy):
        return True
    same_keys = all(map(is_, dictionary, copy))
    return not (same_keys and all(map(is_, dictionary.values(), copy.values())))


def described(
    error: BaseException, path: str, traceback: TracebackType | None = None
) -> dict[str, Any]:
    """Return an exception as plain data, with the line of the file that it came through last."""
    if isinstance(error, RuntimeError) and isinstance(error.__cause__, StopIteration):
        error = error.__cause__  # Python dresses it up when it leaves an async function
    line, function = 0, ""
    step = traceback or error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        # A call that cannot begin any more, say of too many, is no line of the function called.
        if code.co_filename == path and (step.tb_lineno != code.co_firstlineno or not line):
            line = step.tb_lineno or line
            # A generator expression, say, is part of the function around it.
            function = function if code.co_name.startswith("<") else code.co_name
        step = step.tb_next
    try:
        message = str(error)[:MAX_TEXT_CHARACTERS]
    except BaseException:
        message = ""
    name = getattr(error, "name", None)
    owner = getattr(error, "obj", None)
    return {
        "kind": type_name(type(error)),
        "message": message,
        "line": line,
        "function": function[:MAX_NAME_CHARACTERS],
        "name": name[:MAX_NAME_CHARACTERS] if type(name) is str else "",
        "owner": type_name(type(owner)),
    }
