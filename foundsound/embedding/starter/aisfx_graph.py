"""Builds aiSFX's convolutional network as an ONNX graph from the ``aisfx`` wheel's checkpoint.

A PyTorch checkpoint is a zip of one pickle and raw tensors, so numpy can read it: torch, and the
wheel's own code, stay out. The unpickler knows the five names that this checkpoint uses and
refuses every other one.

Source: Ma and Lerch, Representation Learning for the Automatic Indexing of Sound Effects Libraries,
ISMIR 2022; weights CC BY 4.0.
"""

import collections
import os
import pickle
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundsound.embedding.starter.wheels import wheel_file
from foundsound.errors import ModelError

CHECKPOINT_SHA256 = "499ea75909c932a2f94c35fa722fa4fabc5bcb7e84917209cc5f7402627b7eb5"
GRAPH_VERSION = "aisfx-steps-1"
BLOCKS = 4
POOLED_BLOCKS = 3  # the last block pools by 1, that is, not at all
BATCH_NORM_EPSILON = 1e-5

Weights = dict[str, NDArray[np.float32]]


def aisfx_model(cache_dir: Path) -> Path:
    """Path of the graph in ``cache_dir``, built on first use (under a second).

    Input ``frames`` [1, 1, t, 96], t at least 8; output ``steps`` [1, 512, t // 8]: the network
    before its maximum over time, so that one pass serves every stretch of a window.

    Raises:
        ModelError: the ``aisfx`` wheel is not installed or is not the one we know.
    """
    checkpoint = wheel_file("aisfx", "models/checkpoint.pth", CHECKPOINT_SHA256)
    target = cache_dir / "starter" / f"{GRAPH_VERSION}-{CHECKPOINT_SHA256[:12]}.onnx"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            partial = Path(folder) / "aisfx.onnx"
            partial.write_bytes(_graph(read_checkpoint(checkpoint)))
            # A rename is atomic: two processes converting at once both end with a whole file.
            os.replace(partial, target)
    return target


def read_checkpoint(path: Path) -> Weights:
    """The float32 tensors of a PyTorch checkpoint, by name.

    Raises:
        ModelError: the pickle asks for a name outside the five that plain tensors need.
    """
    with zipfile.ZipFile(path) as archive, archive.open("archive/data.pkl") as file:
        state, _ = _TensorUnpickler(file, archive).load()
    return {name: tensor for name, tensor in state.items() if tensor.dtype == np.float32}


class _TensorUnpickler(pickle.Unpickler):
    def __init__(self, file: Any, archive: zipfile.ZipFile) -> None:
        super().__init__(file)
        self._archive = archive
        self._allowed: dict[tuple[str, str], Any] = {
            ("collections", "OrderedDict"): collections.OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _strided_view,
            ("torch", "FloatStorage"): np.dtype("<f4"),
            ("torch", "LongStorage"): np.dtype("<i8"),
            # The class counts beside the weights are numpy scalars; nobody reads them here.
            ("numpy.core.multiarray", "scalar"): _ignored,
            ("numpy", "dtype"): _ignored,
            ("_codecs", "encode"): _ignored,
        }

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._allowed:
            raise ModelError(f"The checkpoint asks for {module}.{name}, which weights do not need.")
        return self._allowed[module, name]

    def persistent_load(self, pid: Any) -> NDArray[Any]:
        _, dtype, key, _, count = pid
        raw = self._archive.read(f"archive/data/{key}")
        return np.frombuffer(raw, dtype, count)


class _Ignored:
    def __setstate__(self, state: object) -> None:
        """Take a pickled numpy dtype's state and drop it."""


def _ignored(*_arguments: object) -> _Ignored:
    return _Ignored()


def _strided_view(
    storage: NDArray[Any], offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> NDArray[Any]:
    steps = tuple(stride * storage.itemsize for stride in strides)
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, steps)


def _graph(weights: Weights) -> bytes:
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes: list[Any] = []
    tensors: list[Any] = []
    value = "frames"

    def add(op: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        name = output or f"{op.lower()}{len(nodes)}"
        nodes.append(helper.make_node(op, [*inputs], [name], **attributes))
        return name

    def constant(name: str, values: NDArray[Any]) -> str:
        tensors.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    for block in range(1, BLOCKS + 1):
        for layer in (1, 2):
            kernel, bias = _folded(weights, f"embedding_net.conv_block{block}", layer)
            value = add(
                "Conv",
                value,
                constant(f"kernel{block}{layer}", kernel),
                constant(f"bias{block}{layer}", bias),
                pads=[1, 1, 1, 1],
            )
            value = add("Relu", value)
        if block <= POOLED_BLOCKS:
            value = add("MaxPool", value, kernel_shape=[2, 2], strides=[2, 2])
    axes = constant("frequency_axis", np.array([3], np.int64))
    add("ReduceMean", value, axes, output="steps", keepdims=0)

    graph = helper.make_graph(
        nodes,
        "aisfx",
        [helper.make_tensor_value_info("frames", TensorProto.FLOAT, [1, 1, "t", 96])],
        [helper.make_tensor_value_info("steps", TensorProto.FLOAT, [1, 512, "s"])],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    checker.check_model(model)
    return bytes(model.SerializeToString())


def _folded(
    weights: Weights, block: str, layer: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Convolution and batch normalisation as one convolution: kernel and bias."""
    kernel = weights[f"{block}.conv{layer}.weight"].astype(np.float64)

    def norm(part: str) -> NDArray[np.float64]:
        return weights[f"{block}.bn{layer}.{part}"].astype(np.float64)

    scale = norm("weight") / np.sqrt(norm("running_var") + BATCH_NORM_EPSILON)
    bias = norm("bias") - norm("running_mean") * scale
    return (kernel * scale[:, None, None, None]).astype(np.float32), bias.astype(np.float32)
