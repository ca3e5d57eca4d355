"""``foundsound listen``: hears a source as it comes, and tells of what begins and ends in it."""

import contextlib
import json
import os
import re
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from foundsound.cli.console import duration, err, plain
from foundsound.cli.settings import command_settings
from foundsound.errors import InvalidRequest

if TYPE_CHECKING:
    from rich.table import Table

    from foundsound.listening.detector import Event
    from foundsound.listening.monitor import Heard, Monitor
    from foundsound.listening.targets import Targets

_RAW = re.compile(r"(\d{4,6})(?::(\d{1,3}))?")
BAR = 20  # characters


def listen(
    source: Annotated[
        str,
        typer.Argument(
            help="'device' or 'device:NAME', '-' for a pipe, a file, or an http or rtsp address."
        ),
    ],
    text: Annotated[
        list[str] | None, typer.Option("--for", metavar="TEXT", help="What to listen for.")
    ] = None,
    like: Annotated[
        list[str] | None, typer.Option("--like", metavar="FILE", help="Sounds like this file.")
    ] = None,
    sound: Annotated[
        list[str] | None, typer.Option("--sound", metavar="NAME", help="An enrolled sound.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Strength from which one counts; 4 is clear.")
    ] = None,
    hop: Annotated[float, typer.Option(min=0.1, max=60, help="Seconds between two windows.")] = 1.0,
    window: Annotated[
        float | None, typer.Option(min=0.25, help="Seconds that are heard together; 3.")
    ] = None,
    least: Annotated[
        float, typer.Option("--least", min=0, help="Shortest event, in seconds.")
    ] = 0.0,
    hold: Annotated[
        float, typer.Option("--hold", min=0, help="Seconds of quiet after which one is over.")
    ] = 2.0,
    raw: Annotated[
        str | None,
        typer.Option(metavar="RATE[:CHANNELS]", help="The pipe is 16-bit samples, no header."),
    ] = None,
    webhook: Annotated[
        str | None, typer.Option(metavar="URL", help="POST each event, signed as alerts are.")
    ] = None,
    secret: Annotated[str | None, typer.Option(help="Signs what is sent to the webhook.")] = None,
    keep: Annotated[
        str | None, typer.Option(metavar="DIR", help="Keep the sound of each event there.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object an event.")] = False,
    model: Annotated[str | None, typer.Option(help="Embedding model.")] = None,
) -> None:
    """Listen to a device, a pipe, a file or a stream until it ends or Ctrl-C."""
    settings = command_settings(model=model)
    from foundsound.alerts.addresses import check_url
    from foundsound.alerts.signature import check_secret, new_secret
    from foundsound.listening.detector import Detector, Rules
    from foundsound.listening.model import enrolled_sounds, listening_model
    from foundsound.listening.monitor import Monitor
    from foundsound.listening.notify import Notifier
    from foundsound.listening.source import Source
    from foundsound.listening.targets import targets_of
    from foundsound.search.clips import Clip

    heard_from = Source(source, _raw(raw))
    if webhook is not None:
        check_url(webhook)
        if secret is None:
            secret = new_secret()
            err.print(f"The webhook's secret: {secret}", markup=False, soft_wrap=True)
        check_secret(secret)
    if keep is not None and not os.path.isdir(os.path.expanduser(keep)):
        raise InvalidRequest(f"There is no folder {keep}; make it first.")
    embedder, calibration = listening_model(settings)
    clips = [
        Clip(os.fsencode(os.path.expanduser(name)), os.path.basename(name)) for name in like or ()
    ]
    enrolled = enrolled_sounds(settings, embedder, sound or [])
    targets = targets_of(embedder, calibration, settings, text or [], clips, threshold, enrolled)
    seconds = min(window or max(3.0, hop), embedder.window_s)
    if hop > seconds:
        raise InvalidRequest(f"A hop of {hop:g} s would miss what lies between two windows.")
    monitor = Monitor(
        heard_from,
        embedder,
        targets,
        Detector(Rules(hop, least, hold), targets.on, targets.reach),
        seconds,
        tell=lambda sentence: err.print(plain(sentence), markup=False, soft_wrap=True),
    )
    signal.signal(signal.SIGTERM, lambda *_: monitor.stop())
    with contextlib.ExitStack() as opened:
        notifier = None
        if webhook is not None and secret is not None:
            notifier = opened.enter_context(Notifier(webhook, secret, settings))
        opened.enter_context(contextlib.suppress(KeyboardInterrupt))
        for heard in _shown(monitor, targets, as_json):
            for event in heard.events:
                told = _told(event, targets, heard_from.shown)
                if event.kind == "end" and keep is not None:
                    told["snippet"] = _kept(monitor, event, embedder.sample_rate, keep, targets)
                _print(told, as_json)
                if notifier is not None:
                    notifier.send(told)


