"""What a person sees: results on stdout, everything else on stderr."""

import logging
import sys
from typing import NoReturn

from rich.console import Console
from rich.markup import escape
from rich.text import Text

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def fail(sentence: str) -> NoReturn:
    """Say what is wrong and end with exit code 2."""
    err.print(f"[bold red]Error:[/] {escape(sentence)}", soft_wrap=True)
    sys.exit(2)


def announce(sentence: str, *, logged: bool) -> None:
    """Say what a process has begun, in rich markup; as a log line where programs read the log."""
    if logged:
        logging.getLogger(__name__).info(Text.from_markup(sentence).plain)
    else:
        err.print(sentence, soft_wrap=True)


def duration(seconds: float) -> str:
    """Seconds as a person writes them: 0:07, 12:30, 1:02:03."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def counted(count: int, noun: str) -> str:
    """``1 file``, ``2,000 files``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def plain(text: str) -> str:
    """A text on one line: control characters would move the cursor."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
