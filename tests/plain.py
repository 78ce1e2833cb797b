"""The plain way to answer requests and to take steps: call the function, and nothing else."""

from types import ModuleType
from typing import Any

from client import ClientConnection, ClientHandle
from gui.tutor.assignment import HANDLERS, Dictionaries
from protocol import Message
from server import ServerConnection, ServerHandle


class PlainAnswerer:
    """Answers each request by its handler.

    Parameters:
        logic: `server_logic`, or what takes its place.
    """

    def __init__(self, logic: ModuleType) -> None:
        self._logic = logic

    async def answer(self, connection: ServerConnection, request: Message) -> None:
        """Let the handler of a request answer it."""
        handler = getattr(self._logic, HANDLERS[request.type])
        await handler(ServerHandle(connection), *vars(request).values())

    def dictionaries(self) -> Dictionaries:
        """Return the two dictionaries as they are now."""
        return Dictionaries(self._logic.users, self._logic.active_users)


class PlainStepTaker:
    """Takes each step by its function.

    Parameters:
        logic: `client_logic`, or what takes its place.
    """

    def __init__(self, logic: Any) -> None:
        self._logic = logic

    async def take_step(
        self, connection: ClientConnection, request: type[Message], *typed: str
    ) -> bool:
        """Let the function of a step take it."""
        await getattr(self._logic, request.type)(ClientHandle(connection), *typed)
        return True
