"""Which files of a root are left alone: gitignore patterns, some of them for every root."""

import re
from functools import lru_cache

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

from foundsound.catalog.paths import path_key
from foundsound.errors import InvalidRequest

# For every root. A root's own patterns come after these, so that "!.hidden/" takes one back.
DEFAULTS = (
    ".*",  # hidden, and AppleDouble twins such as "._x.wav"
    "~*",
    "*~",
    "*.part",
    "*.partial",
    "*.filepart",
    "*.crdownload",
    "*.download",
    "@eaDir",
    "\\#recycle",
    "\\#snapshot",
    "$RECYCLE.BIN",
    "System Volume Information",
    "__MACOSX",
    "lost+found",
)


class IgnoreRules:
    """The rules of a root.

    Args:
        patterns: lines as in a .gitignore file, relative to the root.

    Raises:
        InvalidRequest: a line is no such pattern.
    """

    def __init__(self, patterns: str = "") -> None:
        self._own = _spec(patterns)

    def ignores(self, raw_path: bytes, *, folder: bool = False) -> bool:
        """True when this file or folder is to be left alone, whose parents are not.

        Args:
            raw_path: relative to the root.
        """
        # "." matches no line break in the patterns' expressions.
        text = path_key(raw_path).replace("\n", "\r")
        if folder:
            text += "/"
        if self._own is not None:
            verdict = self._own.check_file(text).include
            if verdict is not None:
                return verdict
        # The defaults are names, which makes them fast: a whole path takes ten times as long.
        return _defaults().match(text[text.rstrip("/").rfind("/") + 1 :]) is not None

    def ignores_below(self, raw_path: bytes, *, folder: bool = False) -> bool:
        """True when this file or folder, or one that it lies in, is to be left alone."""
        above = raw_path.rfind(b"/")
        while above > 0:
            if self.ignores(raw_path[:above], folder=True):
                return True
            above = raw_path.rfind(b"/", 0, above)
        return self.ignores(raw_path, folder=folder)


def _spec(patterns: str) -> GitIgnoreSpec | None:
    lines = [path_key(line.encode()) for line in patterns.splitlines()]
    if not any(line.strip() and not line.startswith("#") for line in lines):
        return None
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line])
        except (GitIgnorePatternError, re.error) as error:
            raise InvalidRequest(
                f"'{line}' is no ignore pattern; they are written as in a .gitignore file, "
                "for example *.bak or Renders/."
            ) from error
    return GitIgnoreSpec.from_lines(lines)


@lru_cache(maxsize=1)
def _defaults() -> re.Pattern[str]:
    """One expression over a name: the spec itself tries one after the other."""
    compiled = [pattern.regex for pattern in GitIgnoreSpec.from_lines(DEFAULTS).patterns]
    expressions = [regex.pattern.replace("?P<ps_d>", "?:") for regex in compiled if regex]
    return re.compile("|".join(expressions))
