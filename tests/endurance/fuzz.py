"""Garbage: lines made by a grammar, each answered by the letter of the rules.

python3 -m tests.endurance.fuzz [--lines N] [--seed N]
"""

import argparse
import json
import random
import unicodedata
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.benchmarks.programs import print_table
from tests.endurance.servers import Server, serving
from tests.peers import Peer
from tests.test_protocol import BLANKS, DEFAULT_IGNORABLE
from tests.test_registry_model import Model

LINES = 200_000
LINES_OF_A_CONNECTION = 1000
MAX_LINE = 4096
MAX_DEPTH = 32
MAX_MARKS = 4
# Less than what any system takes of a peer that does not read its answers yet.
BATCH_BYTES = 30_000

NAMES = ["ada", "grace", "Zoe\u0301", "Zo\u00e9", "李💡", "محمد", "O'Brien-Smith_42", "देवी"]
ODD_STRINGS = [
    *NAMES,
    "",
    " ada",
    "ada ",
    "a" * 32,
    "a" * 33,
    "💡" * 32,
    "e\u0301" * 32,
    "e\u0301" * 33,
    "a" + "\u0301\u0323" * 300,
    "a\0b",
    "a\tb",
    "a\u200db",
    "a\u202eb",
    "\ufeffada",
    "❤\ufe0f",
    "\ufe0f",
    "\u180bada\U000e0100",
    "a\u3164b",
    "\u0301a",
    "a\u0301\u0301",
    "a\u0301\u0302\u0303\u0304",
    "a\u0301\u0302\u0303\u0304\u0305",
    "\ud800",
    "\ude00\ud83d",
    "register",
    "type",
    '"},{"',
]
ODD_NUMBERS = ["0", "-0", "1e400", "-1E-400", "9" * 400, "0." + "3" * 300, "1e999999999"]
NO_JSON = ["NaN", "-Infinity", "01", "+1", ".5", "0x10", "True", "'a'", "nul", "{,}", "[1,]", "//"]


