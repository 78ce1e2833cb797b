"""What the two programs say to each other: the messages, their form, and the connection.

A message is one JSON object on a line of its own. `encode` and `decode` turn messages
into lines and back without any input or output; `Connection` sends and receives them.
"""

import contextlib
import functools
import itertools
import json
import re
import socket
import sys
import types
import unicodedata
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

if TYPE_CHECKING:
    import asyncio

    TransportProtocol = asyncio.Protocol
else:
    # asyncio's class brings nothing but names, and takes a third of the time in which a
    # window opens to import: the thread that runs asyncio does that (gui/bridge.py).
    TransportProtocol = object

MAX_USERNAME_CHARACTERS = 32
# NFC joins at most this many characters into one (Unicode Standard Annex #15, section 9).
MAX_NFC_SHRINKAGE = 4
# A variation selector chooses another look for the character before it, and shows nothing itself
# (Unicode's PropList.txt, Variation_Selector). Many keyboards add one to an emoji, others do not.
VARIATION_SELECTORS = "[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
# Other characters that show nothing although `isprintable` accepts them: the rest of Unicode's
# Default_Ignorable_Code_Point (DerivedCoreProperties.txt), then characters that are blanks.
INVISIBLE = (
    "[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800\U00013441\U00013442\U00016fe4\U0001d159]"
)
# Accents that are drawn over each other or over other characters: one at the start (RFC 5891,
# section 4.2.3.2), the same one twice in a row, or more than 4 in a row (UTS #39, section 5.4,
# "Optional Detection"). Here a space stands for every character that is no accent.
STRAY_MARKS = r"^\S|(\S)\1|\S{5}"
# A request needs some 100 bytes; the rest is room for names in scripts of 4 bytes a
# letter, written as \u escapes, and for fields that a later version may add.
MAX_REQUEST_BYTES = 4096
# What may wait unread while a connection is halted: far more than anybody types, and no flood
# fills the memory.
MAX_WAITING_BYTES = 64 * 1024
# A registry entry takes at most some 250 bytes; an address has 65,535 ports.
MAX_REPLY_BYTES = 16 * 1024 * 1024
# A registry is sent in pieces: each small enough to wait for many peers that read nothing.
ENTRIES_IN_A_PIECE = 128
# The messages nest two levels deep. JSON parsers differ in how deep they can go.
MAX_NESTING = 32

# A connection that is silent for 6 s is probed every 2 s, and given up after the third probe
# without an answer. While data is unacknowledged no probes are sent; it has a limit of its own,
# which begins when it is sent. One after the other, both take less than 30 s.
KEEPALIVE_IDLE_SECONDS = 6
KEEPALIVE_INTERVAL_SECONDS = 2
KEEPALIVE_PROBES = 3
UNACKNOWLEDGED_LIMIT_SECONDS = 12
WRITE_STALL_LIMIT_SECONDS = 30
# asyncio would ask for 256 KiB at a time. So large a piece of memory is mapped and given back
# with three system calls each time, and a peer that floods us could fill it.
READ_BYTES = 16 * 1024
# What a peer still sends after it was refused is read for this long: closing at once
# would reset the connection, and a reset discards the reason on its way to the peer.
LINGER_SECONDS = 1.0

Log = Callable[[str, str, bytes], None]
"""Takes note of one line: "→" or "←", the peer's address, and the bytes of the line."""


class ProtocolError(ValueError):
    """A line, or a message, that breaks a rule; its text is one sentence that says which."""


class LineTooLong(ProtocolError):
    """A line without an end within the limit: no later line can be told from it."""


class ConnectionEnded(ConnectionError):
    """Nothing can be sent to the peer any more."""


# --- messages ---------------------------------------------------------------------------


def check_text(field: str, value: object) -> None:
    """Check that a field holds text.

    Raises:
        ProtocolError: it does not, or not such that UTF-8 can carry it: JSON can name half of
            a surrogate pair (RFC 8259, section 8.2).
    """
    if isinstance(value, str):
        with contextlib.suppress(UnicodeEncodeError):
            value.encode()
            return
    raise ProtocolError(f'The field "{field}" must be text.')


