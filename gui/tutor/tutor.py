"""The tutor: lets students' functions answer requests and take steps, and explains what is wrong.

To the two programs it is one object among others that could do so: it calls the function,
and whatever the function does, the program goes on.
"""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from time import monotonic, perf_counter
from typing import Any, Protocol

from gui.tutor.assignment import (
    CLIENT_FILE,
    HANDLERS,
    HANDLES,
    SERVER_FILE,
    Dictionaries,
    functions_of,
    message_type,
)
from gui.tutor.call import Call
from gui.tutor.causes import Finding, dropped_message, judge
from gui.tutor.evidence import Call as Sent
from gui.tutor.evidence import Evidence, Thing, raised
from gui.tutor.exceptions import problem_of, why_it_ended
from gui.tutor.loaded import Loaded
from gui.tutor.logic import Unreadable
from gui.tutor.observed import TimedCall
from gui.tutor.printable import printable
from gui.tutor.problem import NO_STEPS, Problem
from gui.tutor.progress import Portions, Progress
from gui.tutor.race import finding, other_holder
from gui.tutor.recorder import described
from gui.tutor.replay import MESSAGES, agreeing
from gui.tutor.rules import Situation, changed_nothing_rightly, fault
from gui.tutor.saved_file import LOOK_SECONDS
from gui.tutor.snapshot import Snapshot
from gui.tutor.supervisor import Supervisor
from gui.tutor.trace import WITHOUT_STEPS, trace
from gui.tutor.watchdog import StuckLoop, StuckWait
from protocol import (
    REPLIES,
    REQUESTS,
    Message,
    ProtocolError,
    UsernameMessage,
    normal_username,
)

NO_DICTIONARIES = Snapshot({}, {})


class Report(Protocol):
    """Takes what happens to the file and its functions, in any thread."""

    def __call__(self, event: Loaded | Problem | Portions, is_repeated: bool = False, /) -> None:
        """Take an event; `is_repeated` says of a problem that it was told before."""