class Grammar:
    """Makes requests, right and wrong, at random."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.names = NAMES
        self.breakings: list[Callable[[bytes], bytes]] = [
            self.truncated,
            self.with_other_bytes,
            self.with_bytes_added,
            self.doubled,
            lambda line: b"\xef\xbb\xbf" + line,
            lambda line: line.decode(errors="replace").encode("utf-16"),
            lambda line: chance.randbytes(chance.randrange(40)),
            lambda line: b"",
            lambda line: self.whitespace().encode(),
        ]

    def line(self) -> bytes:
        """Return what may stand in a line, without its newline."""
        chance = self.chance
        kind = chance.random()
        text = self.request() if kind < 0.8 else self.value(4) if kind < 0.9 else self.deep()
        line = f"{self.whitespace()}{text}{self.whitespace()}".encode(errors="surrogatepass")
        if chance.random() < 0.4:
            line = chance.choice(self.breakings)(line)
        if chance.random() < 0.01:
            line += b" " * (MAX_LINE - 1 - len(line) + chance.choice([0, 0, 0, 1, 5000]))
        return line.replace(b"\n", b" ")

    def request(self) -> str:
        """Return a request, with fields left out, of the wrong kind, too many, or doubled."""
        chance = self.chance
        kind = chance.choice(["register", "login", "request_registry"])
        fields = [("type", json.dumps(kind)), ("username", self.string(chance.choice(self.names)))]
        if chance.random() < 0.3:
            fields[1] = ("username", self.string(chance.choice(ODD_STRINGS)))
        if chance.random() < 0.1:
            field = chance.randrange(2)
            fields[field] = (fields[field][0], self.value(2))
        if chance.random() < 0.2:
            name = chance.choice([*fields[0], *fields[1], "since", ""])
            fields.append((name.strip('"'), self.value(3)))
        if chance.random() < 0.1:
            del fields[chance.randrange(len(fields))]
        if chance.random() < 0.1:
            fields.append(chance.choice(fields or [("type", json.dumps(kind))]))
        chance.shuffle(fields)
        return self.an_object(fields)

    def value(self, depth: int) -> str:
        """Return any JSON, or what is none."""
        chance = self.chance
        if depth and chance.random() < 0.4:
            values = [self.value(depth - 1) for _ in range(chance.randrange(4))]
            if chance.random() < 0.5:
                return f"[{','.join(values)}]"
            return self.an_object([(chance.choice(ODD_STRINGS), value) for value in values])
        simple = ["null", "true", "false", *ODD_NUMBERS, *NO_JSON]
        return (
            chance.choice(simple)
            if chance.random() < 0.5
            else self.string(chance.choice(ODD_STRINGS))
        )

    def an_object(self, fields: list[tuple[str, str]]) -> str:
        """Return a JSON object; its names may come twice."""
        separator = self.chance.choice([", ", ",", " ,\t"])
        return f"{{{separator.join(f'{self.string(name)}: {value}' for name, value in fields)}}}"

    def string(self, text: str) -> str:
        """Return text as JSON; half a character alone can be written down in ASCII only."""
        return json.dumps(text, ensure_ascii=self.chance.random() < 0.5)

    def deep(self) -> str:
        """Return brackets about as deep as they may nest, or much deeper, closed or not."""
        chance = self.chance
        depth = chance.choice([30, 31, 32, 33, 34, 1000])
        opening, closing = chance.choice([("[", "]"), ('{"a":', "}"), ('["[",', "]")])
        inner = opening * depth + "1" + closing * (depth if chance.random() < 0.8 else depth - 1)
        return (
            inner
            if chance.random() < 0.5
            else self.an_object([("type", '"request_registry"'), ("since", inner)])
        )

    def whitespace(self) -> str:
        """Return spaces that JSON allows around a value, most often none."""
        return self.chance.choice(["", "", "", "", " ", "\t ", "\r", " \r "])

    def truncated(self, line: bytes) -> bytes:
        """Return the beginning of a line."""
        return line[: self.chance.randrange(len(line) + 1)]

    def with_other_bytes(self, line: bytes) -> bytes:
        """Return a line with some of its bytes changed."""
        changed = bytearray(line or b" ")
        for _ in range(self.chance.randrange(1, 4)):
            changed[self.chance.randrange(len(changed))] = self.chance.randrange(256)
        return bytes(changed)

    def with_bytes_added(self, line: bytes) -> bytes:
        """Return a line with a few bytes more somewhere."""
        at = self.chance.randrange(len(line) + 1)
        return line[:at] + self.chance.randbytes(self.chance.randrange(1, 5)) + line[at:]

    def doubled(self, line: bytes) -> bytes:
        """Return a line twice, as one."""
        return line + self.chance.choice([b"", b" ", b","]) + line


def no_constant(name: str) -> None:
    """Refuse NaN and its like, which are no JSON (RFC 8259, section 6)."""
    raise ValueError(name)


def request_in(line: bytes) -> dict[str, Any] | None:
    """Return the request in a line by the letter of the rules, None if there is none."""
    try:
        found = json.loads(line.decode(), parse_constant=no_constant)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or nests_deeper(found, MAX_DEPTH):
        return None
    if found.get("type") == "request_registry":
        return {"type": "request_registry"}
    username = found.get("username")
    if found.get("type") not in ("register", "login") or not isinstance(username, str):
        return None
    seen = "".join(c for c in username if "VARIATION SELECTOR" not in unicodedata.name(c, ""))
    username = unicodedata.normalize("NFC", seen)
    if not (1 <= len(username) <= 32 and username.isprintable() and username == username.strip()):
        return None
    if set(username) & (DEFAULT_IGNORABLE | BLANKS) or has_stray_marks(username):
        return None
    return {"type": found["type"], "username": username}


def has_stray_marks(username: str) -> bool:
    """Tell whether accents stand at the start, or too many or the same ones on a letter."""
    before = [""]
    for character in unicodedata.normalize("NFD", username):
        if unicodedata.category(character) not in ("Mn", "Me"):
            before = []
        elif character in before[-1:] or len(before) == MAX_MARKS or before == [""]:
            return True
        else:
            before.append(character)
    return False


def nests_deeper(value: object, levels: int) -> bool:
    """Tell whether a value nests deeper than so many levels."""
    if not isinstance(value, (dict, list)):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return not levels or any(nests_deeper(each, levels - 1) for each in inner)


class Fuzz:
    """Sends lines to a server, and compares each answer with the one that must come.

    Parameters:
        server: where to send them.
        seed: makes the same lines again.
    """

    def __init__(self, server: Server, seed: int) -> None:
        self.server = server
        self.chance = random.Random(seed)
        self.grammar = Grammar(self.chance)
        self.model = Model()
        self.uses: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()

    def come(self) -> None:
        """Connect a new client."""
        self.peer = self.server.connect()
        address = f"127.0.0.1:{self.peer.port}"
        self.uses[address] += 1
        uses = self.uses[address]
        self.key = address if uses == 1 else f"{address}#{uses}"
        # A name of its own, often enough for it to get anywhere.
        self.grammar.names = [*NAMES, *[f"user of {self.key}"] * len(NAMES)]

    def leave(self, how: Callable[[Peer], None]) -> None:
        """Let the client go, and wait until the server knows."""
        how(self.peer)
        self.peer.close()
        self.model.active_users.pop(self.key, None)

    def send(self, lines: list[bytes], unfinished: bytes = b"") -> None:
        """Send lines in pieces, the last perhaps without its end, and check every answer."""
        data = b"".join(line + b"\n" for line in lines) + unfinished
        cuts = sorted(self.chance.choices(range(len(data) + 1), k=self.chance.randrange(8)))
        for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
            self.peer.send(data[start:end])
        for line in lines:
            if len(line) >= MAX_LINE:
                self.check_error(line)
                assert self.peer.read_line() == b"", f"the connection goes on after {line!r}"
                return
            self.check(line)

    def check(self, line: bytes) -> None:
        """Check the answer to a line."""
        request = request_in(line)
        if request is None:
            self.check_error(line)
            return
        kind, username = request["type"], request.get("username", "")
        if kind == "register":
            expected = {"type": self.model.register(self.key, username), "username": username}
        elif kind == "login":
            expected = {"type": self.model.login(self.key, username), "username": username}
        elif self.key in self.model.active_users:
            expected = {"type": "registry", "clients": self.model.registry()}
        else:
            expected = {"type": "request_denied"}
        answer = self.peer.read_message()
        assert answer == expected, f"{line!r} was answered with {answer}, not {expected}"
        self.answers[expected["type"]] += 1

    def check_error(self, line: bytes) -> None:
        """Check that a line was refused, by the protocol and not by a handler that failed."""
        answer = self.peer.read_message()
        assert answer.keys() == {"type", "reason"}, f"{line!r} was answered with {answer}"
        assert answer["type"] == "error", f"{line!r} was answered with {answer}"
        assert answer["reason"].endswith("."), answer
        assert "failed" not in answer["reason"], f"{line!r} was answered with {answer}"
        self.answers["error"] += 1

    def send_truncations(self) -> None:
        """Send each beginning of each valid message: as a line, and as the last of a stream."""
        for kind, fields in (
            ("register", {"username": "ada"}),
            ("login", {"username": "Zo\u00e9 💡"}),
            ("request_registry", {}),
        ):
            message = json.dumps({"type": kind, **fields}, ensure_ascii=False).encode()
            for end in range(len(message)):
                self.come()
                self.send([message[:end]], message[:end])
                self.peer.end()
                if end:
                    self.check_error(message[:end])
                assert self.peer.read_line() == b""
                self.leave(Peer.close)

    def send_connection(self, count: int) -> None:
        """Connect, send so many lines of the grammar or fewer, and leave somehow."""
        self.come()
        before = self.answers.total()
        while self.answers.total() < before + count:
            lines = [self.grammar.line() for _ in range(self.chance.randrange(1, 40))]
            overlong = next((n for n, line in enumerate(lines) if len(line) >= MAX_LINE), 0)
            while sum(map(len, lines)) > BATCH_BYTES and len(lines) > overlong + 1:
                lines.pop()
            self.send(lines)
            if len(lines[overlong]) >= MAX_LINE:
                break
        self.leave(self.chance.choice([Peer.close, Peer.reset]))


def fuzz(lines: int, seed: int) -> Counter[str]:
    """Send at least so many lines to a server; return how many were answered with what.

    Raises:
        AssertionError: one was not answered as it must be, or the server complained.
    """
    with serving() as server:
        run = Fuzz(server, seed)
        run.send_truncations()
        while run.answers.total() < lines:
            run.send_connection(LINES_OF_A_CONNECTION)
        server.log_in("well-behaved").close()
    return run.answers


def main() -> None:
    """Send them, and print what came back."""
    parser = argparse.ArgumentParser(description="Fuzz a server of its own.")
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    options = parser.parse_args()
    print(f"--seed {options.seed}", flush=True)
    answers = fuzz(options.lines, options.seed)
    rows = [(kind, str(count)) for kind, count in answers.most_common()]
    print_table(f"{answers.total()} lines, all answered as they must be", rows)


if __name__ == "__main__":
    main()
