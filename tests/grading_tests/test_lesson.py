"""The lesson: what it says of each experiment is what happens; of the first, see test_hold."""

import re
from pathlib import Path

from gui.tutor.tutor import ServerTutor
from server import ServerHandle
from tests.grading_tests.submitted import PROJECT, REFERENCE
from tests.gui.test_hold import holding_server
from tests.peers import running_server
from tests.students_files import imported_from, problems, server_from

LESSON = (PROJECT / "tests" / "grading" / "lesson.md").read_text(encoding="utf-8")
REFUSED = re.findall(r"^\| `(.*)` \| (.*) \|$", LESSON, re.M)
(SLEEP,) = re.findall(r"^   import asyncio\n\n   await .*\n", LESSON, re.M)
SERVER_LOGIC = REFERENCE["server_logic.py"].decode()


def write(folder: Path, pattern: str, replacement: str) -> None:
    """Write the solution of the server's part, with something else in one place."""
    text, count = re.subn(pattern, replacement, SERVER_LOGIC, flags=re.M)
    assert count == 1
    (folder / "server_logic.py").write_text(text, encoding="utf-8")


def test_without_its_await_nothing_goes_out_but_an_error_and_the_line_is_told(
    tmp_path: Path,
) -> None:
    write(tmp_path, r"^( +)await (server.login_successful\(username\))$", r"\1\2")
    with server_from(tmp_path) as running:
        ada = running.connect()
        ada.ask("register", username="ada")
        assert ada.ask("login", username="ada")["type"] == "error"
        ada.ask("request_registry")
        running.news.read()
        (problem,) = problems(running.news)
        assert "without await" in problem.explanation.title
        assert problem.code == "server.login_successful(username)"


def test_a_wait_between_look_and_store_gives_one_name_to_two_clients(tmp_path: Path) -> None:
    def make_tutor(_: object) -> ServerTutor:
        return ServerTutor(ServerHandle, lambda *_: None)

    waiting = re.sub(r"^ +", r"\\1", SLEEP, flags=re.M).replace("sleep(1)", "sleep(0.1)")
    write(tmp_path, r"^( +)(register_user\()", rf"{waiting}\1\2")
    with imported_from(tmp_path, "server_logic"), holding_server(make_tutor) as server:
        peers = [server.hold_request("register", username="ada") for _ in range(2)]
        server.hold.switch(False)
        for peer in peers:
            assert peer.read_message()["type"] == "registration_successful"
        assert list(server.hold.dictionaries().users.values()) == ["ada", "ada"]


def test_each_line_in_the_table_is_refused_with_the_sentence_beside_it() -> None:
    assert len(REFUSED) == 5
    with running_server() as running:
        ada = running.connect()
        for typed, sentence in REFUSED:
            ada.send(f"{typed}\n".encode())
            assert ada.read_message() == {"type": "error", "reason": sentence}
        assert ada.ask("request_registry") == {"type": "request_denied"}
