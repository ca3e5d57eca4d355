"""One file's way from its path to events: identified, claimed in the catalogue, decoded."""

from collections.abc import Callable
from dataclasses import dataclass

from foundsound.analysis.sound_analysis import Heard, SoundAnalysis
from foundsound.catalog.queue import database_now
from foundsound.catalog.sounds import SoundFacts, claim_content, claim_sound
from foundsound.errors import AudioError, FileUnavailable
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from foundsound.tracing import span
from ingest.claims import Claims
from ingest.decode_child import CHANGING
from ingest.decoder_process import DecoderFailed, DecoderProcess, DecoderStalled
from ingest.describe import describe_file
from ingest.events import (
    Claimed,
    Copy,
    Decoded,
    Elsewhere,
    Event,
    Known,
    Refused,
    Unreadable,
    Windowed,
)
from ingest.leases import Leases
from ingest.work_item import WorkItem

HUNG = SoundAnalysis(note="The analysis of the sound took too long.")


@dataclass
class Attempt:
    """A file that is being worked on, and how far it came: a second attempt goes on from there."""

    item: WorkItem
    sound_id: str = ""  # empty until the content is known and claimed for this file
    handed_over: int = 0  # windows
    deaths: int = 0  # of decoders that had it in hand
    analyse: bool = True  # while it is decoded


def prepare(
    library: Library,
    space: OpenSpace,
    attempt: Attempt,
    leases: Leases,
    claims: Claims,
    decoder: DecoderProcess,
    hand_over: Callable[[Event], None],
) -> None:
    """Turn one file into events; whatever is wrong with it ends as one of them.

    Raises:
        DecoderDied: the file may be given a second attempt.
        FoundsoundError: the catalogue or the system failed.
    """
    item = attempt.item
    try:
        sound_id = decoder.identify(item)
        if attempt.sound_id not in ("", sound_id):
            raise FileUnavailable(CHANGING)
        if not attempt.sound_id:
            event = _claim(library, space, item, sound_id, leases, claims)
            hand_over(event)
            if not isinstance(event, Claimed):
                return
            attempt.sound_id = sound_id
            attempt.analyse = not event.analysed
        with span("decode"):
            _decode(attempt, decoder, hand_over)
    except AudioError as error:
        hand_over(Refused(item, attempt.sound_id, str(error)))
    except FileUnavailable as error:
        hand_over(Unreadable(item, attempt.sound_id, str(error)))
    except (DecoderFailed, DecoderStalled) as error:
        hand_over(Unreadable(item, attempt.sound_id, str(error), to_blame=True))


def _claim(
    library: Library,
    space: OpenSpace,
    item: WorkItem,
    sound_id: str,
    leases: Leases,
    claims: Claims,
) -> Claimed | Known | Copy | Elsewhere | Refused:
    """What is to be done with a file, now that its content is known."""
    with library.catalog.write() as session:
        if not leases.keep(session, [item]):
            return Elsewhere(item)
        known = claim_sound(session, item.location_id, sound_id, item.size, space.id)
        if known.refused is not None:
            return Refused(item, sound_id, known.refused)
        if known.embedded:
            return Known(item, sound_id)
        # A claim that moved to a copy would be lost with it while the first file is still embedded.
        # Within the transaction: after it the content may be stored, and its claim returned.
        if not claims.take(sound_id):
            return Copy(item, sound_id)
        now = database_now(session)
        if not claim_content(session, item.location_id, sound_id, leases.worker, now):
            claims.give_back(sound_id)
            return Elsewhere(item)
        return Claimed(item, sound_id, known.analysed)


def _decode(attempt: Attempt, decoder: DecoderProcess, hand_over: Callable[[Event], None]) -> None:
    # It may have been the analysis that crashed: the second attempt does without.
    analyse = attempt.analyse and not attempt.deaths
    try:
        _hand_over(attempt, decoder, hand_over, analyse)
    except DecoderStalled:
        if not analyse:
            raise
        # Or that hung, which shall not cost the sound its place in a search.
        _hand_over(attempt, decoder, hand_over, analyse=False, heard=Heard(HUNG, None))


def _hand_over(
    attempt: Attempt,
    decoder: DecoderProcess,
    hand_over: Callable[[Event], None],
    analyse: bool,
    heard: Heard | None = None,
) -> None:
    item, sound_id = attempt.item, attempt.sound_id
    for number, decoded in enumerate(decoder.decode(item, analyse)):
        if isinstance(decoded, Heard):
            heard = decoded
        elif isinstance(decoded, SoundFacts):
            hand_over(Decoded(item, sound_id, decoded, describe_file(item, decoder), heard))
        elif number >= attempt.handed_over:  # decoding is exact: what came before comes again
            hand_over(Windowed(item, sound_id, decoded))
            attempt.handed_over += 1
