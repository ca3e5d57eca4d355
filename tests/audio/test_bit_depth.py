import pytest

from foundsound.audio.bit_depth import bit_depth


@pytest.mark.parametrize(
    ("codec", "bits"),
    [
        ("PCM_16", 16),
        ("PCM_S8", 8),
        ("PCM_U8", 8),
        ("PCM_24", 24),
        ("FLOAT", 32),
        ("DOUBLE", 64),
        ("ALAC_20", 20),
        ("PCM_S24LE", 24),
        ("PCM_F32BE_PLANAR", 32),
        ("VORBIS", None),
        ("MPEG_LAYER_III", None),
        ("DPCM_16", None),
        ("PCM_MULAW", None),
        ("AAC", None),
        ("", None),
    ],
)
def test_bits_by_coding(codec: str, bits: int | None) -> None:
    assert bit_depth(codec) == bits
