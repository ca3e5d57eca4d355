"""Filters on metadata, analysis and user data: which sounds of a catalogue fit them."""

from typing import Any

import pytest
from sqlalchemy import Select, select

from foundsound.catalog.collections import create_collection, set_items
from foundsound.catalog.database import Catalog
from foundsound.catalog.marks import mark_sounds
from foundsound.catalog.models import (
    Location,
    Root,
    RootMount,
    Sound,
    SoundState,
    StoredAnalysis,
    StoredMetadata,
    utc_now,
)
from foundsound.catalog.paths import named_cat_id
from foundsound.catalog.tags import add_tags
from foundsound.errors import InvalidRequest
from foundsound.search.hydrate import found_sounds
from foundsound.search.query.filters import KINDS, Filters, conditions
from foundsound.search.query.grammar import parse
from tests.databases import both_databases

PATHS = {
    "oak": ("Doors/DOORWood_Heavy oak slam_FSND_01.wav", "copies/take 1.wav"),
    "gate": ("Doors/iron_gate.wav",),
    "drip": ("Water/WATRDrip_Sink.wav",),
    "beat": ("Loops/beat_120.wav",),
    "pad": ("Usb/pad.mp3",),
    "bare": ("misc/x.wav",),
}
METADATA: dict[str, dict[str, Any]] = {
    "oak": {
        "title": "Oak slam",
        "description": "Door slams shut,\nlong tail",
        "cat_id": "DOORWood",
    },
    "gate": {
        "category": "DOORS",
        "subcategory": "METAL",
        "cat_id": "DOORMetl",
        "library": "Old House",
    },
    "drip": {"originator": "Ada Field", "keywords": "sink; wet; Äther", "library": "new_age"},
    "beat": {"bpm": 120.0, "key": "A minor", "originator": "Bob"},
    "pad": {"key": "Bb", "category": "My Pads", "subcategory": "Warm"},
}
ANALYSIS: dict[str, dict[str, Any]] = {
    "oak": {"loudness_lufs": -14.2, "true_peak_dbtp": -0.3, "sound_class": "one-shot"},
    "gate": {"loudness_lufs": -31.0, "true_peak_dbtp": -6.0},
    "drip": {"loudness_lufs": -23.2, "true_peak_dbtp": -12.0, "sound_class": "ambience"},
    "beat": {"loudness_lufs": -9.0, "true_peak_dbtp": 0.8, "sound_class": "loop", "bpm": 60.0},
    "pad": {"bpm": 92.4, "key": "Gm", "sound_class": "loop"},
}
CODECS = {"pad": ("MP3", "MPEG_LAYER_III", None), "gate": ("WAV", "FLOAT", 32)}
FITTING = {
    "cat:DOOR*": ["gate", "oak"],
    "cat:doorwood": ["oak"],
    "cat:door": ["gate", "oak"],
    "cat:doors": ["gate", "oak"],
    "cat:doors/metal": ["gate"],
    "cat:doors/*": ["gate", "oak"],
    "cat:WATER": ["drip"],  # its file's name alone says so
    "cat:drip,wood": ["drip", "oak"],
    'cat:"my pads"': ["pad"],
    "cat:my?pads/warm": ["pad"],
    "-cat:doors": ["bare", "beat", "drip", "pad"],
    "-cat:*": ["bare", "beat"],
    "cat:nothing": [],
    "tag:wet": ["drip", "oak"],
    "tag:WET": ["drip", "oak"],
    "tag:wet tag:loud": ["oak"],
    "tag:wet,loud": ["beat", "drip", "oak"],
    "tag:lo*": ["beat", "oak"],
    'tag:"client x"': ["gate"],
    "tag:übung": ["pad"],
    "-tag:wet": ["bare", "beat", "gate", "pad"],
    "-tag:*": ["bare"],
    "tag:favourite": ["drip", "pad"],
    "tag:Fav*": ["drip", "pad"],
    "tag:favorite,loud": ["beat", "drip", "oak", "pad"],
    "-tag:favourite tag:wet": ["oak"],
    "tag:none": [],
    "state:online": ["bare", "beat", "drip", "gate", "oak"],
    "state:offline": ["oak", "pad"],  # one copy of the oak is on a drive that is gone
    "-state:online": ["oak", "pad"],
    "state:offline folder:copies": ["oak"],
    'collection:"trailer hits"': ["gate", "oak"],
    "collection:trailer*": ["gate", "oak"],
    "collection:trailer": [],
    "-collection:*": ["bare", "beat", "drip", "pad"],
    "artist:ada": ["drip"],
    'artist:"Ada Field" artist:b?b': ["beat", "drip"],
    "-artist:ada": ["bare", "beat", "gate", "oak", "pad"],
    "library:house": ["gate"],
    "library:new_age": ["drip"],
    "library:new?age": ["drip"],
    "library:newxage": [],
    "desc:slam": ["oak"],
    'desc:"slams shut" desc:oak': ["oak"],
    'desc:"slam door"': [],  # no phrase runs from the title into the description
    "desc:äther": ["drip"],
    "-desc:slam": ["bare", "beat", "drip", "gate", "pad"],
    "lufs:<-20": ["drip", "gate"],
    "lufs:-23": ["drip"],
    "lufs:>-100": ["beat", "drip", "gate", "oak"],
    "peak:>-1": ["beat", "oak"],
    "peak:>0": ["beat"],
    "bpm:120": ["beat"],
    "bpm:60": ["beat"],  # heard, whatever the file says
    "bpm:90..95": ["pad"],
    "key:Am": ["beat"],
    "key:A": [],
    "key:A#": ["pad"],
    'key:"G minor"': ["pad"],
    "-key:Bb": ["bare", "beat", "drip", "gate", "oak"],
    "class:loop": ["beat", "pad"],
    "-class:loop,one-shot": ["bare", "drip", "gate"],
    "bits:24": ["bare", "beat", "drip", "oak"],
    "bits:>24": ["gate"],
    "codec:pcm_24": ["bare", "beat", "drip", "oak"],
    "codec:*layer*": ["pad"],
    "-codec:pcm*": ["gate", "pad"],
    '"heavy oak"': ["oak"],  # the path
    '"slams shut"': ["oak"],  # the description
    '"ada field"': ["drip"],
    '"drip"': ["drip"],  # the name's category
    'words:"client x"': ["gate"],  # a tag
    '"slam door"': [],
    '-"*o*"': ["bare", "drip", "pad"],
    '"slam"': ["oak"],  # slams
    '"sla"': [],
    "tag:wet cat:DOOR* lufs:>-20 dur:<5": ["oak"],
    "cat:DOOR* folder:copies": ["oak"],  # the sound's category, whichever copy is named so
}


