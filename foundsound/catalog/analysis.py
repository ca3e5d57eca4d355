"""Sounds' analysis in the catalogue: saved with the sound, shown, and filled in where it lacks."""

from sqlalchemy.orm import Session

from foundsound.analysis.sound_analysis import ANALYSIS_VERSION, Heard, SoundAnalysis, SoundClass
from foundsound.catalog.models import StoredAnalysis, StoredFingerprint
from foundsound.catalog.sound_files import SoundFile, files_lacking, sounds_lacking
from foundsound.catalog.upsert import upsert


def save_analysis(session: Session, sound_id: str, heard: Heard) -> None:
    """Write down what was heard in place of what was known; a failure is an answer too."""
    analysis, fingerprint = heard.analysis, heard.fingerprint
    upsert(
        session,
        StoredAnalysis,
        sound_id=sound_id,
        version=ANALYSIS_VERSION,
        bit_rate=analysis.bit_rate,
        loudness_lufs=analysis.loudness_lufs,
        true_peak_dbtp=analysis.true_peak_dbtp,
        bpm=analysis.bpm,
        bpm_confidence=analysis.bpm_confidence,
        key=analysis.key,
        key_confidence=analysis.key_confidence,
        brightness_hz=analysis.brightness_hz,
        onsets=analysis.onsets,
        sound_class=analysis.sound_class,
        note=analysis.note,
    )
    if fingerprint is not None:
        upsert(
            session,
            StoredFingerprint,
            sound_id=sound_id,
            audible_s=fingerprint.audible_s,
            compared=False,
            data=fingerprint.data,
        )


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


def is_analysed(session: Session, sound_id: str) -> bool:
    """True when there is nothing more to be heard."""
    row = session.get(StoredAnalysis, sound_id)
    return row is not None and row.version == ANALYSIS_VERSION


def unanalysed_files(session: Session, after: str, limit: int) -> list[SoundFile]:
    """The next files of sounds that lack today's analysis, see :func:`files_lacking`."""
    return files_lacking(session, StoredAnalysis, ANALYSIS_VERSION, after, limit)


def unanalysed_sounds(session: Session) -> tuple[int, int]:
    """How many sounds lack today's analysis, and their bytes."""
    return sounds_lacking(session, StoredAnalysis, ANALYSIS_VERSION)
