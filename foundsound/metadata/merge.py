"""What a librarian's table says of a sound, and what its file says, as one."""

from dataclasses import fields, replace

from foundsound.metadata.sound_metadata import SoundMetadata

_CATEGORY = ("category", "subcategory", "cat_id")


def merged(own: SoundMetadata, imported: SoundMetadata) -> SoundMetadata:
    """Imported fields win, because a librarian's table is what people kept up; the file completes.

    Category, subcategory and CatID come from one of the two, together. Keywords add up, imported
    ones first, and so do fields that have no place of their own.
    """
    values = {
        field.name: getattr(imported, field.name)
        for field in fields(SoundMetadata)
        if field.name not in ("keywords", "extra", "note", *_CATEGORY)
        and getattr(imported, field.name) is not None
    }
    if any(getattr(imported, name) for name in _CATEGORY):
        values |= {name: getattr(imported, name) for name in _CATEGORY}
    known = {word.casefold() for word in imported.keywords}
    more = tuple(word for word in own.keywords if word.casefold() not in known)
    return replace(
        own,
        **values,
        keywords=imported.keywords + more,
        extra={**own.extra, **imported.extra},
    )


def filled(metadata: SoundMetadata) -> dict[str, object]:
    """The fields that hold something, as JSON can have them."""
    values = {field.name: getattr(metadata, field.name) for field in fields(SoundMetadata)}
    kept = {name: value for name, value in values.items() if value}
    if "keywords" in kept:
        kept["keywords"] = list(metadata.keywords)
    return kept


def from_filled(values: dict[str, object]) -> SoundMetadata:
    """What :func:`filled` was made of; fields that are no longer known are left out."""
    known = {field.name for field in fields(SoundMetadata)}
    kept = {name: value for name, value in values.items() if name in known}
    if "keywords" in kept:
        kept["keywords"] = tuple(kept["keywords"])  # type: ignore[arg-type]
    return SoundMetadata(**kept)  # type: ignore[arg-type]
