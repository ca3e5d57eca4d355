"""The errors a person may see: one sentence that says what is wrong and what to do."""


class FoundsoundError(Exception):
    """Base of every expected failure; ``str(error)`` is shown to the user as it is."""


class InvalidRequest(FoundsoundError):
    """The caller asked for something that cannot be done as asked (HTTP 422, exit code 2)."""


class QueryError(InvalidRequest):
    """A typed query breaks the grammar; ``span`` says where.

    Args:
        sentence: what is wrong and what to do.
        span: start and end in the typed text, in characters, end exclusive.
    """

    def __init__(self, sentence: str, span: tuple[int, int]) -> None:
        super().__init__(sentence)
        self.span = span


class NotFound(FoundsoundError):
    """The named thing is not in the library (HTTP 404, exit code 2)."""


class AudioError(FoundsoundError):
    """The content is not usable audio: damaged, empty, or out of bounds. Final for this content."""


class OutOfBounds(FoundsoundError):
    """The audio exceeds a limit that a setting may raise, so it is no fault of its content."""


class Gone(FoundsoundError):
    """What a cursor stands for is not kept any more (HTTP 410); begin anew."""


class FileUnavailable(FoundsoundError):
    """The file cannot be read now (permission, vanished, changing); worth trying again later."""


class ModelError(FoundsoundError):
    """A model is unknown, not installed, or fails its self-check."""


class LibraryBusy(FoundsoundError):
    """Another process owns the library and cannot be asked over HTTP."""


class LibraryError(FoundsoundError):
    """The library's own data is missing, damaged, or from another version."""


class Unavailable(FoundsoundError):
    """What the library needs is away and is expected back: try again (HTTP 503, Retry-After)."""
