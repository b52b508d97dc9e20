"""SEW-D (squeezed wav2vec with disentangled attention) with a CTC head, in the tensor names of the published checkpoints.

Made for training: strided convolutions are matrix products over windows and relative positions are strided views instead
of gathers, both several times faster on a CPU. Formulas: "Performance-Efficiency Trade-offs in Unsupervised Pre-training
for Speech Recognition" (Wu et al. 2021) and "DeBERTa" (He et al. 2020).
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Settings = dict[str, Any]
"""The fields of a checkpoint's config.json that shape the network."""

PUBLISHED: Settings = {
    "vocab_size": 32,
    "squeeze_factor": 2,
    "max_position_embeddings": 512,
    "position_buckets": 256,
    "layer_norm_eps": 1e-7,
    "feature_layer_norm_eps": 1e-5,
    "feat_extract_norm": "group",
    "conv_stride": [5, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1],
    "conv_kernel": [10, 3, 1, 3, 1, 3, 1, 3, 1, 2, 1, 2, 1],
    "conv_bias": False,
    "num_conv_pos_embeddings": 31,
    "num_conv_pos_embedding_groups": 16,
    "attention_dropout": 0.0,
    "activation_dropout": 0.0,
}
"""What all published SEW-D checkpoints share; ``settings`` adds the sizes."""


def settings(hidden: int, layers: int, heads: int, inner: int, first_channels: int, **others: Any) -> Settings:
    """Settings of one size; the extractor widens from ``first_channels`` to eight times that, as the published ones do."""
    c = first_channels
    sizes = {
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": inner,
        "conv_dim": [c] + [2 * c] * 4 + [4 * c] * 4 + [8 * c] * 4,
    }
    return {**PUBLISHED, **sizes, **others}


class LayerNorm(nn.LayerNorm):
    """Layer norm in float32 whatever comes in."""

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x.float(), self.normalized_shape, self.weight, self.bias, self.eps).to(x.dtype)


class Windows(torch.autograd.Function):
    """[..., steps, C] -> [..., (steps - kernel) // stride + 1, kernel * C]: what a strided convolution reads for each step."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, kernel: int, stride: int) -> Tensor:
        x = x.contiguous()
        steps, channels = x.shape[-2:]
        count = (steps - kernel) // stride + 1
        ctx.arguments = (x.shape, kernel, stride, count)
        shape = (*x.shape[:-2], count, kernel * channels)
        return x.as_strided(shape, (*x.stride()[:-2], stride * channels, 1)).contiguous()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        shape, kernel, stride, count = ctx.arguments
        (g,) = gradients
        channels = shape[-1]
        g = g.unflatten(-1, (kernel, channels))
        out = g.new_zeros(shape)
        for j in range(kernel):
            out[..., j : j + stride * (count - 1) + 1 : stride, :] += g[..., j, :]
        return out, None, None


class ByDistance(torch.autograd.Function):
    """[..., n, 2n - 1] -> [..., n, n]: out[i, j] = x[i, j - i + n - 1], a strided view of the same memory."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return by_distance(x.contiguous()).contiguous()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (g,) = gradients
        out = g.new_zeros((*g.shape[:-1], 2 * g.shape[-1] - 1))
        by_distance(out).copy_(g)
        return out


def by_distance(x: Tensor) -> Tensor:
    """The view that ``ByDistance`` copies."""
    *batch, n, width = x.shape
    return x.as_strided((*batch, n, n), (*x.stride()[:-2], width - 1, 1), n - 1)


