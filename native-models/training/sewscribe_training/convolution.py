"""SEW-D's convolutions, as matrix products over windows: several times faster on a CPU than convolving."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .settings import Settings


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
