"""The settings that shape a SEW-D, as config.json names them."""

from typing import Any

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
