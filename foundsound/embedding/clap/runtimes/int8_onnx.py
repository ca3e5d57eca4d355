"""An ONNX graph whose large matrix products are of eight-bit integers, on any processor.

Weights are rounded once, with a scale for each output, activations as they come, with a scale for
each token; all else stays float32. Without VNNI a processor adds two products in 16 bits, which
would saturate: activations keep to 159 levels and pairs of weights to 206, so none can.

Where a layer norm has made the tokens alike they may share a scale: then the product itself
multiplies by it and adds the bias, which saves two passes over its output. What is largest in the
output of a GELU needs no absolute values.
"""

from collections.abc import Iterator

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from foundsound.embedding.embedder import Floats
from foundsound.errors import ModelError

NARROWEST = 64  # channels; of fewer, integers save nothing
HALF = 79  # an activation is -79 to 79, stored as 1 to 159
ZERO = HALF + 1
LARGEST = 127  # of a weight
TOGETHER = 32_767 // (2 * HALF + 1)  # what the sizes of two weights that are added may come to
NEIGHBOURS = 4  # inputs that lie together in the packed weights; two of them make a pair
SMALLEST = 1e-9  # of a scale: silence has no largest sample
NORM = "LayerNormalization"
LOWEST_GELU = 0.17  # below 0: what a GELU gives is never smaller
_GELU = ("Add", "Mul", "Mul")  # what follows the error function in one


def to_int8(model: onnx.ModelProto, *, shared: bool = False) -> None:
    """Change ``model`` in place.

    Args:
        shared: tokens that come from a layer norm share a scale; those from a GELU get theirs by
            less work.

    Raises:
        ModelError: none of its products can be rounded.
    """
    graph = model.graph
    shapes = _shapes(model)
    constants = {one.name: one for one in graph.initializer}
    normed = {name for node in graph.node if node.op_type == NORM for name in node.output}
    biases = _biases(graph) if shared else {}
    rounded = _Rounded(_gelus(graph) if shared else set())
    nodes: list[onnx.NodeProto] = []
    added: set[str] = set()  # outputs that a product gives now, and no longer an addition
    for node in graph.node:
        weights = constants.get(node.input[1]) if node.op_type == "MatMul" else None
        shape = shapes.get(node.input[0], []) if weights is not None else []
        if weights is None or not _is_large(weights, shape):
            nodes += [] if node.output[0] in added else [node]
        elif shared and node.input[0] in normed:
            bias, output = biases.get(node.output[0], ("", node.output[0]))
            added |= {output} if bias else set()
            nodes += rounded.shared_product(node, numpy_helper.to_array(weights), bias, output)
        else:
            nodes += rounded.product(node, numpy_helper.to_array(weights), shape[1])
    if not rounded.products:
        raise ModelError("it has no matrix products that can be rounded to eight bits")
    del graph.node[:], graph.value_info[:]
    graph.node.extend(nodes)
    taken = {name for node in nodes for name in node.input}
    kept = [one for one in (*graph.initializer, *rounded.constants) if one.name in taken]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))


def rounded_weights(
    weights: Floats,
) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.int8]], Floats]:
    """``[inputs, outputs]`` as whole numbers, and the scale of each output."""
    whole = np.concatenate([weights, np.zeros((-len(weights) % NEIGHBOURS, weights.shape[1]))])
    groups = whole.reshape(-1, NEIGHBOURS, weights.shape[1])
    pairs = [
        np.sort(np.maximum(sign * groups, 0.0), axis=1)[:, -2:].sum(axis=1) for sign in (1, -1)
    ]
    most = np.maximum(*pairs).max(axis=0) / (TOGETHER - 1)  # each of the two may be rounded up
    scale = np.maximum.reduce(
        [np.abs(weights).max(axis=0) / LARGEST, most, np.full_like(most, 1e-12)]
    )
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)


