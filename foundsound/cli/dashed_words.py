"""Words that begin with a dash, beside options."""

import re
from itertools import islice
from typing import Any

from typer.core import TyperCommand, TyperOption

# A quote, a letter beyond ASCII or two letters: "-n5" and a mistyped "-l" are for the parser.
_WORD = re.compile(r'-(?:["“„«]|(?![a-zA-Z])[^\W\d_]|[^\W\d_]{2})')


class DashedWords(TyperCommand):
    """A command whose arguments are a query: ``rain -thunder`` names what is unwanted there."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Let the parser see the options, and after ``--`` the words, in their order."""
        valued = {
            name
            for param in self.params
            if isinstance(param, TyperOption) and not param.is_flag
            for name in param.opts
        }
        options: list[str] = []
        words: list[str] = []
        rest = iter(args)
        for arg in rest:
            if arg == "--":
                words += rest
            elif arg in valued:
                options += [arg, *islice(rest, 1)]
            elif arg.startswith("-") and not _WORD.match(arg):
                options.append(arg)
            else:
                words.append(arg)
        return super().parse_args(ctx, [*options, "--", *words] if words else options)