class Convolution(nn.Module):
    """One layer of the extractor: convolution without bias, group norm in the first layer, GELU."""

    def __init__(self, i: int, o: int, kernel: int, stride: int, norm: str | None, bias: bool):
        super().__init__()
        self.conv = nn.Conv1d(i, o, kernel, stride, bias=bias)
        self.norm = norm
        if norm == "group":
            self.layer_norm: nn.Module = nn.GroupNorm(o, o)
        if norm == "layer":
            self.layer_norm = LayerNorm(o)

    def forward(self, x: Tensor, counts: Tensor | None) -> Tensor:
        """[batch, steps, in] -> [batch, steps', out]; ``counts`` [batch]: how many of each row's output steps are real."""
        kernel, stride = self.conv.kernel_size[0], self.conv.stride[0]
        if (kernel, stride) != (1, 1):
            x = Windows.apply(x, kernel, stride)
        x = F.linear(x, self.conv.weight.permute(0, 2, 1).flatten(1), self.conv.bias)
        if self.norm == "group":
            x = self.group_norm(x, counts)
        elif self.norm == "layer":
            x = self.layer_norm(x)
        return F.gelu(x)

    def group_norm(self, x: Tensor, counts: Tensor | None) -> Tensor:
        """Each channel of each row to mean 0 and variance 1 over its real steps: padding must not count."""
        y = x.float()
        if counts is None:
            variance, mean = torch.var_mean(y, 1, unbiased=False, keepdim=True)
        else:
            real = (torch.arange(x.shape[1], device=x.device)[None] < counts[:, None])[..., None].to(y.dtype)
            n = counts[:, None, None].to(y.dtype)
            masked = y * real
            mean = masked.sum(1, keepdim=True) / n
            variance = (masked * y).sum(1, keepdim=True) / n - mean.square()
        norm = self.layer_norm
        gain = norm.weight * (variance.clamp_min(0) + norm.eps).rsqrt()
        return (y * gain + (norm.bias - mean * gain)).to(x.dtype)