def normal_username(username: object) -> str:
    """Return the username in its one normal spelling: Unicode's NFC, no variation selectors.

    Raises:
        ProtocolError: the username breaks a rule.
    """
    if not isinstance(username, str):
        raise ProtocolError('The field "username" must be text.')
    if not username.isascii():
        username = re.sub(VARIATION_SELECTORS, "", username)
        # Normalizing thousands of accents on one letter would take milliseconds.
        if len(username) <= MAX_USERNAME_CHARACTERS * MAX_NFC_SHRINKAGE:
            username = unicodedata.normalize("NFC", username)
    if not username:
        raise ProtocolError("A username has at least 1 character.")
    if len(username) > MAX_USERNAME_CHARACTERS:
        raise ProtocolError(f"A username has at most {MAX_USERNAME_CHARACTERS} characters.")
    if not username.isprintable():
        raise ProtocolError("A username has printable characters only.")
    if username[0] == " " or username[-1] == " ":
        raise ProtocolError("A username has no space at its start or end.")
    if not username.isascii():
        check_looks(username)
    return username


def check_looks(username: str) -> None:
    """Check that everything in a username can be seen.

    Raises:
        ProtocolError: something can't.
    """
    if re.search(INVISIBLE, username):
        raise ProtocolError("A username has no invisible characters.")
    letters = unicodedata.normalize("NFD", username)
    marks = "".join([c if unicodedata.category(c) in ("Mn", "Me") else " " for c in letters])
    # Some vowel signs are, by their decomposition, another one twice, and look unlike it.
    marks = re.sub(r"(\S)\1", lambda twice: unicodedata.normalize("NFC", twice[0]), marks)
    if re.search(STRAY_MARKS, marks):
        raise ProtocolError(
            "A username has no accent at its start, and at most 4 on a letter, none twice."
        )


@dataclass(frozen=True)
class Message:
    """What one side says to the other. One that exists keeps the rules."""

    type: ClassVar[str]


@dataclass(frozen=True)
class UsernameMessage(Message):
    """A message about one username."""

    username: str

    def __post_init__(self) -> None:
        username = normal_username(self.username)
        if username is not self.username:
            object.__setattr__(self, "username", username)


class Register(UsernameMessage):
    """A client asks to register a username."""

    type = "register"


class Login(UsernameMessage):
    """A client asks to be logged in under its username."""

    type = "login"


class RequestRegistry(Message):
    """A client asks for the registry."""

    type = "request_registry"


@dataclass(frozen=True)
class RawLine(Message):
    """What somebody typed, sent as a line exactly so, whatever it says; nobody receives one."""

    text: str

    def __post_init__(self) -> None:
        if "\n" in self.text:
            raise ProtocolError("This is more than one line: send one at a time.")
        try:
            self.text.encode()
        except UnicodeEncodeError:
            raise ProtocolError(
                "This holds half of a character, which UTF-8 can't carry: type it anew."
            ) from None


class RegistrationSuccessful(UsernameMessage):
    """The client is registered now."""

    type = "registration_successful"


class RegistrationFailed(UsernameMessage):
    """The client was registered already, or the username is taken."""

    type = "registration_failed"


class LoginSuccessful(UsernameMessage):
    """The client is logged in now."""

    type = "login_successful"


class LoginFailed(UsernameMessage):
    """The client has not registered this username."""

    type = "login_failed"


@dataclass(frozen=True)
class RegisteredClient:
    """One entry of the registry.

    Raises:
        ProtocolError: a field is of the wrong kind, or the username breaks a rule.
    """

    username: str
    address: str
    logged_in: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "username", normal_username(self.username))
        check_text("address", self.address)
        if not isinstance(self.logged_in, bool):
            raise ProtocolError('The field "logged_in" must be true or false.')

    @functools.cached_property
    def json(self) -> bytes:
        """The entry as JSON; it is sent to everybody who asks for the registry."""
        return to_json(vars(self)).encode()


@dataclass(frozen=True)
class Registry(Message):
    """Every registered client, in order of registration."""

    type = "registry"
    clients: tuple[RegisteredClient, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.clients, (list, tuple)):
            raise ProtocolError('The field "clients" must be a list.')
        entries = tuple(
            entry if isinstance(entry, RegisteredClient) else build(RegisteredClient, entry)
            for entry in self.clients
        )
        object.__setattr__(self, "clients", entries)


class RequestDenied(Message):
    """The client may not have the registry: it is not logged in."""

    type = "request_denied"


@dataclass(frozen=True)
class Error(Message):
    """The request could not be answered; the reason is one plain sentence."""

    type = "error"
    reason: str

    def __post_init__(self) -> None:
        check_text("reason", self.reason)


Kinds = Mapping[str, type[Message]]

REQUESTS: Kinds = {kind.type: kind for kind in (Register, Login, RequestRegistry)}
REPLIES: Kinds = {
    kind.type: kind
    for kind in (
        RegistrationSuccessful,
        RegistrationFailed,
        LoginSuccessful,
        LoginFailed,
        Registry,
        RequestDenied,
        Error,
    )
}


# --- codec ------------------------------------------------------------------------------


