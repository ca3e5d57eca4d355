"""The tools of the MCP server. Each call opens the library, or asks the process that has it open:
so an assistant that is merely running keeps nobody from the library.
"""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

from foundsound import __version__
from foundsound.cli.access import open_or_connect
from foundsound.cli.hearing_access import hearing
from foundsound.cli.remote import RemoteLibrary
from foundsound.errors import FoundsoundError, NotFound
from foundsound.hearing.classifier import ClassifyRequest
from foundsound.hearing.labels import Label
from foundsound.hearing.stretches import Item
from foundsound.library import Library, library_exists
from foundsound.path_map import PathMap
from foundsound.search.query.parts import ItemPart
from foundsound.search.query.query import Query
from foundsound.search.results import Hit, SearchResult
from foundsound.search.searcher import Searcher
from foundsound.settings import Settings
from foundsound.sound_report import SoundReport, report_sound

MOST_HITS = 100
INSTRUCTIONS = (
    "A library of sound files, searched by what they sound like and by what is said of them. "
    "Describe the sound itself, in plain words. Filters may stand in the text: dur:<5, fmt:wav, "
    "ch:stereo, cat:DOOR*, tag:wet, folder:Rain; -word leaves something out."
)
READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
Limit = Annotated[int, Field(ge=1, le=MOST_HITS, description="Most sounds to return.")]
SoundId = Annotated[str, Field(description="The sound_id of a hit.", max_length=64)]
T = TypeVar("T")


class FoundSound(BaseModel):
    """A sound that was found."""

    sound_id: str
    path: str
    duration_s: float
    fit: float | None = Field(description="From 0 to 1; below 0.25 it hardly stands out.")
    start_s: float = Field(description="Where the stretch that fits best begins.")
    end_s: float
    said: list[str] = Field(description="Words of the query that are said of it.")


class Found(BaseModel):
    """The sounds that fit, best first."""

    sounds: list[FoundSound]
    searched_as: str | None = Field(description="What was searched, where it was put into English.")


class LabelFit(BaseModel):
    """How well a label fits."""

    label: str
    score: float = Field(description="Of all labels together 1.")


class AudioFiles(BaseModel):
    """Where a sound lies."""

    sound_id: str
    paths: list[str] = Field(description="On this machine; each is the same sound.")
    readable: bool = Field(description="The first of them can be opened here.")
    duration_s: float | None


def make_server(settings: Settings) -> MCPServer:
    """The server over the library of ``settings``."""
    server = MCPServer(
        "foundsound", version=__version__, instructions=INSTRUCTIONS, log_level="WARNING"
    )

    async def search(
        text: Annotated[str, Field(description="What the sound is like.")], limit: Limit = 10
    ) -> Found:
        """Find sounds by a description."""
        return await _told(lambda: _found(settings, Query(text=text, limit=limit)))

    async def similar(
        sound_id: SoundId,
        text: Annotated[
            str, Field(description="How they shall differ, such as 'more distant'.")
        ] = "",
        limit: Limit = 10,
    ) -> Found:
        """Find sounds that sound like one of the library."""
        parts = (ItemPart(sound_id=sound_id),)
        query = Query(text=text or None, parts=parts, limit=limit)
        return await _told(lambda: _found(settings, query))

    async def classify(
        sound_id: SoundId,
        labels: Annotated[list[str], Field(description="To choose between.", min_length=1)],
        none_of_these: Annotated[
            bool, Field(description="None of the labels is a choice as well.")
        ] = True,
    ) -> list[LabelFit]:
        """Say which of these labels fits a sound of the library, best first."""
        return await _told(lambda: _classified(settings, sound_id, labels, none_of_these))

    async def get_audio_path(sound_id: SoundId) -> AudioFiles:
        """Say where a sound's file lies, to open it."""
        return await _told(lambda: _files(settings, sound_id))

    for tool in (search, similar, classify, get_audio_path):
        server.add_tool(tool, annotations=READS)
    return server


async def _told(work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except FoundsoundError as error:
        raise ToolError(str(error)) from error


@contextmanager
def _library(settings: Settings) -> Iterator[Library | RemoteLibrary]:
    if not library_exists(settings):
        raise NotFound("The library is empty; index a folder with: foundsound index ~/Sounds")
    with open_or_connect(settings) as library:
        yield library


def _found(settings: Settings, query: Query) -> Found:
    with _library(settings) as library:
        source = Searcher(library) if isinstance(library, Library) else library
        result = source.search(query)
    return Found(sounds=list(map(_sound, result.hits)), searched_as=_english(result))


def _sound(hit: Hit) -> FoundSound:
    return FoundSound(
        sound_id=hit.sound_id,
        path=hit.path,
        duration_s=hit.duration_s,
        fit=hit.bar,
        start_s=hit.start_s,
        end_s=hit.end_s,
        said=[word.found for word in hit.words],
    )


def _english(result: SearchResult) -> str | None:
    return "; ".join(each.english for each in result.searched_as) or None


def _classified(
    settings: Settings, sound_id: str, labels: Sequence[str], none_of_these: bool
) -> list[LabelFit]:
    request = ClassifyRequest(
        labels=[Label(name=label) for label in labels],
        none_of_these=none_of_these,
        of=[Item(sound_id=sound_id)],
    )
    with hearing(settings) as access:
        (result,) = access.classify(request).results
    return [LabelFit(label=each.label, score=each.score) for each in result.scores]


def _files(settings: Settings, sound_id: str) -> AudioFiles:
    with _library(settings) as library:
        report = _report(library, sound_id)
    here = PathMap(settings.path_map)
    paths = [os.fsdecode(here.local(os.fsencode(path))) for path in report.paths]
    readable = bool(paths) and os.access(paths[0], os.R_OK)
    return AudioFiles(
        sound_id=report.sound_id, paths=paths, readable=readable, duration_s=report.duration_s
    )


def _report(library: Library | RemoteLibrary, sound_id: str) -> SoundReport:
    if isinstance(library, RemoteLibrary):
        return library.sound(sound_id)
    with library.catalog.read() as session:
        return report_sound(session, sound_id)
