"""Folders come back in every kind of storage, and what is in 8 bits is within half a step."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from sewscribe_training import export
from sewscribe_training.checkpoint import BYTES_FROM, KINDS, Kind, in_bytes, load_folder, save_folder
from sewscribe_training.model import Recogniser
from sewscribe_training.settings import settings

SMALL = settings(64, 1, 2, 128, 8, num_conv_pos_embedding_groups=4)
"""Its layers' matrices are just large enough to be stored in 8 bits."""


@pytest.fixture(scope="module")
def model() -> Recogniser:
    torch.manual_seed(0)
    return Recogniser(SMALL)


@pytest.mark.parametrize("shape", [(4, 9), (3, 2, 5), (1, 1, 7)])
def test_bytes_are_within_half_a_step(shape: tuple[int, ...]) -> None:
    generator = torch.Generator().manual_seed(1)
    for size in (1e-20, 1.0, 1e20):
        value = torch.randn(shape, generator=generator) * size
        numbers, scales = in_bytes(value)
        assert numbers.dtype == torch.int8 and numbers.shape == value.shape and scales.shape == shape[:1]
        assert (numbers.flatten(1).abs().amax(1) == 127).all()
        error = (numbers.flatten(1) * scales[:, None] - value.flatten(1)).abs()
        assert (error <= 0.50001 * scales[:, None]).all()


def test_a_row_of_zeros_stays_one_and_a_broken_row_is_not_hidden() -> None:
    numbers, scales = in_bytes(torch.tensor([[0.0, 0.0], [-2.0, 1.0], [float("nan"), 1.0]]))
    assert numbers[:2].tolist() == [[0, 0], [-127, 64]] and scales[:2].tolist() == [1, pytest.approx(2 / 127)]
    assert scales[2].isnan()


@pytest.mark.parametrize("kind", KINDS)
def test_a_checkpoint_comes_back(model: Recogniser, tmp_path: Path, kind: Kind) -> None:
    save_folder(tmp_path, model.state_dict(), SMALL, kind)
    again = load_folder(tmp_path)
    before, after = model.state_dict(), again.state_dict()
    assert set(after) == set(before) and all(value.dtype == torch.float32 for value in after.values())
    step = {"float32": 0, "float16": 2**-11, "int8": 0.51 / 127}[kind]
    for name, value in before.items():
        assert (after[name] - value).abs().max() <= step * value.abs().max() + 1e-7, name
    x = torch.randn(1, 8000)
    torch.testing.assert_close(model(x).logits, again(x).logits, atol=5e-2, rtol=5e-2)
    told = json.loads((tmp_path / "config.json").read_text())["torch_dtype"]
    assert told == ("float32" if kind == "float32" else "float16")


def test_large_matrices_are_in_8_bits_and_nothing_else(model: Recogniser, tmp_path: Path) -> None:
    weights = model.state_dict()
    save_folder(tmp_path, weights, SMALL, "int8")
    tensors = load_file(tmp_path / "model.safetensors")
    large = {name for name, value in weights.items() if value.dim() > 1 and value.numel() >= BYTES_FROM}
    assert {"sew_d.encoder.encoder.rel_embeddings.weight", "sew_d.encoder.encoder.layer.0.attention.self.query_proj.weight"} <= large
    assert set(tensors) == set(weights) | {f"{name}_scale" for name in large}
    for name, value in weights.items():
        assert tensors[name].shape == value.shape
        assert tensors[name].dtype == (torch.int8 if name in large else torch.float16), name
    for name in large:
        scales = tensors[f"{name}_scale"]
        assert scales.dtype == torch.float32 and scales.shape == weights[name].shape[:1]
    save_folder(tmp_path / "again", load_folder(tmp_path).state_dict(), SMALL, "int8")
    for name, value in load_file(tmp_path / "again/model.safetensors").items():
        torch.testing.assert_close(value, tensors[name], atol=0, rtol=2**-22)


def test_export_turns_a_checkpoint_in_8_bits_into_half_precision(model: Recogniser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_folder(tmp_path / "bytes", model.state_dict(), SMALL, "int8")
    monkeypatch.setattr("sys.argv", ["export", "--model", str(tmp_path / "bytes"), "--out", str(tmp_path / "halves")])
    export.main()
    halves = load_file(tmp_path / "halves/model.safetensors")
    expected = load_folder(tmp_path / "bytes").state_dict()
    assert set(halves) == set(expected)
    for name, value in halves.items():
        assert torch.equal(value, expected[name].half()), name
    configs = [(tmp_path / kind / "config.json").read_text() for kind in ("bytes", "halves")]
    assert configs[0] == configs[1]