def refuse_constant(name: str) -> None:
    """Refuse NaN and Infinity, which Python's json takes but RFC 8259 does not know."""
    raise ValueError(name)


JSON_WHITESPACE = " \t\r\n"  # RFC 8259, section 2
NESTING_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
to_json = json.JSONEncoder(ensure_ascii=False).encode
from_json = json.JSONDecoder(parse_constant=refuse_constant).raw_decode


def encode(message: Message) -> bytes:
    """Return the line that carries a message, its newline included."""
    if isinstance(message, Registry):
        return b"".join(encode_in_pieces(message))
    if isinstance(message, RawLine):
        return message.text.encode() + b"\n"
    return to_json({"type": message.type, **vars(message)}).encode() + b"\n"


def encode_in_pieces(registry: Registry) -> Iterator[bytes]:
    """Give the line that carries a registry piece by piece, none of them before it is asked for."""
    clients = registry.clients
    beginning = b'{"type": "registry", "clients": ['
    for start in range(0, len(clients), ENTRIES_IN_A_PIECE):
        piece = clients[start : start + ENTRIES_IN_A_PIECE]
        yield beginning + b", ".join([client.json for client in piece])
        beginning = b", "
    yield b"]}\n" if clients else beginning + b"]}\n"


def decode(line: bytes, kinds: Kinds) -> Message:
    """Return the message that a line carries.

    Parameters:
        line: the bytes of one line, with or without its newline.
        kinds: the messages that may come, `REQUESTS` or `REPLIES`.

    Raises:
        ProtocolError: the line breaks a rule.
    """
    try:
        text = line.decode().strip(JSON_WHITESPACE)
    except UnicodeDecodeError:
        raise ProtocolError("The line is not UTF-8.") from None
    if text.count("[") + text.count("{") > MAX_NESTING and nesting(text) > MAX_NESTING:
        raise ProtocolError(f"The line nests deeper than {MAX_NESTING} levels.")
    try:
        found, end = from_json(text)
    except ValueError:
        end = -1
    if end != len(text):
        raise ProtocolError("The line is not JSON.")
    if not isinstance(found, dict):
        raise ProtocolError('The line is not a JSON object, such as {"type": "request_registry"}.')
    name = found.get("type")
    if not isinstance(name, str) or name not in kinds:
        raise ProtocolError(f'The field "type" must be one of: {", ".join(kinds)}.')
    message: Message = build(kinds[name], found)
    return message


def build(kind: type[Any], found: object) -> Any:
    """Make a message, or an entry of one, from the fields of a JSON object.

    Raises:
        ProtocolError: a field is missing or breaks a rule. Other fields are ignored.
    """
    if not isinstance(found, dict):
        raise ProtocolError("An entry of the registry must be a JSON object.")
    try:
        return kind(*[found[name] for name in kind.__match_args__])
    except KeyError as missing:
        raise ProtocolError(f'The field "{missing.args[0]}" is missing.') from None


def nesting(text: str) -> int:
    """Return how many levels deep the brackets of a JSON text nest, those in strings aside."""
    brackets = re.findall(r"[][{}]", re.sub(r'"(?:[^"\\]|\\.)*"?', "", text))
    return max(itertools.accumulate(map(NESTING_STEPS.__getitem__, brackets)), default=0)


@types.coroutine
def others_first() -> Generator[None, None, None]:
    """Give everybody else in the loop a turn, as `asyncio.sleep(0)` does."""
    yield


class LineBuffer:
    """Cuts the bytes of a stream, in whatever pieces they come, into lines.

    Parameters:
        max_line_bytes: the longest line allowed, its newline included.
    """

    def __init__(self, max_line_bytes: int) -> None:
        self.max_line_bytes = max_line_bytes
        self._data = bytearray()
        self._searched = 0

    def __len__(self) -> int:
        return len(self._data)

    def feed(self, data: bytes) -> None:
        """Add what came next."""
        self._data += data

    def next_line(self) -> bytes | None:
        """Take out the next line, its newline included; None if there is no whole one yet.

        Raises:
            LineTooLong: the line is, or must become, longer than allowed.
        """
        end = self._data.find(b"\n", self._searched) + 1
        if end > self.max_line_bytes or (not end and len(self) >= self.max_line_bytes):
            raise LineTooLong(f"A line has at most {self.max_line_bytes} bytes.")
        if not end:
            self._searched = len(self)
            return None
        line = self.take(end)
        self._searched = 0
        return line

    def take(self, size: int) -> bytes:
        """Take out the first bytes, at most `size` of them, whatever they are."""
        taken = bytes(self._data[:size])
        del self._data[:size]
        return taken


