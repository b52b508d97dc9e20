"""A SEW-D that starts from the knowledge in Whisper base's encoder.

Whisper's layers norm before each half, SEW-D's after. Both compute the same where every token's residual stream has the
same deviation: LN(x + f(x)) with x = h / s and f divided by s is LN(h + f(LN h)), as a layer norm does not see scale.
Those deviations vary by a few per cent in the lower layers, so the weights carry over; what does not is position (Whisper
adds absolute ones, SEW-D has relative ones) and, where a smaller model is wanted, some of the inner neurons. Short regressions
of each layer on the teacher's streams mend that (``align.py``).
"""

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from .model import Recogniser
from .settings import Settings, settings
from .stem import FILTERS, TAPS, UNITS
from .whisper import HEADS, HOP_SAMPLES, LAYERS, WIDTH, WhisperEncoder

INNER = 2048


def inherited_settings(inner: int = INNER) -> Settings:
    """The shape that inherits: Whisper base's width, layers and heads, with ``inner`` neurons a layer: 21.6 million parameters with all 2048, 14.9 with 960.

    Its extractor is Whisper's stem (``stem.py``), a hundred steps a second at first and fifty at last.
    """
    extractor = {
        "conv_dim": [FILTERS, UNITS, WIDTH, WIDTH],
        "conv_kernel": [TAPS, 1, 3, 3],
        "conv_stride": [HOP_SAMPLES, 1, 1, 2],
        "conv_bias": True,
        "num_conv_pos_embeddings": 15,
        "position_buckets": 128,
    }
    return settings(WIDTH, LAYERS, HEADS, inner, 0, **extractor)


FIRST_FRAME = 2
"""Token j hears two frames whose middle is 2.5 ms after Whisper's frame 2j + 2."""


def tokens(stream: Tensor, count: int) -> Tensor:
    """Of Whisper's frames (50 a second) those in the middle of SEW-D's tokens (25 a second), normed: [batch, count, 512]."""
    return F.layer_norm(stream[:, FIRST_FRAME : FIRST_FRAME + 2 * count - 1 : 2].float(), (WIDTH,))


@dataclass(frozen=True)
class Statistics:
    """What a few minutes of speech say about the teacher.

    ``places`` 7 times [tokens, 512]: what the time since the start alone explains of each stream, mean removed.
    ``spread`` 7 times [512]: variance of each dimension without that. ``scale``, ``scale_between``: median deviation of
    the streams before and between the halves of each layer; ``rms``, ``rms_between``: of the normed tokens without places.
    ``kept`` and ``refitted`` per layer: the inner neurons to keep, and [512, kept + 1] their outgoing weights and bias.
    """

    places: list[Tensor]
    spread: list[Tensor]
    scale: list[float]
    scale_between: list[float]
    rms: list[float]
    rms_between: list[float]
    kept: list[Tensor]
    refitted: list[Tensor]

    def to(self, device: str) -> "Statistics":
        """The same with what training reads on a device."""
        return replace(self, places=[p.to(device) for p in self.places], spread=[s.to(device) for s in self.spread])


