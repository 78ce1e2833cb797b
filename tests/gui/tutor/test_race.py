"""A name that two clients hold because calls overlapped is told, with what stands between."""

import ast
import re
import textwrap
from pathlib import Path

import pytest

from gui.tutor import syntax
from gui.tutor.assignment import BY_NAME, Dictionaries
from gui.tutor.race import Gap, gap_in, other_holder
from tests.grading_tests.submitted import filled as submitted
from tests.grading_tests.submitted import graded
from tests.peers import line
from tests.students_files import filled, problems, server_from

REGISTER = BY_NAME["server_logic.register_client"]
LATE = """
import asyncio
key = server.get_addr_key()
taken = registered(key) or username_exists(username)
await asyncio.sleep(0.2)
if taken:
    await server.registration_failed(username)
else:
    register_user(key, username)
    await server.registration_successful(username)
"""


@pytest.mark.parametrize(
    ("body", "gap"),
    [
        (LATE, Gap(5, 6, 10)),
        ("if username in users.values(): return\nawait f()\nusers['k'] = 1", Gap(2, 3, 4)),
        ("await f()\nif registered('k'): return\nregister_user('k', 'n')", None),
        ("if not await f(users): register_user('k', 'n')", Gap(2, 2, 2)),
        # What it found out is looked at again after the first wait: only the second one harms.
        (
            "username_exists('n')\nawait f()\nt = username_exists('n')\nawait f()\nusers['k'] = 1",
            Gap(4, 5, 6),
        ),
        # The client's own key is nobody else's, and sending hardly ever waits.
        (
            "t = 'n' in users.values()\nawait server.registration_failed('n')\nawait f()\n"
            "registered('k')\nusers.update(k='n')",
            Gap(2, 4, 6),
        ),
        ("pass", None),
    ],
)
def test_the_gap_is_where_it_waits_between_its_look_and_its_store(
    body: str, gap: Gap | None
) -> None:
    text = f"async def register_client(server, username):\n{textwrap.indent(body.lstrip(), '    ')}"
    tree = ast.parse(text)
    moved = gap and (Gap(*(n - 1 for n in gap)) if body is LATE else gap)
    assert gap_in(REGISTER, syntax.definition(tree, "register_client")) == moved


def test_only_another_client_with_the_same_name_is_one() -> None:
    now = Dictionaries({"a": "ada", "b": "ada", "c": "grace"}, {})
    assert other_holder(now, "b", "ada") == "a"
    assert other_holder(now, "c", "grace") == ""
    assert other_holder(now, "d", "ada") == ""


def test_two_clients_that_get_one_name_at_once_are_told_once_and_alike_at_the_desk(
    tmp_path: Path,
) -> None:
    text = filled("server_logic.py", "register_client", LATE)
    (tmp_path / "server_logic.py").write_text(text, encoding="utf-8")
    with server_from(tmp_path) as running:
        both = running.connect(), running.connect()
        for peer in both:
            peer.send(line("register", username="ada"))
        assert [peer.read_message()["type"] for peer in both] == ["registration_successful"] * 2
        assert running.connect().ask("request_registry")["type"] == "request_denied"
        running.news.read()
        (problem,) = problems(running.news)
        assert all(running.key(peer) in problem.explanation.title for peer in both)
    assert "await asyncio.sleep(0.2)" in problem.explanation.advice
    assert problem.code == "await asyncio.sleep(0.2)"
    assert problem.function == "register_client"
    mark = graded(submitted({REGISTER.full_name: LATE.strip()})).marks[REGISTER.full_name]
    assert (mark.score, mark.steps) == (0, "")
    example, told = mark.message.split(". register_client() ")
    assert example.startswith("Two clients asked for the name '")
    title, advice, _ = problem.explanation
    place = f"({problem.file}, line {problem.line})"
    assert plain(f"register_client() {told}") == plain(f"{title} {advice} {place}")


def plain(text: str) -> str:
    """Return a text without names and keys, which are others each time."""
    return re.sub(r"'\w+'", "'…'", re.sub(r"127\.0\.0\.1:\d+", "…", text))
