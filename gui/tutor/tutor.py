"""The tutor: lets students' functions answer requests and take steps, and explains what is wrong.

To the two programs it is one object among others that could do so: it calls the function,
and whatever the function does, the program goes on.
"""

from collections.abc import Callable
from dataclasses import replace
from operator import eq
from typing import Any

from gui.tutor.assignment import CLIENT_PORTIONS, HANDLERS, SERVER_PORTIONS, Dictionaries
from gui.tutor.call import Call
from gui.tutor.causes import explain_answer, explain_step
from gui.tutor.printable import printable
from gui.tutor.problem import Problem
from gui.tutor.rules import wrong_answer, wrong_step
from gui.tutor.snapshot import Snapshot, snapshot
from gui.tutor.supervisor import Supervisor
from protocol import Message, normal_username

NO_DICTIONARIES = Snapshot({}, {})
Report = Callable[[Problem], None]
"""Takes a problem, in any thread."""


class ServerTutor:
    """Answers requests by the handlers in `server_logic`, and reports what is wrong with them.

    Parameters:
        handle: makes what a handler gets first of a connection, or of what stands for one.
        report: takes each problem.
    """

    def __init__(self, handle: Callable[[Any], object], report: Report) -> None:
        self._handle = handle
        self._report = report
        self._supervisor = Supervisor("server_logic", SERVER_PORTIONS, "server", report)
        self._is_loaded = False
        self._known = self._seen = NO_DICTIONARIES

    async def answer(self, connection: Any, request: Message) -> None:
        """Let the handler of a request answer it, and explain what it did wrong.

        Parameters:
            connection: to the client; it has its key, `key`.

        Raises:
            ConnectionEnded: the client went meanwhile.
        """
        before, supervisor = self._snapshot_before(), self._supervisor
        function = HANDLERS[type(request)]
        call = Call(function, SERVER_PORTIONS[function].messages, connection)
        key = call.key = connection.key
        fields = vars(request)
        alone = not supervisor.waiting
        problem = await supervisor.run(call, self._handle(call), *fields.values())
        call.is_over = True
        logic = supervisor.logic
        # What other clients' handlers changed meanwhile must not be blamed on this one.
        alone = alone and self._seen is before
        self._seen = self._look()
        problems = logic.problems_of_replaced(function) if logic.replaced_by else []
        if problem is not None:
            problems.insert(0, problem)
        if not problems:
            after = self._seen if alone else None
            username = fields.get("username", "")
            wrong = wrong_answer(call, key, username, before, after)
            if wrong is None and not call.is_doubtful:
                return
            replay = supervisor.replay(call, before, self._handle, *fields.values())
            # What it shows are values of theirs.
            supervisor.watched(explain_answer, replay, wrong, key, username, before, after)
            if wrong is not None and not replay.problems:
                replay.find(wrong)
            problems = [*replay.problems]
        for each in problems:
            self._report(replace(each, client=self._name_of(key)))

    def _name_of(self, key: str) -> str:
        """Return a client's key, after its name if it has one."""
        name = self._seen.users.get(key)
        return f"{printable(name)} ({key})" if isinstance(name, str) else key

    def dictionaries(self) -> Dictionaries:
        """Return the two dictionaries as they are now; load the file, if need be."""
        if not self._is_loaded:
            self._load()
        return self._look()

    def _look(self) -> Snapshot:
        """Return what the dictionaries hold now; the same as before, if nothing changed."""
        supervisor, known = self._supervisor, self._known
        now = supervisor.logic.dictionaries()
        if not supervisor.watched(known.is_of, now):
            unchanged = [supervisor.watched(eq, *pair) for pair in zip(now, known, strict=True)]
            self._known = snapshot(now, known, unchanged, self._take_out)
        return self._known

    def _take_out(self, name: str, key: object) -> None:
        """Take the entry of a key out of a dictionary."""
        entries = getattr(self._supervisor.logic.dictionaries(), name)
        self._supervisor.watched(dict.pop, entries, key, None)

    def _snapshot_before(self) -> Snapshot:
        """Return what the dictionaries hold before a handler runs."""
        if not self._is_loaded:
            self._load()
        active_users = self._supervisor.logic.known.active_users
        # Between two requests the server logs clients off, and nothing else changes.
        if dict.__len__(active_users) != len(self._seen.active_users):
            self._seen = self._look()
        return self._seen

    def _load(self) -> None:
        self._is_loaded = True
        self._supervisor.load()
        # What the file begins with is no handler's doing.
        self._seen = self._look()


class ClientTutor:
    """Takes a client's steps by the functions in `client_logic`, and reports what is wrong.

    Parameters:
        handle: makes what a function gets first of a connection, or of what stands for one.
        report: takes each problem.
    """

    def __init__(self, handle: Callable[[Any], object], report: Report) -> None:
        self._handle = handle
        self._report = report
        self._supervisor = Supervisor("client_logic", CLIENT_PORTIONS, "client", report)
        self._supervisor.load()

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
        call = Call(request.type, CLIENT_PORTIONS[request.type].messages, connection)
        problem = await self._supervisor.run(call, self._handle(call), *typed)
        call.is_over = True
        if call.sent is None and any(typed):
            normal_username(*typed)
        wrong = wrong_step(call, "".join(typed))
        if problem is not None:
            problems = [problem]
        elif wrong is None and not call.is_doubtful:
            return True
        else:
            replay = self._supervisor.replay(call, NO_DICTIONARIES, self._handle, *typed)
            self._supervisor.watched(explain_step, replay, wrong)
            problems = [*replay.problems]
        for each in problems:
            self._report(each)
        return not problems
