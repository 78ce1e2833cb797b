"""The soak, for some seconds."""

import pytest

from tests import test_programs
from tests.endurance.soak import soak
from tests.test_programs import Screen

# A fixture that both files use.
screen = test_programs.screen


@pytest.mark.long
def test_many_clients_at_random_agree_with_a_model_while_windows_are_open(screen: Screen) -> None:
    figures = soak(screen, seconds=3, seed=1)
    assert figures.names[0] < figures.names[1]
