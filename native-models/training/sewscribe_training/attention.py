"""SEW-D's transformer layers: disentangled attention (He et al. 2020) with relative places as strided views, not gathers."""

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .convolution import LayerNorm
from .settings import Settings


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
