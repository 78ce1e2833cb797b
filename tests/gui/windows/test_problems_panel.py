"""The problems panel: the latest explanation open, earlier ones at hand, all of it copied."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gui.bridge import Mailbox
from gui.tutor.assignment import SERVER_FILE, functions_of
from gui.tutor.explanations import Explanation
from gui.tutor.loaded import Loaded
from gui.tutor.problem import Line, Problem, Steps
from gui.tutor.progress import Portions, State
from tests.conftest import click, press, until, until_visible, visible, widgets

if TYPE_CHECKING:
    import tkinter

    from gui.windows.problems_panel import ProblemsPanel
    from gui.windows.server_window import ServerWindow

ADVICE = "Which keyword gives a value back?"
PROBLEM = Problem(
    Explanation("registered() hands nothing back.", ADVICE),
    "server_logic.py",
    "registered",
    34,
    "key in users",
)
FAILED = Problem(
    Explanation("login_client() stopped: ZeroDivisionError.", "Read the line."),
    "server_logic.py",
    "login_client",
    180,
    "1 / 0",
    "the students' frames",
    "the students' frames and all others",
)
VALUES = (("registered(key) is False", "username_exists(username) is False"), ("x is True",))
LINES = tuple(Line(150 + number, f"line = number({number})", VALUES[:1]) for number in range(7))
STEPS = Steps(
    "What it did, for 'ada':", (*LINES, Line(157, "if a_long_name_of_a_condition:", VALUES))
)
STUCK = Problem(
    Explanation("login_client() has been holding up the server for 2 s.", "What ends it?"),
    "server_logic.py",
    "login_client",
    181,
    "while True:",
    ongoing=True,
)


@pytest.fixture
def panel(window: "ServerWindow", mailbox: Mailbox, root: "tkinter.Tk") -> "ProblemsPanel":
    """Have a problem, and give the panel that shows it."""
    mailbox.post(PROBLEM)
    until_visible(root, "Problem")
    assert window.problems is not None
    return window.problems


def shown(panel: "ProblemsPanel") -> str:
    """Return the explanation that is open."""
    return panel.text.get("1.0", "end-1c")


def listed(panel: "ProblemsPanel") -> list[tuple[str, ...]]:
    """Return the titles in the list, each with its count."""
    return [panel.list.texts[item] for item in panel.list.get_children()]


def add(root: "tkinter.Tk", panel: "ProblemsPanel", *problems: Problem) -> None:
    """Have more problems, and let Tk show them."""
    for problem in problems:
        panel.add(problem)
    root.update()


def test_there_is_no_panel_before_there_is_a_problem(
    root: "tkinter.Tk", window: "ServerWindow"
) -> None:
    root.update()
    assert visible(root, "Problem") is None


def test_it_shows_title_place_line_and_advice(panel: "ProblemsPanel") -> None:
    title, place, code, advice = shown(panel).splitlines()
    assert title == "registered() hands nothing back."
    assert re.fullmatch(r"server_logic.py, line 34, in registered, at \d\d:\d\d:\d\d", place)
    assert (code.strip(), advice) == ("key in users", ADVICE)


def test_the_latest_problem_is_open(root: "tkinter.Tk", panel: "ProblemsPanel") -> None:
    add(root, panel, FAILED)
    assert shown(panel).startswith(FAILED.explanation.title)
    assert listed(panel) == [(FAILED.explanation.title, ""), (PROBLEM.explanation.title, "")]


def test_a_repeat_is_counted_and_comes_first(root: "tkinter.Tk", panel: "ProblemsPanel") -> None:
    again = replace(PROBLEM, explanation=Explanation("registered() hands back nothing.", ADVICE))
    add(root, panel, FAILED, PROBLEM, again)
    assert listed(panel) == [(again.explanation.title, "×3"), (FAILED.explanation.title, "")]
    assert shown(panel).startswith(again.explanation.title)


def test_an_earlier_problem_can_be_selected_by_mouse(
    root: "tkinter.Tk", panel: "ProblemsPanel"
) -> None:
    add(root, panel, FAILED)
    until(root, lambda: panel.list.bbox(panel.list.get_children()[1]))
    box: Any = panel.list.bbox(panel.list.get_children()[1])
    x, y, width, height = box
    click(panel.list, x + width // 2, y + height // 2)
    until(root, lambda: shown(panel).startswith(PROBLEM.explanation.title))


def test_an_earlier_problem_can_be_selected_by_keyboard(
    root: "tkinter.Tk", panel: "ProblemsPanel"
) -> None:
    add(root, panel, FAILED)
    panel.list.focus_force()
    panel.list.focus(panel.list.selection()[0])
    press(root, "Down")
    until(root, lambda: shown(panel).startswith(PROBLEM.explanation.title))


def test_what_lasts_is_updated_and_not_counted(root: "tkinter.Tk", panel: "ProblemsPanel") -> None:
    longer = STUCK.explanation._replace(title=STUCK.explanation.title.replace("2 s", "3 s"))
    add(root, panel, STUCK, replace(STUCK, explanation=longer))
    assert listed(panel)[0] == (longer.title, "")
    assert shown(panel).startswith(longer.title)


def test_what_lasted_is_gone_once_something_else_is_told(
    root: "tkinter.Tk", panel: "ProblemsPanel"
) -> None:
    add(root, panel, STUCK, FAILED)
    assert [title for title, _ in listed(panel)] == [p.explanation.title for p in (FAILED, PROBLEM)]
    add(root, panel, STUCK)
    panel.take_away(Loaded(STUCK.file, 0).ends)
    assert not panel.has(STUCK)
    assert panel.has(FAILED)


def test_copy_puts_all_but_the_full_traceback_on_the_clipboard(
    root: "tkinter.Tk", panel: "ProblemsPanel"
) -> None:
    add(root, panel, FAILED)
    click(visible(root, "Copy"))
    assert root.clipboard_get() == FAILED.text


def test_copy_takes_the_problem_that_is_selected(
    root: "tkinter.Tk", panel: "ProblemsPanel"
) -> None:
    add(root, panel, FAILED)
    panel.list.selection_set(panel.list.get_children()[1])
    root.update()
    click(visible(root, "Copy"))
    assert root.clipboard_get() == PROBLEM.text


def test_the_traceback_is_folded_away_then_students_frames_then_all(
    root: "tkinter.Tk", panel: "ProblemsPanel"
) -> None:
    add(root, panel, FAILED)
    assert "frames" not in shown(panel)
    click(visible(root, "Show traceback"))
    assert shown(panel).splitlines()[-1] == FAILED.traceback
    click(visible(root, "Show all of it"))
    assert shown(panel).splitlines()[-1] == FAILED.full_traceback
    click(visible(root, "Hide traceback"))
    assert "frames" not in shown(panel)


def test_where_there_is_no_traceback_none_is_offered(panel: "ProblemsPanel") -> None:
    assert panel.traceback.instate(["disabled"])


def test_a_long_text_wraps_and_scrolls(root: "tkinter.Tk", panel: "ProblemsPanel") -> None:
    long = Explanation("registered() stopped.", "Look at each name. " * 200)
    add(root, panel, replace(PROBLEM, explanation=long))
    (lines,) = panel.text.count("4.0", "4.end", "displaylines") or (0,)
    assert lines > 10
    assert panel.text.xview() == (0.0, 1.0)
    assert panel.text.yview()[1] < 1.0
    panel.text.see("end")
    root.update()
    assert panel.text.yview()[1] == 1.0


def test_it_grows_with_the_window(root: "tkinter.Tk", panel: "ProblemsPanel") -> None:
    width, height = panel.text.winfo_width(), panel.winfo_height()
    root.geometry(f"{root.winfo_width() + 200}x{root.winfo_height() + 200}")
    until(root, lambda: panel.text.winfo_width() >= width + 150)
    assert panel.winfo_height() > height


def test_no_box_is_opened(root: "tkinter.Tk", panel: "ProblemsPanel") -> None:
    add(root, panel, FAILED, STUCK)
    others: list[Any] = [w for w in widgets(root) if w.winfo_class() in ("Toplevel", "Dialog")]
    assert others == []
    assert not root.grab_current()


def test_a_client_shows_problems_as_well(root: "tkinter.Tk", mailbox: Mailbox) -> None:
    from gui.windows.client_window import ClientWindow

    window = ClientWindow(root, mailbox, "")
    mailbox.post(PROBLEM)
    until_visible(root, "Problem")
    assert window.problems is not None
    assert shown(window.problems).startswith(PROBLEM.explanation.title)
    window.close()


# --- where, when, for whom ------------------------------------------------------------------

AROUND = (
    (32, "def registered(key):"),
    (33, '    """Tell."""'),
    (34, "    key in users"),
    (36, "def username_exists(username):"),
)


def test_the_lines_around_are_shown_and_the_one_that_is_meant_is_marked(
    root: "tkinter.Tk", panel: "ProblemsPanel"
) -> None:
    add(root, panel, replace(PROBLEM, around=AROUND, client="ada (127.0.0.1:1)"))
    _, place, *code, advice = shown(panel).splitlines()
    assert place.endswith(", for ada (127.0.0.1:1)")
    assert code == [
        "   32 def registered(key):",
        '   33     """Tell."""',
        ">  34     key in users",
        "   36 def username_exists(username):",
    ]
    assert advice == ADVICE


def test_a_caret_stands_below_what_it_points_at(root: "tkinter.Tk", panel: "ProblemsPanel") -> None:
    around = ((33, "    users = {}"), (34, "        def f(:"))
    add(root, panel, replace(PROBLEM, code="def f(:\n      ^", around=around))
    line, caret = shown(panel).splitlines()[-3:-1]
    assert line[caret.index("^")] == ":"


def test_code_that_is_wrapped_keeps_its_indent(root: "tkinter.Tk", panel: "ProblemsPanel") -> None:
    long = (34, f"        assert {' and '.join(['registered(key)'] * 20)}")
    add(root, panel, replace(PROBLEM, around=((33, "    if key:"), long)))
    index = panel.text.search(">  34", "1.0")
    panel.text.see(index)
    root.update()
    beginning: Any = panel.text.bbox(f"{index}+10c")
    wrapped: Any = panel.text.bbox(f"{index} +1 display lines display linestart")
    assert wrapped[1] > beginning[1]
    assert wrapped[0] >= beginning[0]


# --- one, several, none ------------------------------------------------------------------------


def test_with_one_problem_there_is_no_list(root: "tkinter.Tk", panel: "ProblemsPanel") -> None:
    assert not panel.list.winfo_viewable()
    add(root, panel, FAILED)
    assert panel.list.winfo_viewable()


def test_the_title_of_the_window_tells_how_many_are_open(
    root: "tkinter.Tk", panel: "ProblemsPanel"
) -> None:
    assert root.title() == "Server: 1 problem"
    add(root, panel, FAILED)
    assert root.title() == "Server: 2 problems"
    add(root, panel, FAILED)
    assert root.title() == "Server: 2 problems"


def test_clear_takes_them_away_and_the_next_is_shown_again(
    root: "tkinter.Tk", panel: "ProblemsPanel"
) -> None:
    add(root, panel, FAILED)
    click(panel.remove)
    assert not panel.winfo_viewable()
    assert root.title() == "Server"
    focus = root.focus_lastfor()
    assert focus is not None
    assert focus.winfo_viewable()


def test_show_traceback_scrolls_to_it(root: "tkinter.Tk", panel: "ProblemsPanel") -> None:
    long = Explanation("registered() stopped.", "Look at each name. " * 100)
    add(root, panel, replace(FAILED, explanation=long))
    click(visible(root, "Show traceback"))
    root.update()
    assert panel.text.bbox("traceback")


def test_an_explanation_of_an_unfilled_portion_needs_no_scrolling(
    root: "tkinter.Tk", panel: "ProblemsPanel", mailbox: Mailbox
) -> None:
    from gui.tutor.explanations import explain

    code = tuple((147 + number, f"    # line {number}") for number in range(5))
    unfilled = Problem(
        explain("not_filled_in", function="register_client"),
        "server_logic.py", "register_client", 149, code[2][1],
        around=code, client="127.0.0.1:50412",
    )  # fmt: skip
    mailbox.post(Loaded("server_logic.py", 0))
    mailbox.post(Portions(dict.fromkeys(functions_of(SERVER_FILE), State.NOT_FILLED_IN), {}))
    until_visible(root, "– not filled in: ")
    add(root, panel, unfilled)
    until(root, lambda: panel.text.yview() == (0.0, 1.0))


def test_the_steps_of_eight_lines_need_no_scrolling(
    root: "tkinter.Tk", panel: "ProblemsPanel", mailbox: Mailbox
) -> None:
    lines = [line._replace(values=line.values[:1] and (line.values[0][:1],)) for line in LINES]
    steps = Steps(STEPS.heading, (*lines, STEPS.lines[-1]))
    panel.clear()
    mailbox.post(replace(FAILED, steps=steps))
    until(root, lambda: steps.heading in shown(panel))
    until(root, lambda: panel.text.yview() == (0.0, 1.0))
    assert re.search(r" 150  line = number\(0\) +registered\(key\) is False\n", shown(panel))


def test_where_there_is_less_room_the_values_of_a_step_are_below_it(
    root: "tkinter.Tk", panel: "ProblemsPanel"
) -> None:
    from gui.windows.style import pixels

    add(root, panel, replace(PROBLEM, steps=STEPS))
    root.geometry(f"{pixels(50)}x{pixels(70)}")
    below = " 150  line = number(0)\n          registered(key) is False\n"
    until(root, lambda: below in shown(panel))
    root.geometry(f"{pixels(140)}x{pixels(70)}")
    beside = " 150  line = number(0)  registered(key) is False · username_exists"
    until(root, lambda: re.sub("  +", "  ", beside) in re.sub("  +", "  ", shown(panel)))
