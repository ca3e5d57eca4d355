"""All that a library holds, in a form that can be compared; and a library that holds much."""

import json
import os
import threading
from pathlib import Path
from typing import Any, Literal

import numpy as np
from sqlalchemy import select

from foundsound.alerts.shapes import AlertQuery, NewAlert
from foundsound.alerts.store import create_alert
from foundsound.api_keys import Scope, make_key
from foundsound.catalog.collections import create_collection, place_items
from foundsound.catalog.label_sets import save_label_set
from foundsound.catalog.marks import mark_sounds
from foundsound.catalog.tags import add_tags
from foundsound.hearing.classifier import Classifier
from foundsound.hearing.clips import Clip
from foundsound.hearing.stretches import Item, Upload
from foundsound.indexing import IndexProgress
from foundsound.library import Library
from foundsound.search.query.query import Query
from foundsound.search.searcher import Searcher
from foundsound.transfer.archive import write_file, zipped
from foundsound.transfer.export import exporting
from foundsound.transfer.tables import exported_tables, line_of
from foundsound.vectors.index import WindowPoint
from ingest.run import index_paths
from tests.finding import nearest

# Counted anew wherever a library is opened and written.
VOLATILE = {"sounds": {"words_changed", "words_written"}}
ASKED: tuple[tuple[str, Literal["dense", "lexical"]], ...] = (
    ("noise", "dense"),
    ("a high tone", "dense"),
    ("noise", "lexical"),
)
Held = dict[str, list[dict[str, Any]]]


def fill(library: Library, example: Path) -> None:
    """Have people say things of the library's sounds."""
    ids = sorted(hit.sound_id for hit in nearest(library))
    with library.catalog.write() as session:
        add_tags(session, ids[:2], ["wet", "Läuten"])
        mark_sounds(session, ids[:1], favourite=True, note="the good one")
        hits = create_collection(session, "Trailer")
        place_items(session, hits, [ids[2], ids[0]])
        save_label_set(session, "mine", [{"text": "noise"}, {"text": "a tone"}], ["{}"])
        make_key(session, "nobody else's", Scope.READ)
    enrolled = Classifier(library).enrolled
    upload = Clip(os.fsencode(example), example.name)
    enrolled.enrol("The hiss", [Item(sound_id=ids[0]), Upload()], [upload])
    query = AlertQuery(text="noise")
    url = "https://hooks.example/foundsound"
    create_alert(library, NewAlert(name="hiss", query=query, webhook_url=url))


def held(library: Library) -> Held:
    """Rows of every table of an export, without what is counted anew."""
    found: Held = {}
    with library.catalog.read() as session:
        for table in exported_tables():
            order = list(table.primary_key.columns)
            rows = [
                json.loads(line_of(table, row))
                for row in session.execute(select(table).order_by(*order))
            ]
            for row in rows:
                for column in VOLATILE.get(table.name, ()):
                    row.pop(column, None)
            found[table.name] = rows
    return found


def vectors(library: Library) -> list[tuple[str, int, float, float, bytes]]:
    """Every window of the library's space, bit for bit."""
    with library.catalog.read() as session:
        table = next(table for table in exported_tables() if table.name == "sound_windows")
        ids = list(session.scalars(select(table.c.sound_id)))
    return [bits(point) for point in library.vectors.windows_of_sounds(ids)]


def bits(point: WindowPoint) -> tuple[str, int, float, float, bytes]:
    """A window and its vector, bit for bit."""
    vector = point.vector.astype(np.float32).tobytes()
    return point.sound_id, point.index, point.start_s, point.end_s, vector


def found(library: Library) -> list[tuple[str, str, float, float]]:
    """What searches answer, by ear and by name."""
    answers = []
    for text, mode in ASKED:
        query = Query(text=text, mode=mode, show_weak=True, fold=False)
        for hit in Searcher(library).search(query).hits:
            answers.append((text, hit.sound_id, round(hit.score or 0, 5), round(hit.bar or 0, 4)))
    return answers


def back_up(library: Library, file: Path) -> Path:
    """A backup in one file."""
    with exporting(library) as parts:
        write_file(zipped(parts), file)
    return file


def index_here(library: Library, *paths: Path) -> tuple[int, int]:
    """Index; returns how many sounds were embedded, and how many files were known."""
    progress = IndexProgress()
    index_paths(library, paths, progress, lambda _: None, threading.Event())
    return progress.embedded, progress.unchanged
