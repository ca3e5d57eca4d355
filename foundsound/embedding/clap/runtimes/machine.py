"""What this machine can run, and a key that changes when a runtime may give other vectors."""

import platform
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from blake3 import blake3

NATIVE_BF16 = {"avx512_bf16", "amx_bf16"}
INT8 = {"avx512_vnni", "avx_vnni"}
_PACKAGES = {"openvino": "openvino", "onnxruntime": "onnxruntime", "torch": "torch"}
_INSTALL = {
    "openvino": "pip install 'foundsound[openvino]'",
    "torch": "pip install 'foundsound[clap]'",
}


@cache
def cpu_flags() -> frozenset[str]:
    """The processor's instruction sets; empty where the system does not list them."""
    listing = Path("/proc/cpuinfo")
    if not listing.exists():
        return frozenset()
    for line in listing.read_text(encoding="ascii", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "flags":
            return frozenset(value.split())
    return frozenset()


def lacking(runtime: str) -> str | None:
    """Why ``runtime`` cannot be used here, in words; None when it can."""
    package = _package(runtime)
    if find_spec(package) is None:
        return f"{package} is not installed; run: {_INSTALL[package]}"
    if runtime.endswith("bf16") and not cpu_flags() & NATIVE_BF16:
        return "this processor has no bfloat16 instructions (avx512_bf16 or amx_bf16)"
    if runtime == "openvino-int8" and not cpu_flags() & INT8:
        return "this processor has no products of eight-bit integers (avx512_vnni or avx_vnni)"
    return None


def runtime_key(runtime: str) -> str:
    """Names the library's version and the processor: with another, a check is due again."""
    package = _package(runtime)
    processor = " ".join([platform.machine(), platform.processor(), *sorted(cpu_flags())])
    return f"{package} {metadata.version(package)}, cpu {blake3(processor.encode()).hexdigest(8)}"


def _package(runtime: str) -> str:
    return _PACKAGES[runtime.split("-", 1)[0]]
