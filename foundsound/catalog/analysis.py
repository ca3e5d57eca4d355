"""Sounds' analysis in the catalogue: saved with the sound, shown, and filled in where it lacks."""

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy.orm import Session

from foundsound.analysis.sound_analysis import ANALYSIS_VERSION, Heard, SoundAnalysis, SoundClass
from foundsound.catalog.models import StoredAnalysis, StoredFingerprint
from foundsound.catalog.sound_files import SoundFile, files_lacking, sounds_lacking
from foundsound.catalog.upsert import upsert_rows


def save_analysis(session: Session, heard: Mapping[str, Heard]) -> None:
    """Write down what was heard in sounds, in place of what was known; a failure is an answer too.

    Args:
        heard: by sound id.
    """
    upsert_rows(session, StoredAnalysis, [_row(id_, one.analysis) for id_, one in heard.items()])
    upsert_rows(
        session,
        StoredFingerprint,
        [
            {
                "sound_id": sound_id,
                "audible_s": one.fingerprint.audible_s,
                "compared": False,
                "data": one.fingerprint.data,
            }
            for sound_id, one in heard.items()
            if one.fingerprint is not None
        ],
    )


def _row(sound_id: str, analysis: SoundAnalysis) -> dict[str, object]:
    return {"sound_id": sound_id, "version": ANALYSIS_VERSION, **asdict(analysis)}


def analysis_of(session: Session, sound_id: str) -> SoundAnalysis | None:
    """What was measured of a sound; None when it was not analysed yet."""
    row = session.get(StoredAnalysis, sound_id)
    return None if row is None else analysis_in(row)


def analysis_in(row: StoredAnalysis) -> SoundAnalysis:
    """What a row says."""
    return SoundAnalysis(
        bit_rate=row.bit_rate,
        loudness_lufs=row.loudness_lufs,
        true_peak_dbtp=row.true_peak_dbtp,
        bpm=row.bpm,
        bpm_confidence=row.bpm_confidence,
        key=row.key,
        key_confidence=row.key_confidence,
        brightness_hz=row.brightness_hz,
        onsets=row.onsets,
        sound_class=SoundClass(row.sound_class) if row.sound_class else None,
        note=row.note,
    )


def unanalysed_files(session: Session, after: str, limit: int) -> list[SoundFile]:
    """The next files of sounds that lack today's analysis, see :func:`files_lacking`."""
    return files_lacking(session, StoredAnalysis, ANALYSIS_VERSION, after, limit)


def unanalysed_sounds(session: Session) -> tuple[int, int]:
    """How many sounds lack today's analysis, and their bytes."""
    return sounds_lacking(session, StoredAnalysis, ANALYSIS_VERSION)
