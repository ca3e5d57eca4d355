"""The map as people get it: columns, which compress to a fifth of rows."""

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundsound.catalog.models import Location, Sound, StoredMetadata
from foundsound.map.keeper import MapState
from foundsound.map.layout import Layout
from foundsound.metadata.ucs import category_of

SIDE = 10_000  # coordinates are whole numbers from 0 to this
DECIMALS = 2  # of durations


class MapReport(MapState):
    """Sounds in the plane. Of the columns, all with one entry a sound have the same order."""

    version: str = Field(description="Another one means other sounds or places.")
    model: str = Field(examples=["starter"])
    method: str = Field(description="`umap`, or `pca` where umap-learn is not installed.")
    side: int = Field(default=SIDE, description="Coordinates go from 0 to this.")
    count: int = Field(default=0, description="Sounds on the map.")
    ids: list[str] = Field(default=[], description="Content hashes, as in hits.")
    x: list[int] = Field(default=[], description="From left to right.")
    y: list[int] = Field(default=[], description="From bottom to top.")
    names: list[str] = Field(default=[], description="File names.")
    durations: list[float] = Field(default=[], description="Seconds.")
    categories: list[str] = Field(default=[], description="The groups that `category` names.")
    category: list[int] = Field(
        default=[],
        description="Place in `categories`: by UCS, else the folder in the root; -1 for none.",
    )


def report_map(session: Session, state: MapState, layout: Layout | None, model: str) -> MapReport:
    """The map with what the catalogue says of its sounds; those that are gone are left out."""
    if layout is None:
        return MapReport(**dict(state), version="", model=model, method="")
    at = {sound_id: place for place, sound_id in enumerate(layout.ids)}
    report = MapReport(**dict(state), version=layout.version, model=model, method=layout.method)
    corners = (layout.points * SIDE).round().astype(int).tolist()
    groups: dict[str, int] = {}
    rows = session.execute(
        select(
            Location.sound_id,
            Location.path,
            Location.cat_id,
            Sound.duration_s,
            StoredMetadata.cat_id,
            StoredMetadata.category,
        )
        .join(Sound, Sound.id == Location.sound_id)
        .outerjoin(StoredMetadata, StoredMetadata.sound_id == Location.sound_id)
        .where(Location.missing_since.is_(None), Location.sound_id.is_not(None))
        .order_by(Location.id)
        .execution_options(yield_per=5000)
    )
    for sound_id, path, named, duration_s, said, category in rows:
        place = at.pop(str(sound_id), None)  # of copies, the first
        if place is None:
            continue
        known = category_of(said or named or "")
        group = known.category if known else category or _folder(path)
        report.ids.append(str(sound_id))
        report.x.append(corners[place][0])
        report.y.append(corners[place][1])
        report.names.append(path.rpartition("/")[2])
        report.durations.append(round(duration_s or 0.0, DECIMALS))
        report.category.append(groups.setdefault(group, len(groups)) if group else -1)
    report.categories = list(groups)
    report.count = len(report.ids)
    return report


def _folder(path: str) -> str:
    """The first folder of a path below a root; empty for a file that lies in the root itself."""
    return path.partition("/")[0] if "/" in path else ""
