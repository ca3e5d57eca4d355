"""One file's way from its path to events: identified, claimed in the catalogue, decoded."""

from collections.abc import Callable
from dataclasses import dataclass

from foundsound.analysis.sound_analysis import Heard
from foundsound.catalog.analysis import is_analysed
from foundsound.catalog.sounds import SoundFacts, claim_sound, refusal
from foundsound.errors import AudioError, FileUnavailable
from foundsound.library import Library
from foundsound.open_space import OpenSpace
from ingest.claims import Claims
from ingest.decode_child import CHANGING
from ingest.decoder_process import DecoderProcess, DecoderStalled
from ingest.describe import describe_file
from ingest.events import Claimed, Decoded, Event, Known, Refused, Unreadable, Windowed
from ingest.reconcile import WorkItem


@dataclass
class Attempt:
    """A file that is being worked on, and how far it came: a second attempt goes on from there."""

    item: WorkItem
    sound_id: str = ""  # empty until the content is known and claimed for this file
    handed_over: int = 0  # windows
    deaths: int = 0  # of decoders that had it in hand
    analyse: bool = True  # False when the content was analysed before


def prepare(
    library: Library,
    space: OpenSpace,
    attempt: Attempt,
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
        claimed = attempt.sound_id or _claim(library, space, attempt, sound_id, claims, hand_over)
        if claimed:
            _decode(attempt, decoder, hand_over)
    except AudioError as error:
        hand_over(Refused(item, attempt.sound_id, str(error)))
    except (FileUnavailable, DecoderStalled) as error:
        hand_over(Unreadable(item, attempt.sound_id, str(error)))


def _claim(
    library: Library,
    space: OpenSpace,
    attempt: Attempt,
    sound_id: str,
    claims: Claims,
    hand_over: Callable[[Event], None],
) -> bool:
    """True when this file is the one to be decoded for its content."""
    item = attempt.item
    with library.catalog.write() as session:
        wanted = claim_sound(session, item.location_id, sound_id, item.size, space.id)
        refused = refusal(session, sound_id)
        attempt.analyse = not is_analysed(session, sound_id)
    # A file that was touched is given another try: its owner may have reason to hope.
    if refused is not None and not item.changed:
        hand_over(Refused(item, sound_id, refused))
    elif wanted and claims.take(sound_id):
        attempt.sound_id = sound_id
        hand_over(Claimed(item, sound_id))
        return True
    else:
        hand_over(Known(item, sound_id))
    return False


def _decode(attempt: Attempt, decoder: DecoderProcess, hand_over: Callable[[Event], None]) -> None:
    item, sound_id = attempt.item, attempt.sound_id
    heard: Heard | None = None
    # It may have been the analysis that crashed: the second attempt does without.
    analyse = attempt.analyse and not attempt.deaths
    for number, decoded in enumerate(decoder.decode(item, analyse)):
        if isinstance(decoded, Heard):
            heard = decoded
        elif isinstance(decoded, SoundFacts):
            hand_over(Decoded(item, sound_id, decoded, describe_file(item, decoder), heard))
        elif number >= attempt.handed_over:  # decoding is exact: what came before comes again
            hand_over(Windowed(item, sound_id, decoded))
            attempt.handed_over += 1
