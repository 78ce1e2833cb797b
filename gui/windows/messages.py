"""The messages, shown in two ways: as a log, and as a diagram."""

import tkinter
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from gui.bridge import LogLine
from gui.diagram import Diagram
from gui.windows.log import Log
from gui.windows.style import pixels

if TYPE_CHECKING:
    from gui.tutor.problem import Problem
    from gui.windows.diagram_canvas import DiagramCanvas


class Messages(ttk.Notebook):
    """Two tabs: the log, and the diagram, which is drawn from when it is first looked at.

    Parameters:
        names: the username of each peer that has one, by its address; others may change it.
        program: "Server" or "Client".
        show_problem: shows a problem that a message has.
        make_room: gives them the height that they need.

    Attributes:
        let_in: lets in the held request of a client, by its key.
    """

    let_in: Callable[[str], None]

    def __init__(
        self,
        parent: tkinter.Misc,
        names: dict[str, str],
        program: str,
        show_problem: Callable[["Problem"], None],
        make_room: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        self.log = Log(self, names)
        self.diagram = Diagram(program, names, is_server=program == "Server")
        self.canvas: DiagramCanvas | None = None
        self._page = ttk.Frame(self)
        self._page.columnconfigure(0, weight=1)
        self._page.rowconfigure(0, weight=1)
        self._program = program
        self._show_problem = show_problem
        self._make_room = make_room
        self.add(self.log, text="Messages")
        self.add(self._page, text="Diagram")
        self.enable_traversal()  # by Control-Tab
        self.bind("<<NotebookTabChanged>>", self._changed)
        self.bind("<<ThemeChanged>>", self._use_sizes)
        self._use_sizes()

    def take(self, events: Sequence[Any]) -> None:
        """Show what happened: lines of the log one below the other, and all in the diagram."""
        for event in events:
            self.diagram.add(event)
        if self.canvas is not None:
            self.canvas.draw_news()
        if lines := [event for event in events if isinstance(event, LogLine)]:
            self.log.append(lines)

    def find(self) -> None:
        """Let somebody search the log."""
        self.select(self.log)  # type: ignore[no-untyped-call]  # typeshed has no types
        self.log.find()

    def has(self, problem: "Problem") -> bool:
        """Tell whether the message that has a problem can be shown."""
        return self.diagram.row_of(problem) is not None

    def show(self, problem: "Problem") -> None:
        """Show the message that has a problem, in the diagram."""
        if (row := self.diagram.row_of(problem)) is not None:
            self.select(self._page)  # type: ignore[no-untyped-call]  # typeshed has no types
            self._shown_canvas().show(row)

    def _changed(self, _: object) -> None:
        if self.select() == str(self._page):  # type: ignore[no-untyped-call]  # typeshed has no types
            self._shown_canvas()

    def _shown_canvas(self) -> "DiagramCanvas":
        if self.canvas is None:
            # Here, not above: the window opens before it is needed.
            from gui.windows.diagram_canvas import DiagramCanvas

            self.canvas = DiagramCanvas(
                self._page, self.diagram, self._program, self._show_problem, self._make_room
            )
            self.canvas.let_in = lambda key: self.let_in(key)
            self.canvas.grid(sticky="nsew")
        return self.canvas

    def _use_sizes(self, _: object = None) -> None:
        for page in (self.log, self._page):
            page.configure(padding=pixels(0.5))
