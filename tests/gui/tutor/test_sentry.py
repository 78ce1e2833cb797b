"""The sentry: what it reads out of the lines that `faulthandler` writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.tutor.sentry import place

NETWORK = b"""\
Thread 0x00007f7c48bb5a58 (most recent call first):
  File "/usr/lib/python3.11/re/__init__.py", line 176 in search
  File "/home/ada/server_logic.py", line 41 in <genexpr>
  File "/home/ada/server_logic.py", line 41 in username_exists
  File "/home/ada/server_logic.py", line 143 in register_client
  File "/home/ada/gui/tutor/supervisor.py", line 213 in run

"""
MAIN = b"""\
Thread 0x00007f7c48ca3f16 (most recent call first):
  File "/home/ada/gui/bridge.py", line 177 in wait
  File "/home/ada/server.py", line 300 in <module>
"""
OWN = b"""\
Thread 0x00007f7c48ca0000 [work] (most recent call first):
  File "C:\\\\Users\\\\ada\\\\server_logic.py", line 9 in z\\xe4hle
"""
READ = b"""\
Thread 0x00007f7c48bb5a58 (most recent call first):
  File "/home/ada/client_logic.py", line 3 in <module>
"""


@pytest.mark.parametrize(
    ("threads", "told"),
    [
        ([NETWORK, MAIN], "server_logic.py, line 41, in username_exists"),
        ([MAIN, NETWORK], "server_logic.py, line 41, in username_exists"),
        ([OWN, MAIN], "server_logic.py, line 9, in zähle"),
        ([READ, MAIN], "client_logic.py, line 3"),
        ([MAIN], "Something"),
        (
            [OWN, NETWORK],
            "server_logic.py, line 9, in zähle or server_logic.py, line 41, in username_exists",
        ),
    ],
    ids=["innermost", "any thread", "own thread", "outside functions", "elsewhere", "two threads"],
)
def test_the_innermost_line_of_the_students_file_is_named(threads: list[bytes], told: str) -> None:
    assert place(b"Timeout (0:00:04)!\n" + b"".join(threads)) == told


@given(st.lists(st.binary() | st.sampled_from([NETWORK, OWN, NETWORK[:200]])).map(b"".join))
def test_whatever_is_written_some_place_is_named(dump: bytes) -> None:
    assert place(dump)
