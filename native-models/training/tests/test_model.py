"""The network: relative places by their definition, rows of a batch as if alone, names of the published checkpoints."""

import math

import pytest
import torch

from sewscribe_training.attention import Attention, distance_rows
from sewscribe_training.model import Recogniser
from sewscribe_training.settings import settings

MICRO = settings(32, 2, 4, 64, 4, num_conv_pos_embedding_groups=4)


def bucket(distance: int, buckets: int, farthest: int) -> int:
    """DeBERTa's logarithmic buckets, written from the definition."""
    middle = buckets // 2
    if abs(distance) <= middle:
        return distance
    size = math.ceil(math.log(abs(distance) / middle) / math.log((farthest - 1) / middle) * (middle - 1)) + middle
    return int(math.copysign(size, distance))


@pytest.mark.parametrize("tokens", [1, 2, 7, 130, 400])
def test_rows_of_distances(tokens: int) -> None:
    rows = distance_rows(tokens, MICRO).tolist()
    wanted = [min(511, max(0, bucket(d, 256, 512) + 256)) for d in range(1 - tokens, tokens)]
    assert rows == wanted


@pytest.mark.parametrize("tokens", [1, 2, 9])
def test_attention_is_the_sum_of_its_definition(tokens: int) -> None:
    torch.manual_seed(0)
    c = settings(8, 1, 2, 16, 4)
    attention = Attention(c).double()
    x, table = torch.randn(2, tokens, 8).double(), torch.randn(512, 8).double()
    places = table[distance_rows(tokens, c)]
    out = attention(x, None, places)
    q, k, v = attention.query_proj(x), attention.key_proj(x), attention.value_proj(x)
    pk, pq = attention.key_proj(table), attention.query_proj(table)
    wanted = torch.zeros_like(out)
    for b in range(2):
        for head in (slice(0, 4), slice(4, 8)):
            scores = torch.zeros(tokens, tokens).double()
            for i in range(tokens):
                for j in range(tokens):
                    row = bucket(i - j, 256, 512) + 256
                    scores[i, j] = q[b, i, head] @ k[b, j, head] + q[b, i, head] @ pk[row, head] + k[b, j, head] @ pq[row, head]
            wanted[b, :, head] = (scores / math.sqrt(4 * 3)).softmax(-1) @ v[b, :, head]
    torch.testing.assert_close(out, wanted)


def test_attention_gradient() -> None:
    torch.manual_seed(0)
    attention = Attention(settings(4, 1, 2, 8, 4)).double()
    x, places = torch.randn(1, 5, 4).double().requires_grad_(), torch.randn(9, 4).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda a, b: attention(a, None, b), (x, places))


@pytest.mark.parametrize("samples", [720, 1040, 16000, 16320, 30001])
def test_frames_and_rows_alone(samples: int) -> None:
    torch.manual_seed(0)
    model = Recogniser(MICRO).eval()
    waves = torch.randn(2, 32000)
    waves[0, samples:] = 0
    lengths = torch.tensor([samples, 32000])
    together = model(waves, lengths, middle=1)
    alone = model(waves[:1, :samples], middle=1)
    frames = (samples - 400) // 320 + 1
    assert alone.logits.shape == (1, frames, 32)
    assert together.middle is not None and alone.middle is not None
    torch.testing.assert_close(together.logits[:1, :frames], alone.logits, atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(together.middle[:1, :frames], alone.middle, atol=1e-4, rtol=1e-3)


def test_strided_convolutions_are_convolutions() -> None:
    torch.manual_seed(0)
    model = Recogniser(MICRO).eval()
    x = y = torch.randn(1, 4000, 1)
    for layer in model.sew_d.feature_extractor["conv_layers"]:
        x = layer(x, None)
        y = layer.conv(y.transpose(1, 2))
        if layer.norm:
            y = layer.layer_norm(y)
        y = torch.nn.functional.gelu(y).transpose(1, 2)
    torch.testing.assert_close(x, y, atol=1e-5, rtol=1e-4)


def test_names_of_the_published_checkpoints() -> None:
    names = set(Recogniser(MICRO).state_dict())
    assert {
        "lm_head.weight",
        "sew_d.masked_spec_embed",
        "sew_d.feature_extractor.conv_layers.0.layer_norm.weight",
        "sew_d.feature_extractor.conv_layers.12.conv.weight",
        "sew_d.layer_norm.bias",
        "sew_d.encoder.pos_conv_embed.conv.weight_g",
        "sew_d.encoder.pos_conv_embed.conv.weight_v",
        "sew_d.encoder.encoder.rel_embeddings.weight",
        "sew_d.encoder.encoder.LayerNorm.weight",
        "sew_d.encoder.encoder.layer.1.attention.self.query_proj.weight",
        "sew_d.encoder.encoder.layer.1.attention.output.LayerNorm.weight",
        "sew_d.encoder.encoder.layer.1.intermediate.dense.weight",
        "sew_d.encoder.encoder.layer.1.output.dense.bias",
        "sew_d.encoder.upsample.projection.weight",
    } <= names
