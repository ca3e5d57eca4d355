"""The monitor: a recording with known events, streams that die and come back, a slow model."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import soundfile

from demo.synth.signals import RATE
from foundsound.embedding.embedder import Embedder, Floats
from foundsound.errors import InvalidRequest
from foundsound.listening.detector import Detector, Event, Rules
from foundsound.listening.model import listening_model
from foundsound.listening.monitor import Heard, Monitor
from foundsound.listening.source import Source, SourceLost
from foundsound.listening.targets import Targets, targets_of
from foundsound.search.clips import Clip
from foundsound.search.strength import Scale
from foundsound.settings import Settings
from tests.listening.generated import CHOSEN, clip, precision_recall, write_recording
from tests.signals import noise, tone, write

SECONDS = float(os.environ.get("FOUNDSOUND_TEST_LISTEN_S", "180"))


def listening_for(
    settings: Settings, folder: Path, labels: Sequence[str]
) -> tuple[Embedder, Targets]:
    embedder, calibration = listening_model(settings)
    clips = []
    for label in labels:
        path = folder / label
        soundfile.write(path, clip(label), RATE, format="WAV")
        clips.append(Clip(os.fsencode(path), label))
    return embedder, targets_of(embedder, calibration, settings, [], clips, None)


def monitor_of(source: Source, embedder: Embedder, targets: Targets, hop_s: float = 1.0) -> Monitor:
    rules = Rules(hop_s, least_s=0.0, hold_s=3.0)
    return Monitor(source, embedder, targets, Detector(rules, targets.on, targets.reach), 3.0)


def test_a_recording_with_known_events(settings: Settings, tmp_path: Path) -> None:
    truths = write_recording(tmp_path / "long.wav", SECONDS, seed=7)
    embedder, targets = listening_for(settings, tmp_path, sorted(CHOSEN))
    monitor = monitor_of(Source(str(tmp_path / "long.wav")), embedder, targets)
    started = time.perf_counter()
    events = [event for heard in monitor.listen() for event in heard.events]
    speed = SECONDS / (time.perf_counter() - started)
    precision, recall = precision_recall(truths, events, targets.names)
    print(f"{len(truths)} events, precision {precision:.2f}, recall {recall:.2f}, {speed:.0f} x")
    assert len(truths) >= SECONDS / 30
    assert precision >= 0.6
    assert recall >= 0.75
    starts = [each for each in events if each.kind == "start"]
    assert len(starts) == len([each for each in events if each.kind == "end"])


def test_a_sound_is_told_within_a_hop_of_it(settings: Settings, tmp_path: Path) -> None:
    begins = [5.05, 15.3, 25.55, 35.8, 45.98]  # early and late in a hop
    sound = 0.03 * noise(55.0)
    for at in begins:
        first = round(at * 44_100)
        sound[first : first + 3 * 44_100] += tone(3.0, hz=880.0)
    example = write(tmp_path / "tone.wav", tone(3.0, hz=880.0))
    embedder, calibration = listening_model(settings)
    clips = [Clip(os.fsencode(example), "tone")]
    targets = targets_of(embedder, calibration, settings, [], clips, None)
    source = Source(str(write(tmp_path / "bursts.wav", sound)))
    told = [
        heard.end_s
        for heard in monitor_of(source, embedder, targets).listen()
        for event in heard.events
        if event.kind == "start"
    ]
    assert len(told) == len(begins)
    late = np.array(told) - np.array(begins)
    assert (late > 0).all()
    assert (late <= 1.0).all(), late


def test_a_model_that_is_busy_gets_fewer_short_windows() -> None:
    targets = Targets(["x"], np.array([[1.0, 0.0]], np.float32), [Scale(0.0, 0.1)], [2.0])
    detector = Detector(Rules(1.0, 0.0, 1.0), targets.on, targets.reach)
    monitor = Monitor(_Clock("-"), _Slow(), targets, detector, 3.0)  # type: ignore[arg-type]
    ends = []
    for heard in monitor.listen():
        ends.append(heard.end_s)
        if heard.end_s >= 8:
            monitor.stop()
            break
    between = np.diff(ends)
    assert between[-1] > 0.9  # it takes 0.25 s for each


class _Stream(BaseHTTPRequestHandler):
    """A WAV stream that breaks off after each of its parts."""

    parts: list[bytes]

    def do_GET(self) -> None:
        if not self.parts:
            self.send_error(503)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.parts.pop(0))

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[str]:
    parts = []
    for name, samples in (("a", tone(4.0)), ("b", noise(3.0)), ("c", tone(4.0))):
        path = write(tmp_path / f"{name}.wav", samples)
        parts.append(path.read_bytes())
    _Stream.parts = [parts[0], b"", parts[1], parts[2]]
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Stream)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/live"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_stream_that_dies_and_comes_back(
    settings: Settings, tmp_path: Path, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foundsound.listening.monitor.RETRY_S", 0.05)
    embedder, calibration = listening_model(settings)
    example = write(tmp_path / "tone.wav", tone(3.0))
    clips = [Clip(os.fsencode(example), "tone")]
    targets = targets_of(embedder, calibration, settings, [], clips, None)
    told: list[str] = []
    rules = Rules(1.0, 0.0, 1.0)
    monitor = Monitor(
        Source(stream),
        embedder,
        targets,
        Detector(rules, targets.on, targets.reach),
        3.0,
        told.append,
    )
    events: list[Event] = []
    for heard in monitor.listen():
        events += heard.events
        if [each.kind for each in events].count("end") == 2:
            monitor.stop()
    kinds = [each.kind for each in events]
    assert kinds[:4] == ["start", "end", "start", "end"]
    assert any("Trying again" in each for each in told)
    assert any("is back" in each for each in told)


class _BreaksOff:
    """A live source and a model of it: while that works on a second of silence, two of sound come,
    and the source breaks off and is back for a moment."""

    live, shown = True, "http://127.0.0.1/live"
    sample_rate, window_s, dim = 1000, 10.0, 2

    def __init__(self) -> None:
        self._working, self._back = threading.Event(), threading.Event()

    def blocks(self, rate: int) -> Iterator[Floats]:
        if self._working.is_set():  # and so what came before has been handed over
            self._back.set()
            return
        yield np.zeros(rate, np.float32)
        assert self._working.wait(60)
        yield np.ones(rate, np.float32)
        yield np.ones(rate, np.float32)

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        self._working.set()
        assert self._back.wait(60)
        return np.array([[each[-1], 1 - each[-1]] for each in windows], np.float32)


def test_the_end_of_what_breaks_off_is_heard_though_more_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("foundsound.listening.monitor.RETRY_S", 0.05)
    targets = Targets(["x"], np.array([[1.0, 0.0]], np.float32), [Scale(0.0, 0.1)], [2.0])
    detector = Detector(Rules(1.0, 0.0, 1.0), targets.on, targets.reach)
    live = _BreaksOff()
    monitor = Monitor(live, live, targets, detector, 1.0)  # type: ignore[arg-type]
    kinds: list[str] = []
    for heard in monitor.listen():
        kinds += [event.kind for event in heard.events]
        if "end" in kinds:
            monitor.stop()
    assert kinds == ["start", "end"]


class _Fails:
    """A source that fails after a part of a hop, and a model that hears 1 in all."""

    sample_rate, window_s, dim, shown = 1000, 10.0, 2, "a source"

    def __init__(self, live: bool, error: Exception) -> None:
        self.live, self._error = live, error

    def blocks(self, rate: int) -> Iterator[Floats]:
        yield np.ones(rate * 3 // 2, np.float32)
        raise self._error

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        return np.array([[1.0, 0.0]] * len(windows), np.float32)


@pytest.mark.parametrize(
    ("live", "error"),
    [(False, SourceLost("It is cut off.")), (False, ValueError("No.")), (True, ValueError("No."))],
)
def test_what_came_before_an_error_is_told(live: bool, error: Exception) -> None:
    targets = Targets(["x"], np.array([[1.0, 0.0]], np.float32), [Scale(0.0, 0.1)], [2.0])
    detector = Detector(Rules(1.0, 0.0, 1.0), targets.on, targets.reach)
    failing = _Fails(live, error)
    monitor = Monitor(failing, failing, targets, detector, 1.0)  # type: ignore[arg-type]
    told: list[Heard] = []
    with pytest.raises(type(error), match=str(error)):
        told.extend(monitor.listen())
    assert [event.kind for heard in told for event in heard.events] == ["start", "end"]
    assert told[-1].end_s == 1.5


class _Slow:
    """A model that takes longer than a hop."""

    sample_rate, window_s, dim = 1000, 10.0, 2

    def embed_audio(self, windows: Sequence[Floats]) -> Floats:
        time.sleep(0.25)
        return np.array([[1.0, 0.0]] * len(windows), np.float32)


class _Clock(Source):
    """A live source: a tenth of a second of sound every tenth of a second."""

    @property
    def live(self) -> bool:
        return True

    def blocks(self, rate: int) -> Iterator[Floats]:
        while True:
            time.sleep(0.1)
            yield np.ones(rate // 10, np.float32)


def test_a_live_source_never_falls_behind() -> None:
    targets = Targets(["x"], np.array([[1.0, 0.0]], np.float32), [Scale(0.0, 0.1)], [2.0])
    detector = Detector(Rules(0.1, 0.0, 1.0), targets.on, targets.reach)
    monitor = Monitor(_Clock("-"), _Slow(), targets, detector, 1.0)  # type: ignore[arg-type]
    started, last = (
        time.monotonic(),
        Heard(0, 0, np.zeros(1, np.float32), np.zeros(1, np.float32), [], 0),
    )
    for heard in monitor.listen():
        last = heard
        if heard.end_s >= 3:
            monitor.stop()
            break
    assert last.skipped > 5
    assert time.monotonic() - started < 60


def test_what_cannot_be_heard(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="There is no file"):
        Source(str(tmp_path / "none.wav"))
    words = tmp_path / "words.wav"
    words.write_text("no audio")
    with pytest.raises(SourceLost, match="cannot be heard"):
        list(Source(str(words)).blocks(16_000))
    embedder, calibration = listening_model(settings)
    for texts, sentence in (
        ([], "Say what to listen for"),
        (["rain", "Rain"], "is listened for twice"),
        ([" "], "is empty"),
        ([str(n) for n in range(201)], "the most is 200"),
    ):
        with pytest.raises(InvalidRequest, match=sentence):
            targets_of(embedder, calibration, settings, texts, [], None)


def test_a_sound_shorter_than_a_hop_is_heard(settings: Settings, tmp_path: Path) -> None:
    path = write(tmp_path / "short.wav", tone(0.6))
    embedder, calibration = listening_model(settings)
    clips = [Clip(os.fsencode(path), "tone")]
    targets = targets_of(embedder, calibration, settings, [], clips, None)
    heard = list(monitor_of(Source(str(path)), embedder, targets).listen())
    assert [event.kind for each in heard for event in each.events] == ["start", "end"]


def test_silence_is_nothing(settings: Settings, tmp_path: Path) -> None:
    path = write(tmp_path / "silent.wav", np.zeros((44_100 * 4, 1), np.float32))
    embedder, calibration = listening_model(settings)
    targets = targets_of(embedder, calibration, settings, ["silence", "hum"], [], None)
    heard = list(monitor_of(Source(str(path)), embedder, targets).listen())
    assert [event for each in heard for event in each.events] == []
    assert len(heard) >= 4
