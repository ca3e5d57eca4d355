"""A sound to hear and to look at: its file, what browsers play, its waveform, its spectrogram."""

import asyncio
import os
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from foundsound.audio.formats import media_type
from foundsound.errors import FileUnavailable
from foundsound.media.playable import playable_type, rendition_type
from foundsound.media.works import PEAKS, RENDITION, SPECTROGRAM, Product
from foundsound.search.window_texts import SoundWindowsReport
from foundsound.user_data import check_sounds
from search_api.audio_response import AudioResponse, forever, until_improved
from search_api.played_file import PlayedFile, played_file
from search_api.problems import responses
from search_api.routers.sounds import SoundId
from search_api.state import ApiState, State

router = APIRouter(prefix="/sounds", tags=["sounds"])


def _file_responses(
    kind: str, whole: str, example: dict[str, Any] | None = None
) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries of a file, which is sent by ranges and on conditions as well."""
    content = {} if example is None else {"example": example}
    return {
        200: {"description": whole, "content": {kind: content}},
        206: {"description": "The range that was asked for.", "content": {kind: {}}},
        304: {"description": "What the If-None-Match header names is still right."},
        **responses(400, 404, 416, 422),
    }


AUDIO_RESPONSES = _file_responses("audio/*", "The whole file.")
PEAKS_RESPONSES = _file_responses(
    "application/json",
    "JSON as BBC's audiowaveform writes it, version 2: `data` holds the least and the greatest "
    "sample of each of `length` pixels, -32767 to 32767, of `samples_per_pixel` samples at "
    "`sample_rate` each.",
    {
        "version": 2,
        "channels": 1,
        "sample_rate": 48000,
        "samples_per_pixel": 512,
        "bits": 16,
        "length": 2,
        "data": [-1203, 1187, -9120, 10233],
    },
)


@router.head("/{sound_id}/audio", include_in_schema=False)
@router.get(
    "/{sound_id}/audio",
    summary="A sound's file",
    response_class=AudioResponse,
    responses=AUDIO_RESPONSES,
)
def get_audio(sound_id: SoundId, state: State) -> AudioResponse:
    """The file as it is, with byte ranges, so that players can seek."""
    file = played_file(state.library, sound_id)
    return _as_it_is(file, sound_id, media_type(file.name))


@router.head("/{sound_id}/rendition", include_in_schema=False)
@router.get(
    "/{sound_id}/rendition",
    summary="A sound as browsers play it",
    response_class=AudioResponse,
    responses=AUDIO_RESPONSES,
)
async def get_rendition(sound_id: SoundId, state: State) -> AudioResponse:
    """The file itself where every browser plays it, else a copy as WAV or Opus; with byte ranges.

    Copies have at most two channels and 48 kHz, and are made when they are first asked for.
    """
    made = state.media.find(RENDITION, sound_id)
    if made is None:
        file = await run_in_threadpool(played_file, state.library, sound_id)
        if file.facts is not None:
            facts = file.facts
            playable = playable_type(
                file.name, facts.format, facts.codec, facts.sample_rate, facts.channels
            )
            if playable:
                return _as_it_is(file, sound_id, playable)
        made = await _made_of(state, RENDITION, sound_id, file)
    return _made(RENDITION, sound_id, made, rendition_type(made))


@router.get(
    "/{sound_id}/peaks",
    summary="A sound's waveform",
    response_class=AudioResponse,
    responses=PEAKS_RESPONSES,
)
async def get_peaks(
    sound_id: SoundId,
    state: State,
    zoom: Annotated[
        Literal["overview", "detail"],
        Query(
            description="`overview`: at most 1,000 pixels; `detail`: 100 a second, 60,000 at most."
        ),
    ] = "overview",
) -> AudioResponse:
    """What a player needs to draw a waveform: extremes of all channels' mean."""
    return await _product(state, PEAKS[zoom], sound_id, "application/json")


@router.get(
    "/{sound_id}/spectrogram.png",
    summary="A sound's spectrogram",
    response_class=AudioResponse,
    responses=_file_responses("image/png", "1200 by 256 pixels."),
)
async def get_spectrogram(
    sound_id: SoundId, state: State, theme: Literal["dark", "light"] = "dark"
) -> AudioResponse:
    """The whole sound from left to right, 40 Hz to 20 kHz on the mel scale from bottom to top.

    Colours span 80 dB below the sound's loudest.
    """
    return await _product(state, SPECTROGRAM[theme], sound_id, "image/png")


@router.get("/{sound_id}/windows", summary="A sound's windows", responses=responses(404))
def get_windows(sound_id: SoundId, state: State) -> SoundWindowsReport:
    """The stretches that were embedded, each with the UCS categories that stand out in it."""
    with state.library.catalog.read() as session:
        check_sounds(session, [sound_id])
    with state.library.searching() as space:
        return state.window_texts.report(space, sound_id)


async def _product(state: ApiState, product: Product, sound_id: str, kind: str) -> AudioResponse:
    made = state.media.find(product, sound_id)
    if made is None:
        file = await run_in_threadpool(played_file, state.library, sound_id)
        made = await _made_of(state, product, sound_id, file)
    return _made(product, sound_id, made, kind)


async def _made_of(state: ApiState, product: Product, sound_id: str, file: PlayedFile) -> Path:
    if not file.same:
        raise FileUnavailable(
            "The sound's file was changed since it was indexed; index it again, or wait until "
            "foundsound notices."
        )
    # Shielded: others may wait for the same file when this one's browser has gone.
    await asyncio.shield(asyncio.wrap_future(state.media.make(product, sound_id, file.path)))
    made = state.media.find(product, sound_id)
    if made is None:
        raise FileUnavailable(
            "There is no room for what is made of sounds; raise FOUNDSOUND_MEDIA_CACHE_BYTES."
        )
    return made


def _as_it_is(file: PlayedFile, sound_id: str, kind: str) -> AudioResponse:
    return AudioResponse(
        os.fsdecode(file.path),
        media_type=kind,
        filename=file.name,
        content_disposition_type="inline",
        headers=forever(sound_id) if file.same else {},
    )


def _made(product: Product, sound_id: str, path: Path, kind: str) -> AudioResponse:
    headers = until_improved(product.name(sound_id))
    return AudioResponse(path, media_type=kind, headers=headers)
