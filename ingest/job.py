"""The job that a library gives its decoding children."""

from dataclasses import asdict

from foundsound.audio.bounds import file_bounds
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from ingest.decode_job import DecodeJob


def decode_job(library: Library, space: OpenSpace) -> DecodeJob:
    """What all files have in common that are embedded into ``space``."""
    return DecodeJob(
        sample_rate=space.embedder.sample_rate,
        window_s=space.embedder.window_s,
        alive_s=min(1.0, library.settings.decode_stall_s / 4),
        memory_bytes=library.settings.max_decode_memory_bytes,
        **asdict(file_bounds(library.settings)),
    )