class _Rounded:
    """The nodes and constants that take the place of products."""

    def __init__(self, gelus: set[str]) -> None:
        self._gelus = gelus
        self.constants: list[onnx.TensorProto] = []
        self.products = 0
        self._inputs: dict[str, str] = {}  # the prefix of an input's rounded form
        self._zeros: set[int] = set()
        self._keep("i8_one", np.array(1.0, np.float32))
        self._keep("i8_zero", np.array(ZERO, np.uint8))
        self._keep("i8_share", np.array(1 / HALF, np.float32))
        self._keep("i8_smallest", np.array(SMALLEST, np.float32))
        self._keep("i8_lowest", np.array(LOWEST_GELU, np.float32))
        self._keep("i8_flat", np.array([-1], np.int64))

    def product(
        self, node: onnx.NodeProto, weights: Floats, tokens: int
    ) -> Iterator[onnx.NodeProto]:
        """What ``node`` gives, by whole numbers; its input is ``[1, tokens, channels]``."""
        if node.input[0] not in self._inputs:
            yield from self._round(node.input[0], tokens)
        source = self._inputs[node.input[0]]
        name = self._weights(weights)
        yield helper.make_node(
            "MatMulIntegerToFloat",
            [f"{source}_q", name, "i8_one", f"{name}_scale", "i8_zero", f"{name}_zero"],
            [f"{name}_made"],
            domain="com.microsoft",
        )
        yield helper.make_node("Mul", [f"{name}_made", f"{source}_scale"], [node.output[0]])

    def shared_product(
        self, node: onnx.NodeProto, weights: Floats, bias: str, output: str
    ) -> Iterator[onnx.NodeProto]:
        """The same where all tokens share a scale, with the bias of that name if there is one."""
        if node.input[0] not in self._inputs:
            yield from self._round_together(node.input[0])
        source = self._inputs[node.input[0]]
        name = self._weights(weights)
        scales = [f"{source}_scale", f"{name}_scale", "i8_zero", f"{name}_zero"]
        yield helper.make_node(
            "MatMulIntegerToFloat",
            [f"{source}_q", name, *scales, *([bias] if bias else [])],
            [output],
            domain="com.microsoft",
        )

    def _round_together(self, name: str) -> Iterator[onnx.NodeProto]:
        made = f"i8_x{len(self._inputs)}"
        self._inputs[name] = made
        node = helper.make_node
        yield node("Abs", [name], [f"{made}_abs"])
        yield node("ReduceMax", [f"{made}_abs"], [f"{made}_max"], keepdims=0)
        yield node("Max", [f"{made}_max", "i8_smallest"], [f"{made}_most"])
        yield node("Mul", [f"{made}_most", "i8_share"], [f"{made}_scale"])
        yield node("QuantizeLinear", [name, f"{made}_scale", "i8_zero"], [f"{made}_q"])

    def _weights(self, weights: Floats) -> str:
        name = f"i8_w{self.products}"
        self.products += 1
        whole, scale = rounded_weights(weights)
        self._keep(name, whole)
        self._keep(f"{name}_scale", scale)
        self._keep(f"{name}_zero", np.zeros(len(scale), np.int8))
        return name

    def _round(self, name: str, tokens: int) -> Iterator[onnx.NodeProto]:
        made = f"i8_x{len(self._inputs)}"
        self._inputs[name] = made
        zeros = f"i8_zeros{tokens}"
        if tokens not in self._zeros:
            self._zeros.add(tokens)
            self._keep(zeros, np.full(tokens, ZERO, np.uint8))
        node = helper.make_node
        sizes, least = f"{made}_abs", "i8_smallest"
        if name in self._gelus:
            sizes, least = name, "i8_lowest"
        else:
            yield node("Abs", [name], [sizes])
        yield node("ReduceMax", [sizes], [f"{made}_max"], axes=[-1], keepdims=1)
        yield node("Max", [f"{made}_max", least], [f"{made}_most"])
        yield node("Mul", [f"{made}_most", "i8_share"], [f"{made}_scale"])
        yield node("Reshape", [f"{made}_scale", "i8_flat"], [f"{made}_scales"])
        yield node("QuantizeLinear", [name, f"{made}_scales", zeros], [f"{made}_q"], axis=1)

    def _keep(self, name: str, value: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> None:
        self.constants.append(numpy_helper.from_array(value, name))


def _biases(graph: onnx.GraphProto) -> dict[str, tuple[str, str]]:
    """By a name to which nothing is done but adding one constant: the constant, and the sum."""
    same = {one.name: one.name for one in graph.initializer}
    for node in graph.node:  # they come in order: what they read is known
        if node.op_type == "Identity" and node.input[0] in same:
            same[node.output[0]] = same[node.input[0]]
    vectors = {one.name for one in graph.initializer if len(one.dims) == 1}
    found: dict[str, tuple[str, str]] = {}
    for name, nodes in _users(graph).items():
        if len(nodes) == 1 and nodes[0].op_type == "Add":
            (other,) = [one for one in nodes[0].input if one != name] or [name]
            if same.get(other) in vectors:
                found[name] = same[other], nodes[0].output[0]
    return found


def _gelus(graph: onnx.GraphProto) -> set[str]:
    """What the graph's GELUs give, as torch writes them: ``x (1 + erf(x / sqrt(2))) / 2``."""
    users = _users(graph)
    found = set()
    for node in graph.node:
        if node.op_type == "Erf":
            name, rest = node.output[0], list(_GELU)
            while rest and [one.op_type for one in users.get(name, [])] == rest[:1]:
                name = users[name][0].output[0]
                del rest[0]
            if not rest:
                found.add(name)
    return found


def _users(graph: onnx.GraphProto) -> dict[str, list[onnx.NodeProto]]:
    """By name the nodes that read it."""
    users: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    return users


def _shapes(model: onnx.ModelProto) -> dict[str, list[int]]:
    found = onnx.shape_inference.infer_shapes(model, data_prop=True).graph.value_info
    return {one.name: [size.dim_value for size in one.type.tensor_type.shape.dim] for one in found}


def _is_large(weights: onnx.TensorProto, shape: list[int]) -> bool:
    """True for products of one window's tokens that are worth it."""
    return (
        weights.data_type == TensorProto.FLOAT
        and len(weights.dims) == 2
        and weights.dims[0] >= NARROWEST
        and len(shape) == 3
        and shape[0] == 1
        and shape[1] > 0
    )