class Tutor:
    """Runs the functions of one file, and reports what is wrong with them.

    Parameters:
        file: its name.
        handle: makes what a function gets first of a connection, or of what stands for one.
        report: takes each problem, and what becomes of the file and its functions.

    Attributes:
        observe: takes each call as it begins, and as it ends, if anybody wants to know.
    """

    observe: Callable[[TimedCall], None] | None = None

    def __init__(self, file: str, handle: Callable[[Any], object], report: Report) -> None:
        self._handle = handle
        self._report = report
        self._told: set[tuple[str, str]] = set()
        self._functions = functions_of(file)
        self._progress = Progress(self._functions, report)
        self._supervisor = Supervisor(
            file.removesuffix(".py"),
            self._functions,
            HANDLES[file],
            self._report_problem,
            self._progress.did_right,
        )
        self._expected = {
            name: tuple(kind_of(sender) for sender in function.sends)
            for name, function in self._functions.items()
        }

    def _call(self, name: str, connection: Any, client: str = "") -> Call | None:
        """Return a call of a function; None if it cannot be called, which is reported."""
        if (problem := self._supervisor.logic.unusable.get(name)) is not None:
            self._report_problem(replace(problem, client=client), name)
            return None
        return Call(name, self._expected[name], connection, self._supervisor.logic, client)

    async def look(self) -> None:
        """Load the file again if it was saved; somebody may just have done so."""
        import asyncio  # here, not above: the window opens before it is imported

        self._load_again()
        # It may have been looked at a moment before it was saved, or before it was whole.
        await asyncio.sleep(LOOK_SECONDS)
        self._load_again()

    def _load(self) -> None:
        self._tell_loaded(*self._supervisor.load())

    def _load_again(self) -> None:
        if loaded := self._supervisor.load_again():
            self._tell_loaded(*loaded)

    def _tell_loaded(self, loaded: Loaded, flaws: list[Problem]) -> None:
        self._report(loaded)
        self._told.clear()
        for flaw in flaws:
            self._tell(flaw)
        logic = self._supervisor.logic
        self._progress.load(loaded, logic.source.unfilled(), logic.unusable)

    def _report_problem(self, problem: Problem, *functions: str) -> None:
        """Report a problem, which some functions have beside the one that it is in."""
        self._tell(problem)
        self._progress.went_wrong({problem.function, *functions}, problem)

    def _report_of(self, call: Call, problem: Problem) -> None:
        """Report a problem that a call had; what was saved meanwhile is not to blame."""
        if call.logic is self._supervisor.logic:
            self._report_problem(problem, call.function)
        else:
            self._tell(problem)

    def _tell(self, problem: Problem) -> None:
        self._report(problem, problem.identity in self._told)
        self._told.add(problem.identity)

    def _proven(self, call: Call) -> None:
        """Take note that a function did what its docstring says, unless it was saved meanwhile."""
        if call.logic is self._supervisor.logic:
            self._progress.did_right(call.function)

    def _begin(self, call: Call) -> None:
        """Tell that a function begins, if anybody wants to know."""
        if self.observe is not None:
            call.timed = timed = TimedCall(call.connection.peer, call.function, call.logic.source)
            self.observe(timed)
            timed.began = perf_counter()

    def _end(self, call: Call) -> None:
        """Take note that a function has ended, and tell it if it was told that it began."""
        call.is_over = True
        if self.observe is not None and (timed := call.timed) is not None:
            timed.seconds = perf_counter() - timed.began
            self.observe(timed)

    def _explain(
        self,
        call: Call,
        before: Snapshot,
        situation: Situation,
        seen: Evidence,
        alone: bool,
        end: BaseException | None,
        client: str = "",
    ) -> bool:
        """Report what is wrong with a call, if anything is; tell whether it is.

        Parameters:
            before: the dictionaries when it began.
            seen: what could be seen of it from outside.
            alone: whether nobody else changed the dictionaries meanwhile.
            end: what ended it before its end, if something did.
            client: whose request it answers, if it answers one.
        """
        if isinstance(end, Unreadable):
            self._report_of(call, replace(end.problem, client=client))
            return True
        function, source = self._functions[call.function], call.logic.source
        found: Finding | None = None
        steps = NO_STEPS
        others = {call.function}
        if isinstance(end, (StuckLoop, StuckWait)):
            found = why_it_ended(end, function, source)
        else:
            tree = source.tree_to_explain()
            arguments = (situation.username,) if "username" in function.parameters else ()
            again = self._supervisor.replay(call, before, arguments)
            did = agreeing(seen, again, function)
            if did is not None:
                # Of however many entries, all could be seen from outside.
                did = did._replace(users=seen.users, active_users=seen.active_users)
                others |= {helped.name for helped in did.helped}
                found = judge(function, situation, did, tree, alone)
                found = found or dropped_message(function, did, tree)
                steps = trace(function, situation, did, tree, source.lines)
            found = found or judge(function, situation, seen, tree, alone)
        if found is None and call.stuck is not None:
            held_up = self._supervisor.held_up(call, call.stuck)
            self._report_of(call, replace(held_up, client=client))
            return True
        if found is None:
            return False
        # What Python reports of an exception calls code of theirs.
        problem = self._supervisor.watched(problem_of, found, source, end)
        problem = problem or problem_of(found, source)
        if found.explanation.rule in WITHOUT_STEPS:
            steps = NO_STEPS
        problem = replace(problem, client=client, others=frozenset(others), steps=steps)
        self._report_of(call, problem)
        return True

    def _seen_of(
        self, call: Call, now: Dictionaries, end: BaseException | None, typed: str = ""
    ) -> Evidence:
        """Return what can be seen of a call from outside.

        Parameters:
            now: the dictionaries after it.
            end: what ended the function before its end, if something did.
            typed: what was typed, for a client's step.
        """
        logic = call.logic
        replaced, logic.replaced_by = logic.replaced_by, {}
        seen = seen_of(call, now, replaced, typed)
        if end is None:
            return seen
        # What describes an exception calls code of theirs.
        error = self._supervisor.watched(described, end, logic.source.path)
        return seen._replace(error=None if error is None else raised(error))