class PositionalConvolution(nn.Module):
    """The grouped convolution over time with weight norm over its taps; stride is the squeeze factor."""

    def __init__(self, c: Settings):
        super().__init__()
        width, kernel, groups = c["hidden_size"], c["num_conv_pos_embeddings"], c["num_conv_pos_embedding_groups"]
        plain = nn.Conv1d(width, width, kernel, groups=groups)
        self.weight_v = nn.Parameter(plain.weight.detach().clone())
        self.weight_g = nn.Parameter(plain.weight.detach().norm(dim=(0, 1), keepdim=True))
        self.bias = nn.Parameter(torch.zeros(width))
        self.groups, self.squeeze = groups, c["squeeze_factor"]

    def forward(self, x: Tensor) -> Tensor:
        """[batch, frames, width] -> [batch, frames // squeeze, width], before the activation."""
        batch, frames, width = x.shape
        kernel, part, steps = self.weight_v.shape[2], width // self.groups, frames // self.squeeze
        weight = torch._weight_norm(self.weight_v, self.weight_g, 2).view(self.groups, part, part, kernel)
        y = F.pad(x, (0, 0, kernel // 2, (steps - 1) * self.squeeze + kernel - kernel // 2 - frames))
        y = y.view(batch, -1, self.groups, part).transpose(1, 2).contiguous()
        y = Windows.apply(y, kernel, self.squeeze)  # [batch, groups, steps, kernel * part]
        y = torch.matmul(y, weight.permute(0, 3, 2, 1).reshape(self.groups, kernel * part, part).to(y.dtype))
        return y.transpose(1, 2).reshape(batch, steps, width) + self.bias.to(y.dtype)


def distance_rows(tokens: int, c: Settings) -> Tensor:
    """Rows of the relative embeddings for the distances -(tokens - 1) … tokens - 1 (query minus key), [2 tokens - 1]."""
    buckets, farthest = c["position_buckets"], c["max_position_embeddings"]
    distance = torch.arange(1 - tokens, tokens)
    middle = buckets // 2
    near = distance.abs() <= middle
    size = distance.abs().clamp_min(1).double()
    logarithmic = torch.ceil(torch.log(size / middle) / math.log((farthest - 1) / middle) * (middle - 1)) + middle
    row = torch.where(near, distance, (logarithmic * distance.sign()).long())
    return (row + buckets).clamp(0, 2 * buckets - 1)


class Attention(nn.Module):
    """Disentangled attention with shared keys: content with content, content with place, place with content."""

    def __init__(self, c: Settings):
        super().__init__()
        width = c["hidden_size"]
        self.heads, self.dropout = c["num_attention_heads"], c["attention_dropout"]
        self.query_proj = nn.Linear(width, width)
        self.key_proj = nn.Linear(width, width)
        self.value_proj = nn.Linear(width, width)

    def forward(self, x: Tensor, bias: Tensor | None, places: Tensor) -> Tensor:
        """x [batch, tokens, width]; ``bias`` [batch, 1, 1, tokens] added to scores; ``places`` [2 tokens - 1, width]."""

        def by_head(y: Tensor) -> Tensor:
            return y.unflatten(-1, (self.heads, -1)).transpose(-2, -3)

        query, key, value = by_head(self.query_proj(x)), by_head(self.key_proj(x)), by_head(self.value_proj(x))
        scale = 1 / math.sqrt(query.shape[-1] * 3)
        query = query * scale
        place_key, place_query = by_head(self.key_proj(places)), by_head(self.query_proj(places)) * scale
        scores = query @ key.transpose(-1, -2)
        # The views want the farthest later key first, hence the flips of the small place tensors.
        scores = scores + ByDistance.apply(query @ place_key.flip(-2).transpose(-1, -2))
        scores = scores + ByDistance.apply(key @ place_query.transpose(-1, -2)).transpose(-1, -2)
        if bias is not None:
            scores = scores + bias.to(scores.dtype)
        weights = F.dropout(scores.softmax(-1), self.dropout, self.training)
        return (weights @ value).transpose(1, 2).flatten(2)


class AddAndNorm(nn.Module):
    """Linear layer, sum with what came before, layer norm."""

    def __init__(self, i: int, o: int, c: Settings):
        super().__init__()
        self.dense = nn.Linear(i, o)
        self.LayerNorm = LayerNorm(o, c["layer_norm_eps"])
        self.dropout = c["activation_dropout"]

    def forward(self, x: Tensor, before: Tensor) -> Tensor:
        return self.LayerNorm(F.dropout(self.dense(x), self.dropout, self.training) + before)


class Layer(nn.Module):
    """One transformer layer, norms after the sums."""

    def __init__(self, c: Settings):
        super().__init__()
        width, inner = c["hidden_size"], c["intermediate_size"]
        self.attention = nn.ModuleDict({"self": Attention(c), "output": AddAndNorm(width, width, c)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, inner)})
        self.output = AddAndNorm(inner, width, c)

    def forward(self, x: Tensor, bias: Tensor | None, places: Tensor) -> Tensor:
        x = self.attention["output"](self.attention["self"](x, bias, places), x)
        return self.output(F.gelu(self.intermediate["dense"](x)), x)


@dataclass
class Masks:
    """SpecAugment in the model's own masking: ``time`` [batch, frames] and ``channel`` [batch, width], true is masked."""

    time: Tensor
    channel: Tensor


class Backbone(nn.Module):
    """Everything up to the frames' last features (``sew_d`` in the checkpoints)."""

    def __init__(self, c: Settings):
        super().__init__()
        self.c = c
        width, dims = c["hidden_size"], [1, *c["conv_dim"]]
        norms = [c["feat_extract_norm"] if i == 0 or c["feat_extract_norm"] == "layer" else None for i in range(len(dims) - 1)]
        self.feature_extractor = nn.ModuleDict(
            {
                "conv_layers": nn.ModuleList(
                    Convolution(dims[i], dims[i + 1], kernel, stride, norms[i], c["conv_bias"])
                    for i, (kernel, stride) in enumerate(zip(c["conv_kernel"], c["conv_stride"], strict=True))
                )
            }
        )
        self.layer_norm = LayerNorm(dims[-1], eps=c["feature_layer_norm_eps"])
        if dims[-1] != width:
            self.feature_projection = nn.Linear(dims[-1], width)
        self.masked_spec_embed = nn.Parameter(torch.rand(width))
        self.encoder = nn.ModuleDict(
            {
                "pos_conv_embed": nn.ModuleDict({"conv": PositionalConvolution(c)}),
                "encoder": nn.ModuleDict(
                    {
                        "layer": nn.ModuleList(Layer(c) for _ in range(c["num_hidden_layers"])),
                        "rel_embeddings": nn.Embedding(2 * c["position_buckets"], width),
                        "LayerNorm": LayerNorm(width, c["layer_norm_eps"]),
                    }
                ),
                "upsample": nn.ModuleDict({"projection": nn.Linear(width, width * c["squeeze_factor"])}),
            }
        )

    def frame_counts(self, samples: Tensor) -> Tensor:
        """Frames (50 a second) of so many samples."""
        for kernel, stride in zip(self.c["conv_kernel"], self.c["conv_stride"], strict=True):
            samples = torch.div(samples - kernel, stride, rounding_mode="floor") + 1
        return samples

    def extract(self, waves: Tensor, lengths: Tensor | None) -> Tensor:
        """Waveforms [batch, samples] -> projected features [batch, frames, width]; zero behind each row's end."""
        x, counts = waves[:, :, None], lengths
        for layer in self.feature_extractor["conv_layers"]:
            if counts is not None:
                kernel, stride = layer.conv.kernel_size[0], layer.conv.stride[0]
                counts = torch.div(counts - kernel, stride, rounding_mode="floor") + 1
            x = layer(x, counts)
        x = self.layer_norm(x)
        if hasattr(self, "feature_projection"):
            x = self.feature_projection(x)
        if counts is not None:
            x = x.masked_fill(torch.arange(x.shape[1], device=x.device)[None, :, None] >= counts[:, None, None], 0)
        return x

    def squeeze(self, x: Tensor) -> Tensor:
        """[batch, frames, width] -> the transformer's input [batch, frames // squeeze, width]."""
        factor = self.c["squeeze_factor"]
        pooled = x[:, : x.shape[1] // factor * factor].unflatten(1, (-1, factor)).mean(2)
        return F.gelu(self.encoder["pos_conv_embed"]["conv"](x)) + pooled

    def places(self, tokens: int) -> Tensor:
        """Normed relative embeddings of all distances that occur, [2 tokens - 1, width]."""
        inner = self.encoder["encoder"]
        return inner["LayerNorm"](inner["rel_embeddings"].weight)[distance_rows(tokens, self.c).to(inner["rel_embeddings"].weight.device)]

    def expand(self, x: Tensor, frames: int, counts: Tensor | None) -> Tensor:
        """Tokens [batch, tokens, width] -> frames [batch, frames, width]; a last odd frame is zero, in every row."""
        factor = self.c["squeeze_factor"]
        x = F.gelu(self.encoder["upsample"]["projection"](x)).unflatten(-1, (factor, -1)).flatten(1, 2)
        x = F.pad(x, (0, 0, 0, frames - x.shape[1]))
        if counts is not None:
            ends = torch.div(counts, factor, rounding_mode="floor") * factor
            x = x.masked_fill(torch.arange(frames, device=x.device)[None, :, None] >= ends[:, None, None], 0)
        return x

    def attention_bias(self, tokens: int, counts: Tensor | None) -> Tensor | None:
        """-10,000 [batch, 1, 1, tokens] where a row has ended."""
        if counts is None:
            return None
        ends = torch.div(counts, self.c["squeeze_factor"], rounding_mode="floor")
        ended = torch.arange(tokens, device=counts.device)[None] >= ends[:, None]
        return ended[:, None, None].float() * -1e4

    def streams(self, x: Tensor, counts: Tensor | None) -> list[Tensor]:
        """Squeezed input and every layer's output, each [batch, tokens, width], of frames [batch, frames, width]."""
        x = self.squeeze(x)
        bias, places = self.attention_bias(x.shape[1], counts), self.places(x.shape[1])
        streams = [x]
        for layer in self.encoder["encoder"]["layer"]:
            streams.append(layer(streams[-1], bias, places))
        return streams

    def mask(self, x: Tensor, masks: Masks) -> Tensor:
        """Frames [batch, frames, width] with the learned embedding in masked times and zero in masked channels."""
        x = torch.where(masks.time[:, :, None], self.masked_spec_embed.to(x.dtype), x)
        return x.masked_fill(masks.channel[:, None, :], 0)


@dataclass
class Heard:
    """What the recogniser makes of a batch: ``logits`` and ``middle`` [batch, frames, vocabulary], and all streams."""

    logits: Tensor
    middle: Tensor | None
    streams: list[Tensor]


class Recogniser(nn.Module):
    """SEW-D with a CTC head."""

    def __init__(self, c: Settings):
        super().__init__()
        self.c = c
        self.sew_d = Backbone(c)
        self.lm_head = nn.Linear(c["hidden_size"], c["vocab_size"])

    def forward(self, waves: Tensor, lengths: Tensor | None = None, middle: int | None = None, masks: Masks | None = None) -> Heard:
        """``waves`` [batch, samples], each row of mean 0 and variance 1 with zeros behind its ``lengths`` [batch].

        ``middle``: the number of the layer whose output the head reads too (intermediate CTC).
        """
        body = self.sew_d
        x = body.extract(waves, lengths)
        frames, counts = x.shape[1], None if lengths is None else body.frame_counts(lengths)
        if masks is not None:
            x = body.mask(x, masks)
        streams = body.streams(x, counts)
        logits = self.lm_head(body.expand(streams[-1], frames, counts))
        tapped = self.lm_head(body.expand(streams[middle], frames, counts)) if middle else None
        return Heard(logits, tapped, streams)
