"""ONNX Runtime sessions with the settings every starter encoder shares."""

import os
import tempfile
from pathlib import Path

# onnxruntime 1.29 and newer report to its makers unless told not to before it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime as ort

from foundsound.errors import ModelError

RUNTIME_VERSION = ort.__version__


def cpu_session(model: Path, threads: int, optimised: Path | None = None) -> ort.InferenceSession:
    """A CPU session on ``model``; ``threads`` = 0 lets onnxruntime use every core.

    Args:
        optimised: where to keep the optimised graph. Optimising MiniLM anew takes 0.5 s of every
            cold start, loading the kept graph 0.1 s.

    Raises:
        ModelError: the file is no model that onnxruntime can run.
    """
    if optimised is not None:
        if not optimised.exists():
            _optimise(model, optimised)
        model = optimised
    options = _options(threads)
    if optimised is not None:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return _session(model, options)


def _optimise(model: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        partial = Path(folder) / "optimised.onnx"
        options = _options(threads=1)
        # "Extended" and not "all": the graph stays valid on another processor.
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = str(partial)
        _session(model, options)
        os.replace(partial, target)


def _options(threads: int) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The arena keeps the largest buffers it ever needed: 40 MB that buy no speed here.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    # Spinning threads would take the cores that decoding needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _session(model: Path, options: ort.SessionOptions) -> ort.InferenceSession:
    try:
        return ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises bare pybind exceptions, one a failure
        raise ModelError(f"The model file {model} cannot be loaded: {error}") from error
