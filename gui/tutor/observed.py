"""What is told of calls of students' functions, so that a window can show how long they last."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType

    from gui.tutor.source import Source


class TimedCall:
    """One call of a portion, told of twice: as it begins, and as it ends.

    Made and changed in asyncio's thread alone, and not changed any more once it has ended.

    Parameters:
        key: the peer's address, or its key.
        function: the portion's name.
        source: the file, as it is when the portion runs.

    Attributes:
        sent_by: the code of the file that sent the message, and where in it; None if none did.
        began: when it began, by `time.perf_counter`.
        seconds: how long it took, once it has ended.
    """

    sent_by: "tuple[CodeType, int] | None" = None
    began = 0.0
    seconds = 0.0

    def __init__(self, key: str, function: str, source: "Source") -> None:
        self.key = key
        self.function = function
        self.source = source

    @property
    def line(self) -> int:
        """The line that sent the message; 0 if none was sent, or none of the file's lines did."""
        # Worked out only where somebody looks at it: it takes as long as all else of a call.
        if self.sent_by is None:
            return 0
        code, offset = self.sent_by
        lines = (line for start, end, line in code.co_lines() if start <= offset < end)
        return next(lines, None) or 0