def _raw(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = _RAW.fullmatch(text)
    if match is None or not 1 <= int(match[2] or 1) <= 128:
        raise InvalidRequest(f"--raw takes a rate and channels such as 48000:2, not '{text}'.")
    return int(match[1]), int(match[2] or 1)


def _shown(monitor: "Monitor", targets: "Targets", as_json: bool) -> Iterator["Heard"]:
    """What is heard, with a live table on a terminal."""
    if as_json or not err.is_terminal:
        yield from monitor.listen()
        return
    from rich.live import Live

    with Live(console=err, transient=True, auto_refresh=False) as live:
        for heard in monitor.listen():
            yield heard
            live.update(_table(heard, targets), refresh=True)


def _table(heard: "Heard", targets: "Targets") -> "Table":
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, show_header=False)
    for name, on, strength in zip(targets.names, heard.thresholds, heard.strengths, strict=True):
        full = max(float(strength), 0.0) / (2 * float(on))
        style = "bold green" if strength >= on else "dim"
        bar = "█" * round(BAR * min(full, 1.0))
        table.add_row(
            f"[{style}]{bar:<{BAR}}[/]", f"{max(float(strength), 0.0):4.1f}", escape(name)
        )
    late = f", {heard.skipped} hops skipped" if heard.skipped else ""
    table.add_row("", "", f"[dim]{duration(heard.end_s)}{late}[/]")
    return table


def _told(event: "Event", targets: "Targets", source: str) -> dict[str, object]:
    from foundsound.catalog.models import utc_now

    return {
        "type": f"event.{event.kind}",
        "timestamp": utc_now().isoformat(timespec="milliseconds"),
        "source": source,
        "label": targets.names[event.target],
        "start_s": round(event.start_s, 3),
        "end_s": round(event.end_s, 3),
        "strength": round(event.strength, 2),
    }


def _print(told: dict[str, object], as_json: bool) -> None:
    if as_json:
        print(json.dumps(told, ensure_ascii=False), flush=True)
        return
    start, end = float(str(told["start_s"])), float(str(told["end_s"]))
    state = "begins" if told["type"] == "event.start" else f"ended after {end - start:.0f} s"
    print(f"{duration(start)}\t{told['strength']:.1f}\t{told['label']}\t{state}", flush=True)


def _kept(
    monitor: "Monitor", event: "Event", rate: int, folder: str, targets: "Targets"
) -> str | None:
    """Write an event's sound, as far as it is still there, and say where."""
    import soundfile

    from foundsound.catalog.models import utc_now

    samples = monitor.snippet(event.start_s - 1, event.end_s + 1)
    if not len(samples):
        return None
    label = re.sub(r"\W+", "_", targets.names[event.target]).strip("_")[:60] or "sound"
    name = f"{utc_now():%Y%m%dT%H%M%S}_{event.start_s:09.2f}_{label}.wav"
    path = os.path.join(os.path.expanduser(folder), name)
    try:
        soundfile.write(path, samples, rate, subtype="PCM_16")
    except (OSError, soundfile.SoundFileError) as error:
        err.print(f"{path} cannot be written: {error}", markup=False, soft_wrap=True)
        return None
    return path
