"""``foundsound show``: all that is known of one sound."""

from typing import TYPE_CHECKING, Annotated

import typer

from foundsound.cli.console import duration, out, plain
from foundsound.cli.settings import command_settings
from foundsound.cli.sound_ids import sound_id_of
from foundsound.errors import NotFound

if TYPE_CHECKING:
    from foundsound.sound_report import SoundReport

Line = tuple[str, str]  # label and what stands behind it


def show(
    sound: Annotated[str, typer.Argument(metavar="FILE|ID", help="A file, or a hit's sound_id.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show a sound's places, format, state and metadata."""
    settings = command_settings()
    from foundsound.library import Library, library_exists
    from foundsound.sound_report import report_sound

    sound_id = sound_id_of(sound, settings)
    if not library_exists(settings):
        raise NotFound("The library is empty; index a folder with: foundsound index ~/Sounds")
    from foundsound.cli.access import open_or_connect

    with open_or_connect(settings) as library:
        if isinstance(library, Library):
            with library.catalog.read() as session:
                report = report_sound(session, sound_id)
        else:
            report = library.sound(sound_id)
    if as_json:
        print(report.model_dump_json())
    else:
        _show(report)


def _show(report: "SoundReport") -> None:
    from rich.text import Text

    lines = [
        *_facts(report),
        *_said(report),
        *_suggested(report),
        *_analysis(report),
        *_metadata(report),
    ]
    for label, value in lines:
        out.print(Text.assemble((f"{label:<12}", "dim"), plain(value)), soft_wrap=True)


def _facts(report: "SoundReport") -> list[Line]:
    lines = [("file", path) for path in report.paths] or [("file", "none at hand")]
    lines.append(("sound", report.sound_id))
    state: str = "in quarantine" if report.state == "failed" else report.state
    if report.offline:
        state += ", offline"
    lines.append(("state", f"{state}: {report.error}" if report.error else state))
    if report.duration_s is not None:
        parts = [f"{report.format} {report.codec}", f"{report.sample_rate} Hz"]
        parts += [f"{report.bit_depth} bit"] if report.bit_depth else []
        parts += [f"{report.channels} ch", duration(report.duration_s)]
        lines.append(("format", ", ".join(parts)))
    lines.append(("size", f"{report.size_bytes:,} bytes"))
    lines.append(("added", f"{report.added_at:%Y-%m-%d %H:%M} UTC"))
    lines += [("windows", f"{item.count:,} ({item.model})") for item in report.windows]
    for file in report.ucs_files:
        lines.append(("by its name", f"{file.category} / {file.subcategory} ({file.cat_id})"))
    return lines


def _said(report: "SoundReport") -> list[Line]:
    """What people say of it."""
    collections = ", ".join(each.name for each in report.collections)
    lines = [("favourite", "yes" if report.favourite else ""), ("tags", ", ".join(report.tags))]
    lines += [("collections", collections), ("your note", report.note or "")]
    return [(label, value) for label, value in lines if value]


def _suggested(report: "SoundReport") -> list[Line]:
    """What it may be, by ear."""
    lines = []
    for label, kind in (("may be", "ucs"), ("may be", "tag")):
        found = [each for each in report.suggestions if each.kind == kind]
        told = ", ".join(f"{each.name} {each.strength:.1f}" for each in found)
        lines += [(label, told)] if told else []
    return lines


def _analysis(report: "SoundReport") -> list[Line]:
    heard = report.analysis
    if heard is None:
        return [] if report.state == "failed" else [("analysis", "not made yet; index again")]
    lines: list[Line] = [("class", heard.sound_class or "")]
    if heard.bit_rate is not None:
        lines.append(("bit rate", f"{heard.bit_rate / 1000:,.0f} kbit/s"))
    if heard.loudness_lufs is not None:
        lines.append(("loudness", f"{heard.loudness_lufs:.1f} LUFS"))
    if heard.true_peak_dbtp is not None:
        lines.append(("true peak", f"{heard.true_peak_dbtp:.1f} dBTP"))
    if heard.brightness_hz is not None:
        lines.append(("brightness", f"{heard.brightness_hz:,.0f} Hz"))
    if heard.onsets is not None:
        lines.append(("onsets", f"{heard.onsets:,}"))
    if heard.bpm is not None:
        lines.append(("heard bpm", f"{heard.bpm:.1f} (confidence {heard.bpm_confidence:.2f})"))
    if heard.key is not None:
        lines.append(("heard key", f"{heard.key} (confidence {heard.key_confidence:.2f})"))
    lines.append(("heard note", heard.note or ""))
    return [(label, value) for label, value in lines if value]


def _metadata(report: "SoundReport") -> list[Line]:
    metadata = report.metadata
    if metadata is None:
        return [] if report.state == "failed" else [("metadata", "not read yet; index again")]
    lines: list[Line] = []
    for label in ("title", "description", "originator", "library", "date", "comment"):
        lines.append((label, getattr(metadata, label) or ""))
    category = " / ".join(filter(None, (metadata.category, metadata.subcategory)))
    lines.append(("category", f"{category} ({metadata.cat_id})" if metadata.cat_id else category))
    lines.append(("keywords", ", ".join(metadata.keywords)))
    for label in ("project", "scene", "take", "key"):
        lines.append((label, getattr(metadata, label) or ""))
    lines.append(("bpm", f"{metadata.bpm:g}" if metadata.bpm else ""))
    lines += [(f"{key} ", value) for key, value in metadata.extra.items()]
    lines.append(("note", metadata.note or ""))
    if report.imported is not None:
        fields = ", ".join(report.imported.fields)
        lines.append(("imported", f"{fields} (from {report.imported.source})"))
    return [(label, " ".join(value.split())) for label, value in lines if value]