# --- connection -------------------------------------------------------------------------


def format_address(address: tuple[Any, ...]) -> str:
    """Return "IP:port", or "[IP]:port" for IPv6, for a socket's address."""
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def keepalive_options(platform: str) -> list[tuple[int, int, int]]:
    """Return the (level, option, value) socket options that notice a lost peer within 30 s.

    Linux, tcp(7): TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT (ms).
    macOS, tcp(4): TCP_KEEPALIVE (the idle time), TCP_KEEPINTVL, TCP_KEEPCNT, and
        TCP_RXT_CONNDROPTIME (s), which <netinet/tcp.h> numbers 0x80.
    Windows, "IPPROTO_TCP socket options": TCP_KEEPIDLE 3, TCP_KEEPINTVL 17,
        TCP_KEEPCNT 16, and TCP_MAXRT (s), which <ws2ipdef.h> numbers 5.

    Parameters:
        platform: the value of `sys.platform`.
    """
    idle, interval, probes, limit, limit_unit = {
        "darwin": (0x10, 0x101, 0x102, 0x80, 1),
        "win32": (3, 17, 16, 5, 1),
    }.get(platform, (4, 5, 6, 18, 1000))
    return [
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (socket.IPPROTO_TCP, idle, KEEPALIVE_IDLE_SECONDS),
        (socket.IPPROTO_TCP, interval, KEEPALIVE_INTERVAL_SECONDS),
        (socket.IPPROTO_TCP, probes, KEEPALIVE_PROBES),
        (socket.IPPROTO_TCP, limit, UNACKNOWLEDGED_LIMIT_SECONDS * limit_unit),
    ]


