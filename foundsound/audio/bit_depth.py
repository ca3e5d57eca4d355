"""How many bits a sample has, as the name of its coding tells."""

import re

# libsndfile's names (PCM_24, PCM_S8, ALAC_16) and FFmpeg's (PCM_S24LE, PCM_F32BE_PLANAR).
_CODED = re.compile(r"(?:PCM|ALAC)_[SUF]?(\d+)(?:[LB]E)?(?:_PLANAR)?")
_FLOATS = {"FLOAT": 32, "DOUBLE": 64}


def bit_depth(codec: str) -> int | None:
    """Bits a sample of a lossless coding; None for lossy ones, where the question has no answer."""
    coded = _CODED.fullmatch(codec)
    return int(coded[1]) if coded else _FLOATS.get(codec)
