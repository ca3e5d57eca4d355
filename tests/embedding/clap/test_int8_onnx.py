"""Products of eight-bit integers in onnxruntime: near the exact ones, and never saturated."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from foundsound.embedding.clap.runtimes.int8_onnx import HALF, rounded_weights, to_int8
from foundsound.embedding.clap.runtimes.session import onnx_session
from foundsound.embedding.embedder import Floats
from foundsound.errors import ModelError

TOKENS, LONGEST = 5, 2**15 - 1


@pytest.mark.parametrize("inputs", [64, 65, 96, 768])
def test_no_two_products_exceed_sixteen_bits(inputs: int) -> None:
    """As a processor without VNNI adds them, whichever of four neighbours it pairs."""
    random = np.random.default_rng(inputs)
    for weights in (
        random.standard_normal((inputs, 32)),
        random.standard_normal((inputs, 32)) ** 5,
        np.ones((inputs, 32)),
        np.zeros((inputs, 32)),
    ):
        whole, scale = rounded_weights(np.asarray(weights, np.float32))
        padded = np.concatenate([whole, np.zeros((-inputs % 4, 32), np.int8)]).astype(int)
        for sign in (1, -1):
            groups = np.sort(np.maximum(sign * padded, 0).reshape(-1, 4, 32), axis=1)
            assert groups[:, -2:].sum(axis=1).max() * (2 * HALF + 1) <= LONGEST
        assert np.abs(whole * scale - weights).max() <= 0.51 * scale.max() + 1e-6


@pytest.mark.parametrize("kind", ["noise", "all the same", "silence", "one loud token"])
def test_products_are_near_the_exact_ones(kind: str) -> None:
    random = np.random.default_rng(3)
    weights = random.standard_normal((256, 96)).astype(np.float32)
    tokens = random.standard_normal((1, TOKENS, 256)).astype(np.float32)
    if kind == "all the same":  # every pair of products is as large as can be
        tokens, weights = np.full_like(tokens, 3.0), np.full_like(weights, 0.5)
    elif kind == "silence":
        tokens = np.zeros_like(tokens)
    elif kind == "one loud token":
        tokens[0, 2] *= 1e4  # costs the others nothing: each has a scale of its own
    model = _product(weights)
    to_int8(model)
    found = _run(model, tokens)
    wanted = tokens @ weights
    size = np.linalg.norm(tokens, axis=-1, keepdims=True) * np.linalg.norm(weights, axis=0).max()
    assert (np.abs(found - wanted) <= 0.01 * size).all()


def test_an_input_that_several_products_share_is_rounded_once() -> None:
    weights = np.random.default_rng(0).standard_normal((64, 64)).astype(np.float32)
    model = _product(weights, products=3)
    to_int8(model)
    kinds = [node.op_type for node in model.graph.node]
    assert (kinds.count("QuantizeLinear"), kinds.count("MatMulIntegerToFloat")) == (1, 3)
    assert "MatMul" not in kinds
    assert all(one.data_type != TensorProto.FLOAT or len(one.dims) < 2 for one in _constants(model))


@pytest.mark.parametrize("kind", ["noise", "all the same", "silence", "one loud token"])
def test_tokens_that_a_norm_has_made_alike_may_share_a_scale(kind: str) -> None:
    random = np.random.default_rng(5)
    weights = random.standard_normal((256, 96)).astype(np.float32)
    bias = random.standard_normal(96).astype(np.float32)
    tokens = random.standard_normal((1, TOKENS, 256)).astype(np.float32)
    if kind == "all the same":
        tokens, weights = np.full_like(tokens, 3.0), np.full_like(weights, 0.5)
    elif kind == "silence":
        tokens = np.zeros_like(tokens)
    elif kind == "one loud token":
        tokens[0, 2] *= 1e4
    model = _normed_product(weights, bias)
    exact = _run(model, tokens)
    to_int8(model, shared=True)
    kinds = [node.op_type for node in model.graph.node]
    assert (kinds.count("MatMulIntegerToFloat"), kinds.count("QuantizeLinear")) == (2, 1)
    assert kinds.count("Add") == 1  # of the two products; their biases are within them
    assert kinds.count("Mul") == 1  # of the one scale, and none of what the products give
    size = np.sqrt(256) * np.linalg.norm(weights, axis=0).max()
    assert (np.abs(_run(model, tokens) - exact) <= 0.02 * size).all()


def test_a_gelus_largest_value_needs_no_absolute_values() -> None:
    weights = np.random.default_rng(7).standard_normal((256, 96)).astype(np.float32)
    for loudness in (1e-3, 1.0, 1e3):  # faint ones are all near GELU's lowest, or 0
        tokens = np.random.default_rng(8).standard_normal((1, TOKENS, 256)).astype(np.float32)
        tokens *= loudness
        model = _gelu_product(weights)
        exact = _run(model, tokens)
        to_int8(model, shared=True)
        kinds = [node.op_type for node in model.graph.node]
        assert (kinds.count("Abs"), kinds.count("MatMulIntegerToFloat")) == (0, 1)
        size = np.sqrt(256) * max(loudness, 0.17) * np.linalg.norm(weights, axis=0).max()
        assert (np.abs(_run(model, tokens) - exact) <= 0.01 * size).all()


def test_other_tokens_keep_a_scale_each() -> None:
    weights = np.random.default_rng(0).standard_normal((64, 64)).astype(np.float32)
    model, as_before = _product(weights), _product(weights)
    to_int8(model, shared=True)
    to_int8(as_before)
    assert model.graph == as_before.graph


def test_a_graph_without_large_products_is_refused() -> None:
    with pytest.raises(ModelError, match="no matrix products"):
        to_int8(_product(np.ones((8, 64), np.float32)))


def _product(weights: Floats, products: int = 1) -> onnx.ModelProto:
    """Tokens ``[1, TOKENS, inputs]`` times the weights, added up."""
    nodes = [helper.make_node("Relu", ["in"], ["low"]), helper.make_node("Neg", ["in"], ["minus"])]
    nodes += [
        helper.make_node("Relu", ["minus"], ["high"]),
        helper.make_node("Sub", ["low", "high"], ["tokens"]),
    ]
    made = [f"made{number}" for number in range(products)]
    nodes += [helper.make_node("MatMul", ["tokens", "weights"], [name]) for name in made]
    nodes.append(helper.make_node("Sum", made, ["out"]))
    return _model(nodes, {"weights": weights})


def _normed_product(weights: Floats, bias: Floats) -> onnx.ModelProto:
    """Normed tokens ``[1, TOKENS, inputs]`` times the weights and the bias, twice, added up."""
    inputs = len(weights)
    nodes = [
        helper.make_node("LayerNormalization", ["in", "ones", "zeros"], ["tokens"], axis=-1),
        helper.make_node("Identity", ["bias"], ["twin"]),
        helper.make_node("MatMul", ["tokens", "weights"], ["made"]),
        helper.make_node("Add", ["bias", "made"], ["first"]),
        helper.make_node("MatMul", ["tokens", "weights"], ["also"]),
        helper.make_node("Add", ["also", "twin"], ["second"]),
        helper.make_node("Add", ["first", "second"], ["out"]),
    ]
    constants = {
        "weights": weights,
        "bias": bias,
        "ones": np.ones(inputs, np.float32),
        "zeros": np.zeros(inputs, np.float32),
    }
    return _model(nodes, constants)


def _gelu_product(weights: Floats) -> onnx.ModelProto:
    """The GELU of tokens ``[1, TOKENS, inputs]``, as torch writes it, times the weights."""
    nodes = [
        helper.make_node("Div", ["in", "root"], ["divided"]),
        helper.make_node("Erf", ["divided"], ["error"]),
        helper.make_node("Add", ["error", "one"], ["above"]),
        helper.make_node("Mul", ["in", "above"], ["twice"]),
        helper.make_node("Mul", ["twice", "half"], ["tokens"]),
        helper.make_node("MatMul", ["tokens", "weights"], ["out"]),
    ]
    constants = {"weights": weights} | {
        name: np.array(value, np.float32)
        for name, value in (("root", np.sqrt(2)), ("one", 1.0), ("half", 0.5))
    }
    return _model(nodes, constants)


def _model(nodes: list[onnx.NodeProto], constants: dict[str, Floats]) -> onnx.ModelProto:
    """From ``in`` to ``out``, as wide as the weights make it."""
    inputs, outputs = constants["weights"].shape
    graph = helper.make_graph(
        nodes,
        "products",
        [helper.make_tensor_value_info("in", TensorProto.FLOAT, [1, TOKENS, inputs])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, TOKENS, outputs])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8)


def _run(model: onnx.ModelProto, tokens: Floats) -> Floats:
    (found,) = onnx_session(model.SerializeToString(), 1).run(None, {"in": tokens})
    return np.asarray(found, np.float32)


def _constants(model: onnx.ModelProto) -> list[onnx.TensorProto]:
    return list(model.graph.initializer)