def without_places(streams: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """Per stream of normed tokens [batch, tokens, 512]: the mean over the batch less its mean over time, and the rest."""
    places = [z.mean(0) - z.mean((0, 1)) for z in streams]
    return places, [z - p for z, p in zip(streams, places, strict=True)]


def measure(teacher: WhisperEncoder, waves: Tensor, inner: int = INNER, rows_at_once: int = 8) -> Statistics:
    """Statistics over waveforms [batch, samples] of deviation 0.1, all of full length."""
    count = waves.shape[1] // 640 - 1
    streams: list[list[Tensor]] = [[] for _ in range(LAYERS + 1)]
    between: list[list[Tensor]] = [[] for _ in range(LAYERS)]
    scale: list[list[Tensor]] = [[] for _ in range(LAYERS + 1)]
    scale_between: list[list[Tensor]] = [[] for _ in range(LAYERS)]
    squares = [torch.zeros(2049, 2049) for _ in range(LAYERS)]

    def watch(layer: int, stream: Tensor, activations: Tensor) -> None:
        between[layer].append(tokens(stream, count))
        scale_between[layer].append(stream.std(-1).flatten())
        a = activations[:, 1::4].float().flatten(0, 1)
        a = torch.cat([a, torch.ones(len(a), 1)], 1)
        squares[layer] += a.T @ a

    for at in range(0, len(waves), rows_at_once):
        for layer, stream in enumerate(teacher.streams(waves[at : at + rows_at_once], watch)):
            streams[layer].append(tokens(stream, count))
            scale[layer].append(stream.std(-1).flatten())
    places, rest = without_places([torch.cat(z) for z in streams])
    _, rest_between = without_places([torch.cat(z) for z in between])
    kept, refitted = zip(*(prune(teacher, layer, squares[layer], inner) for layer in range(LAYERS)), strict=True)
    return Statistics(
        places,
        [z.var((0, 1)) for z in rest],
        [torch.cat(s).median().item() for s in scale],
        [torch.cat(s).median().item() for s in scale_between],
        [z.square().mean().sqrt().item() for z in rest],
        [z.square().mean().sqrt().item() for z in rest_between],
        list(kept),
        list(refitted),
    )


def prune(teacher: WhisperEncoder, layer: int, squares: Tensor, inner: int) -> tuple[Tensor, Tensor]:
    """The inner neurons that move the output most, and the least-squares weights from them to the whole output.

    ``squares`` [2049, 2049]: sums of products of activations (and one) over time.
    """
    at = f"encoder/layer_{layer}/ffn/linear_1/"
    out = torch.cat([teacher.tensors[at + "weight"].float(), teacher.tensors[at + "bias"].float()[:, None]], 1)  # [512, 2049]
    count = squares[-1, -1]
    variance = squares.diag()[:-1] / count - (squares[-1, :-1] / count).square()
    kept = (variance * out[:, :-1].square().sum(0)).topk(inner).indices.sort().values
    with_one = torch.cat([kept, torch.tensor([len(squares) - 1])])
    inside = squares[with_one][:, with_one].double()
    ridge = 1e-4 * inside.diag().mean() * torch.eye(len(with_one), dtype=torch.double)
    start = out[:, with_one].double()  # the ridge pulls towards the teacher's own weights
    crossed = squares[with_one].double() @ out.T.double()
    return kept, torch.linalg.solve(inside + ridge, crossed + ridge @ start.T).T.float()


def grown(model: Recogniser, layers: int) -> Recogniser:
    """The same with further layers on top, which at first change next to nothing."""
    c = {**model.c, "num_hidden_layers": layers}
    new = Recogniser(c)
    new.load_state_dict({name: value.cpu() for name, value in model.state_dict().items()}, strict=False)
    for layer in new.sew_d.encoder["encoder"]["layer"][model.c["num_hidden_layers"] :]:
        for half in (layer.attention["output"], layer.output):
            half.dense.weight.data *= 0.2
            half.dense.bias.data.zero_()
    return new


def inherit(teacher: WhisperEncoder, found: Statistics, c: Settings) -> Recogniser:
    """The recogniser with the teacher's layers; its extractor, positions and head are random."""
    model = Recogniser(c)
    inner = model.sew_d.encoder["encoder"]
    model.sew_d.masked_spec_embed.data.zero_()
    inner["rel_embeddings"].weight.data.normal_(0, 0.02)
    inner["LayerNorm"].weight.data.fill_(0.1)
    balance = 3**0.25  # SEW-D divides scores by sqrt(3 d), Whisper by sqrt(d)
    get = {name: value.float() for name, value in teacher.tensors.items()}
    for n, layer in enumerate(inner["layer"]):
        at = f"encoder/layer_{n}/"
        gain, offset = get[at + "self_attention/layer_norm/gamma"], get[at + "self_attention/layer_norm/beta"]
        weights = get[at + "self_attention/linear_0/weight"].chunk(3)
        biases = get[at + "self_attention/linear_0/bias"].chunk(3)
        attention = layer.attention["self"]
        for i, linear in enumerate((attention.query_proj, attention.key_proj, attention.value_proj)):
            factor = balance if i < 2 else 1.0
            linear.weight.data = weights[i] * gain * factor
            linear.bias.data = (biases[i] + weights[i] @ offset) * factor
        attention.query_proj.bias.data *= 0.5  # place queries carry it a second time to every key
        out = layer.attention["output"]
        out.dense.weight.data = get[at + "self_attention/linear_1/weight"] / found.scale[n]
        out.dense.bias.data = get[at + "self_attention/linear_1/bias"] / found.scale[n]
        out.LayerNorm.weight.data.fill_(found.rms_between[n])
        gain, offset = get[at + "ffn/layer_norm/gamma"], get[at + "ffn/layer_norm/beta"]
        weight, bias = get[at + "ffn/linear_0/weight"], get[at + "ffn/linear_0/bias"]
        kept = found.kept[n]
        layer.intermediate["dense"].weight.data = (weight * gain)[kept]
        layer.intermediate["dense"].bias.data = (bias + weight @ offset)[kept]
        layer.output.dense.weight.data = found.refitted[n][:, :-1] / found.scale_between[n]
        layer.output.dense.bias.data = found.refitted[n][:, -1] / found.scale_between[n]
        layer.output.LayerNorm.weight.data.fill_(found.rms[n + 1])
    return model