@pytest.fixture
def known(catalog: Catalog) -> Catalog:
    """Six sounds of which much is known, or nothing."""
    with catalog.write() as session:
        root = Root(path=b"/srv/sfx")
        session.add(root)
        session.flush()
        for folder in (b"copies", b"Usb"):
            mount = {"raw_path": folder + b"/", "below_end": folder + b"0"}
            lost = {**mount, "offline_since": utc_now()}
            session.add(RootMount(root_id=root.id, **lost))
        for number, (id_, paths) in enumerate(PATHS.items()):
            format_, codec, bits = CODECS.get(id_, ("WAV", "PCM_24", 24))
            facts = {"duration_s": 1.0 + number, "sample_rate": 48_000, "channels": 2}
            session.add(
                Sound(
                    id=id_,
                    size=1000,
                    state=SoundState.INDEXED,
                    format=format_,
                    codec=codec,
                    bit_depth=bits,
                    **facts,
                )
            )
            session.flush()
            for path in paths:
                raw = path.encode()
                cat_id = named_cat_id(raw)
                at = {"raw_path": raw, "path": path, "sound_id": id_, "cat_id": cat_id}
                session.add(Location(root_id=root.id, size=1000, mtime_ns=0, **at))
        # A file that is no sound yet: NOT IN must not stumble over its NULL.
        nameless = {"raw_path": b"DOORWood_y.wav", "path": "DOORWood_y.wav", "cat_id": "DOORWood"}
        session.add(Location(root_id=root.id, size=1, mtime_ns=0, **nameless))
        for id_, said in METADATA.items():
            session.add(StoredMetadata(sound_id=id_, version=1, extra={}, **said))
        for id_, heard in ANALYSIS.items():
            session.add(StoredAnalysis(sound_id=id_, version=1, **heard))
        add_tags(session, ["oak", "drip"], ["Wet"])
        add_tags(session, ["oak", "beat"], ["loud"])
        add_tags(session, ["gate"], ["Client X"])
        add_tags(session, ["pad"], ["Übung"])
        mark_sounds(session, ["drip", "pad"], favourite=True)
        set_items(session, create_collection(session, "Trailer Hits"), ["oak", "gate"])
    return catalog


def fitting(catalog: Catalog, filters: Filters) -> list[str]:
    """Ids that fit, asked of given sounds and of the whole catalogue, which must agree."""
    with catalog.read() as session:
        asked = conditions([filters], session.scalars(select(Root)).all())
        assert asked.whole is not None

        def ids(query: Select[*tuple[Any, ...]]) -> list[str]:
            return sorted({row[0] for row in session.execute(query)})

        found = ids(found_sounds(asked).where(Sound.id.in_(list(PATHS))))
        assert ids(found_sounds(asked.whole)) == found
    return found


@both_databases
def test_a_filter_finds_exactly_what_fits(known: Catalog) -> None:
    found = {typed: fitting(known, parse(typed).filters) for typed in FITTING}
    assert found == FITTING


@both_databases
def test_a_filter_turned_round_finds_the_others(known: Catalog) -> None:
    for typed, expected in FITTING.items():
        ((name, value), *more) = parse(typed).filters.given()
        words = value.model_dump()
        if more or KINDS[name].of_location or "none" not in words or words["none"]:
            continue  # several filters; one of two places; none to turn; turned already
        said = words.get("any") or words["all"]
        if len(said) == 1 or words.get("any"):
            turned = Filters.model_validate({name: {"none": said}})
            assert fitting(known, turned) == sorted(set(PATHS) - set(expected)), typed


def test_values_in_json_that_cannot_be() -> None:
    for fields in ({"key": {"any": ["H"]}}, {"class": {"none": ["music"]}}):
        with pytest.raises(InvalidRequest, match="is no"):
            conditions([Filters.model_validate(fields)], [])
