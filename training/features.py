"""Features of every sound, extracted once per package and kept in the cache.

The extractor is the one that serves queries, so training never sees other features than users do.
"""

import hashlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from rich.progress import track

from foundsound.embedding.embedder import Floats
from foundsound.embedding.starter import aisfx, aisfx_graph, statistics, yamnet, yamnet_graph
from foundsound.embedding.starter import features as runtime
from training.download import sound_folder, sounds
from training.packages import Package

MIN_SAMPLES = 64


@dataclass(frozen=True)
class PackageFeatures:
    """Rows in the order of ``paths``."""

    paths: list[str]
    """``package/folders/name.suffix``."""
    vectors: Floats
    """``[n, 3792]``, as :meth:`Features.vector` gives them."""
    probabilities: Floats
    """YAMNet's mean class probabilities, ``[n, 521]``."""


def extract_packages(
    packages: list[Package], cache_dir: Path, processes: int
) -> list[PackageFeatures]:
    """Features of each package's sounds; downloads what is missing. About 20 x real time a core.

    Files that libsndfile cannot decode, and those under 64 samples, are left out.
    """
    with ProcessPoolExecutor(processes) as pool:
        jobs = [pool.submit(_package_features, package, cache_dir) for package in packages]
        return [job.result() for job in track(jobs, "Extracting features")]


def _package_features(package: Package, cache_dir: Path) -> PackageFeatures:
    target = cache_dir / "features" / f"{package.name}-{package.version}-{_front_end()}.npz"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        rows = _extract(package, cache_dir)
        partial = target.with_suffix(".partial.npz")
        np.savez(
            partial,
            paths=np.array(list(rows), dtype=np.str_),
            vectors=np.array([row.vector() for row in rows.values()], np.float32),
            probabilities=np.array([row.probabilities for row in rows.values()], np.float32),
        )
        partial.replace(target)
    with np.load(target) as arrays:
        paths = [str(path) for path in arrays["paths"]]
        return PackageFeatures(paths, arrays["vectors"], arrays["probabilities"])


def _extract(package: Package, cache_dir: Path) -> dict[str, runtime.Features]:
    folder = sound_folder(package, cache_dir)
    extractor = runtime.FeatureExtractor(cache_dir, threads=1)
    rows = {}
    for path in sounds(folder):
        window = first_window(path)
        if window is not None:
            rows[f"{package.name}/{path.relative_to(folder)}"] = extractor.extract(window)
    return rows


def first_window(path: Path) -> Floats | None:
    """The first 10 s, mono by channel average, float32 at 44.1 kHz; None if undecodable."""
    try:
        with soundfile.SoundFile(path) as file:
            frames = int(runtime.WINDOW_S * file.samplerate)
            samples = file.read(frames, dtype="float32", always_2d=True).mean(axis=1)
            rate = file.samplerate
    except soundfile.LibsndfileError:
        return None
    window: NDArray[np.float32] = soxr.resample(samples, rate, runtime.SAMPLE_RATE)
    return window if len(window) >= MIN_SAMPLES else None


def _front_end() -> str:
    """Changes when the code that makes the features does."""
    modules = (runtime, aisfx, aisfx_graph, statistics, yamnet, yamnet_graph)
    sources = [Path(module.__file__ or "").read_bytes() for module in modules]
    return hashlib.sha256(b"".join(sources)).hexdigest()[:12]
