"""The tower as it is converted is the model's own function; its large products can be integers."""

import numpy as np
import openvino as ov
import pytest
import torch
from openvino import opset13 as ops

from foundsound.embedding.clap.runtimes.int8_graph import to_int8
from foundsound.embedding.clap.runtimes.torch_towers import TorchAudioTower
from foundsound.embedding.clap.runtimes.windowed_audio import WindowedAudio, suits
from tests.clap_models import Size, random_clap


@pytest.mark.parametrize("size", ["nano", "nano-fused"])
def test_it_is_the_models_own_function(size: Size) -> None:
    model = random_clap(size)
    encoder = model.audio_model.audio_encoder
    for stage in encoder.layers:  # untrained, the bias of positions is zero and could be anywhere
        for layer in stage.blocks:
            torch.nn.init.normal_(layer.attention.self.relative_position_bias_table, std=2.0)
    channels = 4 if size.endswith("fused") else 1
    mel = torch.randn(1, 1, 1001, 64).expand(-1, channels, -1, -1) * 20 - 40
    with torch.no_grad():
        found = WindowedAudio(model).eval()(mel).numpy()
    wanted = TorchAudioTower(model, torch.device("cpu"), torch.float32).embed(mel)
    assert np.abs(found - wanted).max() < 1e-6


def test_a_picture_that_does_not_fall_into_windows_keeps_the_models_own_way() -> None:
    model = random_clap("nano")
    assert suits(model)
    encoder = model.audio_model.audio_encoder
    encoder.config.window_size = 7
    assert not suits(model)
    encoder.config.window_size = 8
    encoder.input_resolutions = [(64, 64), (32, 32), (17, 17), (8, 8)]
    assert not suits(model)


def test_wide_products_are_of_integers_and_the_others_stay() -> None:
    random = np.random.default_rng(0)
    entry = ops.parameter([3, 96], np.float32)
    widths = [(96, 192), (192, 32), (32, 96)]
    weights = [random.standard_normal(shape).astype(np.float32) for shape in widths]
    whole = entry
    for one in weights:
        whole = ops.matmul(whole, ops.constant(one), False, False)
    graph = ov.Model([whole], [entry])
    assert to_int8(graph) == 96
    kept = [node for node in graph.get_ops() if node.get_element_type() == ov.Type.i8]
    assert sorted(tuple(node.shape) for node in kept) == [(32, 192), (192, 96)]
    rows = random.standard_normal((3, 96)).astype(np.float32)
    found = ov.compile_model(graph, "CPU")(rows)[0]
    wanted = rows @ weights[0] @ weights[1] @ weights[2]
    assert np.linalg.norm(found - wanted) < 0.03 * np.linalg.norm(wanted)
    assert not np.array_equal(found, wanted)
