"""The alarm: when there is none."""

import os
import sys
from collections.abc import Callable, Iterator

import pytest

from gui.bridge import Mailbox
from gui.tutor import alarm
from gui.tutor.alarm import Alarm


@pytest.fixture
def traced() -> Iterator[None]:
    """Trace this thread, as a debugger does."""
    before = sys.gettrace()
    sys.settrace(lambda *_: None)
    yield
    sys.settrace(before)


def test_beside_a_debugger_which_stops_all_threads_there_is_none(
    traced: None, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("subprocess.Popen", pytest.fail)
    Alarm().post_sentry(mailbox.wake_socket)


@pytest.mark.parametrize("act", [Alarm.set, Alarm.cancel])
def test_without_a_sentry_it_is_not_set(
    act: Callable[[Alarm], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarm, "faulthandler", None)
    act(Alarm())


def test_where_no_process_can_be_had_the_program_does_without(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", os.devnull)
    lonely = Alarm()
    lonely.post_sentry(mailbox.wake_socket)
    monkeypatch.setattr(alarm, "faulthandler", None)
    lonely.set()