class Connection(TransportProtocol):
    """One end of a TCP connection that carries messages.

    It is what asyncio calls a protocol: the transport calls the methods that are named
    as in `asyncio.Protocol`; `send_message` and `receive` are for everybody else.

    Parameters:
        loop: the loop in which the connection lives.
        log: takes note of every line sent and received.

    Attributes:
        peer: the other side's address, "IP:port".
        messages_sent: how many messages it has begun to send.
    """

    kinds: ClassVar[Kinds]
    """The messages that the peer may send."""
    max_line_bytes: ClassVar[int]
    """The longest line that the peer may send, its newline included."""

    def __init__(self, loop: "asyncio.AbstractEventLoop", log: Log) -> None:
        self.peer = ""
        self.messages_sent = 0
        self._loop = loop
        self._log = log
        self._transport: asyncio.Transport
        self._received = LineBuffer(self.max_line_bytes)
        self._most_unread_bytes = self.max_line_bytes
        self._paused = False
        self._halted = False
        self._ended = False
        self._arrival: asyncio.Future[None] | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self._linger_timer: asyncio.TimerHandle | None = None
        self._senders: list[asyncio.Future[None]] = []
        self._unsent: Iterator[bytes] = iter(())

    # What others call.

    async def send_message(self, msg: Message) -> None:
        """Send a message, and wait while the peer is slow to take it.

        Raises:
            ConnectionEnded: the peer has gone, or the connection was closed.
        """
        if self._stall_timer is not None:
            await self._wait_for_peer()
        self._finish_line()
        line = encode(msg)
        self.messages_sent += 1
        if not self._transport.is_closing():
            self._log("→", self.peer, line)
        self._unsent = encode_in_pieces(msg) if isinstance(msg, Registry) else iter([line])
        # Many peers may read nothing: keeping a line for each would fill the memory.
        del line
        for piece in self._unsent:
            if self._transport.is_closing():
                raise ConnectionEnded
            self._transport.write(piece)
            if self._stall_timer is not None:
                try:
                    await self._wait_for_peer()
                except BaseException:
                    self._finish_line()
                    raise

    async def receive(self) -> Message | None:
        """Wait for the next message; return None once the connection has ended.

        Raises:
            ProtocolError: a line was refused; the next one may be received.
            LineTooLong: a line was refused, and where the next one starts is unknown.
        """
        if self._received:
            await others_first()
        try:
            while (line := self._received.next_line()) is None:
                if self._ended:
                    self._refuse_unfinished_line()
                    return None
                await self._more()
        except LineTooLong:
            self._log("←", self.peer, self._received.take(self.max_line_bytes))
            raise
        self._log("←", self.peer, line)
        return decode(line, self.kinds)

    async def halt(self) -> None:
        """Wait until `go_on` is called; read on meanwhile, since only so an end is noticed.

        Raises:
            ConnectionEnded: the peer has gone, or sends no more, which looks the same from here.
            ProtocolError: more came meanwhile than may wait, `MAX_WAITING_BYTES`.
        """
        self._most_unread_bytes = MAX_WAITING_BYTES + 1
        self._halted = True
        try:
            while self._halted:
                if self._ended:
                    raise ConnectionEnded
                if len(self._received) > MAX_WAITING_BYTES:
                    raise ProtocolError(
                        f"At most {MAX_WAITING_BYTES} bytes may wait while a request is held."
                    )
                await self._more()
        finally:
            self._most_unread_bytes = self.max_line_bytes

    def go_on(self) -> None:
        """End the wait in `halt`."""
        self._halted = False
        self._wake_receiver()

    def close(self) -> None:
        """Close the connection as soon as the peer has taken what was sent."""
        if self._linger_timer is None:
            self._transport.close()

    def hang_up(self) -> None:
        """Say that nothing more will be sent, drop what still comes, and close in a moment.

        A connection that is closed with bytes unread is reset, and a reset makes the peer
        lose what was sent to it last (RFC 1122, 4.2.2.13).
        """
        if self._transport.can_write_eof():
            with contextlib.suppress(OSError):  # the peer has reset the connection
                self._transport.write_eof()
        self._transport.resume_reading()
        self._received = LineBuffer(0)
        self._linger_timer = self._loop.call_later(LINGER_SECONDS, self._transport.close)

    # What the transport calls.

    def connection_made(self, transport: "asyncio.BaseTransport") -> None:
        """Begin: the connection stands."""
        self._transport = transport = cast("asyncio.Transport", transport)
        self.peer = format_address(transport.get_extra_info("peername") or ("?", 0))
        read_bytes = min(READ_BYTES, self.max_line_bytes)
        setattr(transport, "max_size", read_bytes)  # noqa: B010  # typeshed has no such name
        # What the kernel does not take at once makes the sender wait: no queue can grow.
        transport.set_write_buffer_limits(0)
        for option in keepalive_options(sys.platform):
            # A system too old for an option still serves, with a time limit of its own.
            with contextlib.suppress(OSError):
                transport.get_extra_info("socket").setsockopt(*option)

    def data_received(self, data: bytes) -> None:
        """Keep what came, and read no further while more than may wait is unread."""
        if self._linger_timer is not None:
            return
        self._received.feed(data)
        if len(self._received) >= self._most_unread_bytes:
            self._paused = True
            self._transport.pause_reading()
        self._wake_receiver()

    def eof_received(self) -> bool:
        """Note that the peer sends no more; it may still want its answers."""
        self._ended = True
        self._wake_receiver()
        return self._linger_timer is None

    def connection_lost(self, error: Exception | None) -> None:
        """End: nothing more can be sent or received."""
        self._ended = True
        if self._linger_timer is not None:
            self._linger_timer.cancel()
        self._wake_receiver()
        self.resume_writing()

    def pause_writing(self) -> None:
        """Begin to wait for a peer that does not take what was sent."""
        self._watch_progress()

    def resume_writing(self) -> None:
        """Go on: the peer has taken everything, or has gone."""
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None
        for sender in self._senders:
            if not sender.done():
                sender.set_result(None)
        self._senders.clear()

    def _finish_line(self) -> None:
        """Send the rest of a line: another task has begun it, or begun it and was cancelled."""
        for piece in self._unsent:
            if not self._transport.is_closing():
                self._transport.write(piece)

    async def _wait_for_peer(self) -> None:
        while self._stall_timer is not None:
            sender = self._loop.create_future()
            self._senders.append(sender)
            await sender

    def _watch_progress(self, unsent_before: int | None = None) -> None:
        unsent = self._transport.get_write_buffer_size()
        if unsent == unsent_before:
            self._transport.abort()
        else:
            self._stall_timer = self._loop.call_later(
                WRITE_STALL_LIMIT_SECONDS, self._watch_progress, unsent
            )

    def _more(self) -> "asyncio.Future[None]":
        """Read on; return what is done when more has come, or the end."""
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        self._arrival = self._loop.create_future()
        return self._arrival

    def _wake_receiver(self) -> None:
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)

    def _refuse_unfinished_line(self) -> None:
        if unfinished := self._received.take(self.max_line_bytes):
            self._log("←", self.peer, unfinished)
            raise ProtocolError("The connection ended in the middle of a line.")


class Handle:
    """The connection as students' code sees it: functions that each send one message.

    Parameters:
        peer: the connection that sends them; or what stands for it, and looks at them first.
    """

    def __init__(self, peer: Any) -> None:
        self._peer = peer

    async def send_message(self, msg: Message) -> None:
        """Send a message to the peer."""
        await self._peer.send_message(msg)
