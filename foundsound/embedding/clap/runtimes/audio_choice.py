"""Which runtime hears: the first that is there, that the processor suits, and that agrees."""

import logging
from collections.abc import Callable

from foundsound.embedding.clap.probes import agreement, require_agreement
from foundsound.embedding.clap.runtimes.export_cache import AUDIO, Export
from foundsound.embedding.clap.runtimes.fixed_sounds import fixed_sounds
from foundsound.embedding.clap.runtimes.machine import lacking
from foundsound.embedding.clap.runtimes.verdicts import remembered
from foundsound.embedding.clap.sources import FilesSource
from foundsound.embedding.clap.towers import AudioTower, FrontEnd
from foundsound.embedding.starter.window_pool import WindowPool
from foundsound.errors import ModelError
from foundsound.settings import Settings

# Fastest first, where it was measured, so nothing is measured to choose; but bfloat16 comes before
# integers, because it is nearer to float32 (0.99996, and 0.9997). CPU ms a window of
# clap-htsat-unfused on two cores of a Zen 5; of a Zen 4; the probes', with AMX:
PREFERRED_FIRST = (
    "openvino-bf16",  # 41; 70; 35
    "openvino-int8",  # -; 55
    "torch-bf16",  # 57; 103; 77
    "onnxruntime-int8-shared",  # on a Zen 3 112 where the next takes 125
    "onnxruntime-int8",  # -; 95
    "openvino-f32",  # 65; 131; 113
    "onnxruntime",  # 78; 146
    "torch-fp32",  # 185; 205; 218
)
# What a library raises that is installed, but broken: a part of it is missing, or does not fit.
BROKEN = (ImportError, OSError, RuntimeError)
log = logging.getLogger(__name__)
Make = Callable[[], AudioTower]


def choose_audio(
    export: Export,
    source: FilesSource,
    settings: Settings,
    frontend: FrontEnd,
    pool: WindowPool,
) -> AudioTower:
    """The runtime that the settings name, or the first that agrees with torch in float32.

    Raises:
        ModelError: the named one cannot run here, or does not agree.
    """
    named = settings.clap_runtime != "auto"
    for runtime in (settings.clap_runtime,) if named else PREFERRED_FIRST:
        reason = lacking(runtime)
        cause: Exception | None = None
        try:
            if reason is None:
                return _agreeing(
                    runtime, export, frontend, _maker(runtime, export, source, settings, pool)
                )
        except ModelError as error:
            reason, cause = str(error), error
        except BROKEN as error:
            reason, cause = f"it is installed, but broken ({type(error).__name__}: {error})", error
        if named:
            raise ModelError(f"FOUNDSOUND_CLAP_RUNTIME asks for {runtime}: {reason}") from cause
        log.info("CLAP does not run on %s: %s", runtime, reason)
    raise ModelError("No runtime of this machine agrees with the reference.")


def _agreeing(runtime: str, export: Export, frontend: FrontEnd, make: Make) -> AudioTower:
    made: list[AudioTower] = []

    def measure() -> float:
        made.append(make())
        return agreement(made[0], export.reference.audio, [frontend(fixed_sounds())])

    require_agreement(runtime, remembered(export.folder, runtime, measure))
    return made[0] if made else make()


def _maker(
    runtime: str, export: Export, source: FilesSource, settings: Settings, pool: WindowPool
) -> Make:
    def make() -> AudioTower:
        if runtime.startswith("onnxruntime"):
            from foundsound.embedding.clap.runtimes.onnx_towers import OnnxAudioTower

            return OnnxAudioTower(runtime, export.file(AUDIO), pool)
        if runtime.startswith("openvino"):
            from foundsound.embedding.clap.runtimes.openvino_tower import OpenvinoAudioTower

            return OpenvinoAudioTower(runtime, export.file(AUDIO), settings.thread_count)
        from foundsound.embedding.clap.runtimes.torch_cpu import torch_audio_tower

        return torch_audio_tower(runtime, source, settings.thread_count)

    return make
