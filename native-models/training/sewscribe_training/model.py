"""SEW-D (squeezed wav2vec with disentangled attention) with a CTC head, in the tensor names of the published checkpoints.

Source: "Performance-Efficiency Trade-offs in Unsupervised Pre-training for Speech Recognition" (Wu et al. 2021).
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .attention import Layer, distance_rows
from .convolution import Convolution, LayerNorm, PositionalConvolution
from .settings import Settings


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
        rows = distance_rows(tokens, self.c).to(inner["rel_embeddings"].weight.device, non_blocking=True)
        return inner["LayerNorm"](inner["rel_embeddings"].weight)[rows]

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

    def head(self) -> list[nn.Parameter]:
        """What turns the last layer's tokens into letters. No teacher has it."""
        return [*self.sew_d.encoder["upsample"].parameters(), *self.lm_head.parameters()]

    def body(self) -> list[nn.Parameter]:
        """All the rest."""
        head = {id(p) for p in self.head()}
        return [p for p in self.parameters() if id(p) not in head]

    def freeze_body(self, is_frozen: bool) -> None:
        """Whether only the head learns."""
        for p in self.body():
            p.requires_grad_(not is_frozen)

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
