"""Which file names are taken for audio, and how a browser is told their type."""

_MEDIA_TYPES = {
    "wav": "audio/wav",
    "wave": "audio/wav",
    "bwf": "audio/wav",
    "rf64": "audio/wav",
    "w64": "audio/x-w64",
    "aif": "audio/aiff",
    "aiff": "audio/aiff",
    "aifc": "audio/aiff",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "mp3": "audio/mpeg",
    "mp2": "audio/mpeg",
    "m4a": "audio/mp4",
    "m4b": "audio/mp4",
    "aac": "audio/aac",
    "wma": "audio/x-ms-wma",
    "caf": "audio/x-caf",
    "ac3": "audio/ac3",
    "eac3": "audio/eac3",
    "au": "audio/basic",
    "snd": "audio/basic",
    "mka": "audio/x-matroska",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "mkv": "video/x-matroska",
    "webm": "video/webm",
    "avi": "video/x-msvideo",
    "wmv": "video/x-ms-wmv",
    "mxf": "application/mxf",
    "mpg": "video/mpeg",
    "mpeg": "video/mpeg",
}


def is_audio_name(name: str) -> bool:
    """True for names whose ending, in any case, is one that foundsound decodes."""
    return _ending(name) in _MEDIA_TYPES


def media_type(name: str) -> str:
    """The media type to serve a file of this name with (RFC 6838)."""
    return _MEDIA_TYPES.get(_ending(name), "application/octet-stream")


def _ending(name: str) -> str:
    stem, _, ending = name.rpartition(".")
    return ending.lower() if stem else ""
