"""onnxruntime sessions for CLAP."""

import os
from pathlib import Path

# onnxruntime 1.29 and newer report to its makers unless told not to before it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime as ort

from foundsound.errors import ModelError


def onnx_session(model: Path | bytes, threads: int) -> ort.InferenceSession:
    """A session on the CPU with so many threads, the caller's among them.

    Raises:
        ModelError: it is no model that onnxruntime can run.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Spinning threads would take the cores that decoding needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        source = str(model) if isinstance(model, Path) else model
        return ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises bare pybind exceptions, one a failure
        name = f"file {model}" if isinstance(model, Path) else "in memory"
        raise ModelError(f"The model {name} cannot be loaded: {error}") from error