class ServerTutor(Tutor):
    """Answers requests by the handlers in `server_logic`, and reports what is wrong with them.

    Parameters:
        handle: makes what a handler gets first of a connection, or of what stands for one.
        report: takes each problem, and what becomes of the file and its functions.
    """

    def __init__(self, handle: Callable[[Any], object], report: Report) -> None:
        super().__init__(SERVER_FILE, handle, report)
        self._is_loaded = False
        # At the end of an answer, until the server has shown what the handler left.
        self._has_just_looked = False
        self._seen = NO_DICTIONARIES

    async def answer(self, connection: Any, request: Message) -> None:
        """Let the handler of a request answer it, and explain what it did wrong.

        Parameters:
            connection: to the client; it has its key, `key`.

        Raises:
            ConnectionEnded: the client went meanwhile.
        """
        if not self._is_loaded:
            self._load()
        elif monotonic() >= self._supervisor.file.next_look:
            self._load_again()
        supervisor = self._supervisor
        before, key = supervisor.known, connection.key
        call = self._call(HANDLERS[request.type], connection, key)
        if call is None:
            return
        fields = vars(request)
        if alone := not supervisor.waiting:
            self._seen = before
        self._begin(call)
        try:
            end = await supervisor.run(call, self._handle(call), *fields.values())
        finally:
            self._end(call)
        self._has_just_looked = True
        username, function = fields.get("username", ""), self._functions[call.function]
        if (
            call.left_known
            and supervisor.known is before
            and not (call.is_doubtful or call.logic.replaced_by)
            and getattr(call.sent, "username", username) == username
            and changed_nothing_rightly(
                function, before, key, username, isinstance(call.sent, call.expected[0])
            )
        ):
            self._seen = before
            if call.function in self._progress.unproven:
                self._proven(call)
            return
        # What other clients' handlers changed meanwhile must not be blamed on this one.
        alone = alone and self._seen is before
        self._seen = after = supervisor.known if call.left_known else supervisor.look()
        situation = Situation(before, key, username)
        seen = self._seen_of(call, after, end)
        if call.is_doubtful or end is not None or fault(function, situation, seen, alone):
            self._explain(call, before, situation, seen, alone, end, self._name_of(key))
        elif alone:
            self._proven(call)
        elif function.stores == "users" and (other := other_holder(after, key, situation.username)):
            self._tell_race(call, situation, other)

    def _tell_race(self, call: Call, situation: Situation, other: str) -> None:
        """Report that two clients hold one name since calls of a handler overlapped."""
        function, source = self._functions[call.function], call.logic.source
        clients = (other, call.key)
        found = finding(function, source.tree(), source.lines, situation.username, clients)
        problem = replace(problem_of(found, source), client=self._name_of(call.key))
        self._report_of(call, problem)

    def _name_of(self, key: str) -> str:
        """Return a client's key, after its name if it has one."""
        name = self._seen.users.get(key)
        return f"{printable(name)} ({key})" if isinstance(name, str) else key

    def dictionaries(self) -> Dictionaries:
        """Return the two dictionaries as they are now; load the file, if need be."""
        if not self._is_loaded:
            self._load()
        if self._has_just_looked:
            self._has_just_looked = False
            return self._supervisor.known
        return self._supervisor.look()

    def _load_again(self) -> None:
        if self._is_loaded:
            super()._load_again()
        else:
            self._load()

    def _load(self) -> None:
        self._is_loaded = True
        super()._load()
        # What the file begins with is no handler's doing.
        self._seen = self._supervisor.look()


class ClientTutor(Tutor):
    """Takes a client's steps by the functions in `client_logic`, and reports what is wrong.

    Parameters:
        handle: makes what a function gets first of a connection, or of what stands for one.
        report: takes each problem, and what becomes of the file and its functions.
        observe: takes each call as it begins, and as it ends, if anybody wants to know.
    """

    def __init__(
        self,
        handle: Callable[[Any], object],
        report: Report,
        observe: Callable[[TimedCall], None] | None = None,
    ) -> None:
        super().__init__(CLIENT_FILE, handle, report)
        self.observe = observe
        self._load()

    async def take_step(self, connection: Any, request: type[Message], *typed: str) -> bool:
        """Let the function of a step take it; return whether nothing was wrong with it.

        Parameters:
            connection: to the server.
            request: what the step sends.
            typed: what was typed in the username field; nothing for the registry.

        Raises:
            ConnectionEnded: the server went meanwhile.
            ProtocolError: what was typed can't be a username.
        """
        self._load_again()
        function = self._functions[request.type]
        call = self._call(function.name, connection)
        if call is None:
            return False
        self._begin(call)
        try:
            end = await self._supervisor.run(call, self._handle(call), *typed)
        finally:
            self._end(call)
        if call.sent is None and any(typed):
            normal_username(*typed)
        situation = Situation(NO_DICTIONARIES, "", "".join(typed))
        seen = self._seen_of(call, NO_DICTIONARIES, end, situation.username)
        if not call.is_doubtful and end is None and fault(function, situation, seen) is None:
            self._proven(call)
            return True
        return not self._explain(call, NO_DICTIONARIES, situation, seen, True, end)


def seen_of(call: Call, now: Dictionaries, replaced: dict[str, str], typed: str) -> Evidence:
    """Return what can be seen of a call that ended by itself, from outside.

    Parameters:
        now: the dictionaries after it.
        replaced: for each of them that was replaced: the type of what took its place.
        typed: what was typed, for a client's step.
    """
    sent = tuple(
        Sent(MESSAGES[type(msg)], username_in(msg, typed), 1, line, False, None, None)
        for msg, line in ((call.sent, 0), (call.held_back, call.held_back_line))
        if msg is not None
    )
    seen = Evidence(None, sent, 0, None, now.users, now.active_users, tuple(replaced), "")
    for name, kind in replaced.items():
        if kind != "dict":
            others: dict[str, Any] = {name: Thing(kind, "")}
            seen = seen._replace(**others)
    return seen


def username_in(msg: Message, typed: str) -> tuple[str, ...]:
    """Return the username in a message, if it has one: as it was typed, if that is the same."""
    if not isinstance(msg, UsernameMessage):
        return ()
    with contextlib.suppress(ProtocolError):
        if typed and msg.username == normal_username(typed):
            return (typed,)
    return (msg.username,)


def kind_of(sender: str) -> type[Message]:
    """Return the class of what a method of the handle sends."""
    name = message_type(sender)
    return REQUESTS[name] if name in REQUESTS else REPLIES[name]
