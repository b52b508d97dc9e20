"""The teacher's file and features, and a student that inherits from it."""

import struct

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from sewscribe_training.align import unexplained
from sewscribe_training.inherit import inherit, inherited_settings, measure, tokens
from sewscribe_training.model import Backbone
from sewscribe_training.start import front_target, pooled
from sewscribe_training.stem import FILTERS, PHASES, filters, fit_norm, start_stem
from sewscribe_training.whisper import WhisperEncoder, log_mel, read_tensors, slaney_mel_filters


def stored(tensors: dict[str, np.ndarray]) -> bytes:
    """A model file as CTranslate2 writes it."""

    def text(s: str) -> bytes:
        return struct.pack("<H", len(s) + 1) + s.encode() + b"\0"

    kinds = {"float32": 0, "int8": 1, "float16": 4}
    out = struct.pack("<I", 6) + text("WhisperSpec") + struct.pack("<II", 3, len(tensors))
    for name, value in tensors.items():
        out += text(name) + struct.pack("<B", value.ndim) + struct.pack(f"<{value.ndim}I", *value.shape)
        out += struct.pack("<BI", kinds[str(value.dtype)], value.nbytes) + value.tobytes()
    return out


def test_reads_a_model_file() -> None:
    tensors = {"a/b": np.arange(6, dtype=np.float16).reshape(2, 3), "c": np.float32([1.5]), "heads": np.array(8, np.int8)}
    for name, value in read_tensors(stored(tensors)).items():
        assert value.tolist() == tensors[name].tolist()


def test_mel_bands() -> None:
    triangles = slaney_mel_filters()
    assert triangles.shape == (201, 80) and (triangles.sum(0) > 0).all()
    peaks = triangles.argmax(0).float() * 40
    assert peaks[0] < 80 and 7000 < peaks[-1] < 8000 and (peaks.diff() >= 0).all()
    tone = torch.sin(2 * torch.pi * 1000 * torch.arange(16000) / 16000)[None] * 0.1
    mel = log_mel(tone)
    assert mel.shape == (1, 100, 80)
    assert abs(peaks[mel[0, 50].argmax()] - 1000) < 60


@pytest.fixture(scope="module")
def teacher() -> WhisperEncoder:
    """An encoder of Whisper base's shape with random weights."""
    generator = torch.Generator().manual_seed(0)

    def random(*shape: int, scale: float = 0.03) -> torch.Tensor:
        return torch.randn(*shape, generator=generator) * scale

    tensors = {
        "encoder/conv1/weight": random(512, 80, 3),
        "encoder/conv1/bias": random(512),
        "encoder/conv2/weight": random(512, 512, 3),
        "encoder/conv2/bias": random(512),
    }
    for n in range(6):
        at = f"encoder/layer_{n}/"
        for part, shapes in {"self_attention": ((1536, 512), (512, 512)), "ffn": ((2048, 512), (512, 2048))}.items():
            tensors[f"{at}{part}/layer_norm/gamma"] = 1 + random(512, scale=0.2)
            tensors[f"{at}{part}/layer_norm/beta"] = random(512, scale=0.2)
            for i, shape in enumerate(shapes):
                tensors[f"{at}{part}/linear_{i}/weight"] = random(*shape)
                tensors[f"{at}{part}/linear_{i}/bias"] = random(shape[0])
    return WhisperEncoder(tensors, half=False)


def test_a_student_computes_what_its_teacher_does(teacher: WhisperEncoder) -> None:
    """With all inner neurons kept, and on streams whose scale hardly varies, only the missing half of the frames is lost."""
    torch.manual_seed(0)
    waves = torch.randn(6, 64000) * 0.1
    found = measure(teacher, waves, inner=2048)
    student = inherit(teacher, found, inherited_settings(2048)).eval()
    streams = [tokens(s, 100) for s in teacher.streams(waves[:2])]
    body = student.sew_d
    for n, layer in enumerate(body.encoder["encoder"]["layer"]):
        layer.attention["output"].LayerNorm.weight.data.fill_(1)
        layer.output.LayerNorm.weight.data.fill_(1)
        body.encoder["encoder"]["LayerNorm"].weight.data.fill_(0)
        out = layer(streams[n], None, body.places(100))
        before = F.mse_loss(streams[n], streams[n + 1])
        assert F.mse_loss(out, streams[n + 1]) < 0.02 * before


def test_pruned_neurons_are_made_up_for(teacher: WhisperEncoder) -> None:
    waves = torch.randn(4, 64000) * 0.1
    found = measure(teacher, waves, inner=1024)
    for kept, refitted in zip(found.kept, found.refitted, strict=True):
        assert len(set(kept.tolist())) == 1024 and refitted.shape == (512, 1025)
    inner: list[torch.Tensor] = []
    teacher.streams(waves[:1], lambda layer, stream, a: inner.append(a[0]))
    for n, a in enumerate(inner):
        whole = F.linear(a, teacher.tensors[f"encoder/layer_{n}/ffn/linear_1/weight"], teacher.tensors[f"encoder/layer_{n}/ffn/linear_1/bias"])
        refit = F.linear(a[:, found.kept[n]], found.refitted[n][:, :-1], found.refitted[n][:, -1])
        plain = F.linear(
            a[:, found.kept[n]],
            teacher.tensors[f"encoder/layer_{n}/ffn/linear_1/weight"][:, found.kept[n]],
            teacher.tensors[f"encoder/layer_{n}/ffn/linear_1/bias"],
        )
        assert F.mse_loss(refit, whole) < F.mse_loss(plain, whole)


def test_unexplained() -> None:
    target = torch.randn(4, 50, 512)
    real = torch.ones(4, 50, dtype=torch.bool)
    real[1, 30:] = False
    spread = target.var((0, 1))
    assert unexplained(target, target, spread, real) == 0
    assert unexplained(torch.zeros_like(target), target, spread, real).item() == pytest.approx(1, abs=0.05)


def test_filters_hear_amplitudes_whatever_the_phase() -> None:
    assert filters().shape == (FILTERS, 400)
    time = torch.arange(400) / 16000
    heard = []
    for phase in torch.linspace(0, 6, 7):
        out = torch.relu(filters() @ torch.sin(2 * torch.pi * 1000 * time + phase))
        heard.append(out.unflatten(0, (PHASES, -1)).sum(0).max())
    assert max(heard) / min(heard) < 1.06


def test_an_extractor_begins_as_its_teachers_stem(teacher: WhisperEncoder) -> None:
    """Bursts of noise of random colour and loudness; the stem explains most of what the teacher hears before any training of its own."""
    torch.manual_seed(3)

    def batch() -> tuple[torch.Tensor, torch.Tensor]:
        loudness = F.interpolate(torch.rand(4, 1, 20) ** 3, size=16000)[:, 0]
        waves = F.conv1d(torch.randn(4, 1, 16008), torch.randn(1, 1, 9))[:, 0] * loudness
        return (waves - waves.mean(1, keepdim=True)) / waves.std(1, keepdim=True), torch.full((4,), 16000)

    found = measure(teacher, torch.cat([batch()[0] for _ in range(6)]) * 0.1)
    body = Backbone(inherited_settings())
    start_stem(body, teacher, batch, 40)
    waves, lengths = batch()
    aim = front_target(teacher, found, waves, body.frame_counts(lengths))
    fit_norm(body, (pooled(body, waves, lengths, aim) for _ in range(1)))
    features, target = pooled(body, waves, lengths, aim)
    missed = unexplained(features[None], target[None], found.spread[0], torch.ones(1, len(target), dtype=torch.bool))
    assert missed < 0.75
