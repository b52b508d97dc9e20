"""Files: weights as a Hugging Face folder, and a run's whole state."""

import json
import os
from pathlib import Path
from typing import Any, Literal, get_args

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from .alphabet import IDS
from .model import Recogniser
from .settings import Settings

Kind = Literal["float32", "float16", "int8"]
"""How a folder's weights are stored; int8: large matrices in 8 bits with a scale for each row, all else in float16."""

KINDS: tuple[Kind, ...] = get_args(Kind)

BYTES_FROM = 4096
"""Elements from which a tensor of two or more dimensions is stored in 8 bits: smaller ones would save nothing."""

ABOUT: Settings = {
    "architectures": ["SEWDForCTC"],
    "model_type": "sew-d",
    "hidden_act": "gelu",
    "feat_extract_activation": "gelu",
    "share_att_key": True,
    "relative_attention": True,
    "position_biased_input": False,
    "pos_att_type": ["p2c", "c2p"],
    "norm_rel_ebd": "layer_norm",
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
"""Fields of config.json that are the same for every SEW-D."""

BESIDE: dict[str, dict[str, Any]] = {
    "vocab.json": dict(IDS),
    "preprocessor_config.json": {
        "do_normalize": True,
        "feature_extractor_type": "Wav2Vec2FeatureExtractor",
        "feature_size": 1,
        "padding_side": "right",
        "padding_value": 0,
        "return_attention_mask": False,
        "sampling_rate": 16000,
    },
    "tokenizer_config.json": {
        "unk_token": "<unk>",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "pad_token": "<pad>",
        "do_lower_case": False,
        "word_delimiter_token": "|",
        "tokenizer_class": "Wav2Vec2CTCTokenizer",
    },
    "special_tokens_map.json": {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"},
}


def replace(path: Path, write: Any) -> None:
    """Writes a file whole or not at all: ``write`` gets the temporary path."""
    part = path.with_name(path.name + ".part")
    write(part)
    part.chmod(0o644)  # safetensors makes files that only their owner may read
    os.replace(part, path)


def in_bytes(value: Tensor) -> tuple[Tensor, Tensor]:
    """Whole numbers -127 to 127 and a scale for each index of the first dimension: value = number * scale."""
    rows = value.flatten(1)
    peaks = rows.abs().amax(1)
    scales = torch.where(peaks == 0, 1.0, peaks / 127)
    return (rows / scales[:, None]).round().clamp(-127, 127).to(torch.int8).view(value.shape), scales


def stored(weights: dict[str, Tensor], kind: Kind) -> dict[str, Tensor]:
    """The tensors of a file: beside each NAME in 8 bits its NAME_scale in float32."""
    found: dict[str, Tensor] = {}
    for name, value in weights.items():
        plain = value.detach().cpu().float()
        if kind == "int8" and plain.dim() > 1 and plain.numel() >= BYTES_FROM:
            found[name], found[f"{name}_scale"] = in_bytes(plain)
        else:
            found[name] = plain.to(torch.float32 if kind == "float32" else torch.float16).contiguous()
    return found


def restored(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights, float32, that ``stored`` made a file's tensors of."""
    in_8_bits = {name for name, value in tensors.items() if value.dtype == torch.int8}
    scales = {f"{name}_scale" for name in in_8_bits}
    weights = {name: value.float() for name, value in tensors.items() if name not in scales}
    for name in in_8_bits:
        weights[name].flatten(1).mul_(tensors[f"{name}_scale"][:, None])
    return weights


def save_folder(out: Path, weights: dict[str, Tensor], c: Settings, kind: Kind = "float16") -> None:
    """config.json, vocab.json, tokenizer and preprocessor files, model.safetensors.

    ``torch_dtype`` is float16 for int8, too: a reader that knows no scales still learns the shape.
    """
    out.mkdir(parents=True, exist_ok=True)
    tensors = stored(weights, kind)
    replace(out / "model.safetensors", lambda part: save_file(tensors, part, metadata={"format": "pt"}))
    config = {**c, **ABOUT, "torch_dtype": "float32" if kind == "float32" else "float16"}
    for name, value in {"config.json": config, **BESIDE}.items():
        (out / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def load_folder(folder: Path) -> Recogniser:
    """The recogniser of a folder that ``save_folder`` wrote, whatever its kind, in float32."""
    c = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    model = Recogniser(c)
    model.load_state_dict(restored(load_file(folder / "model.safetensors")))
    return model


def save_state(path: Path, state: dict[str, Any]) -> None:
    """A run's state, whole or not at all."""
    replace(path, lambda part: torch.save(state, part))


def load_state(path: Path, device: str) -> dict[str, Any]:
    """What ``save_state`` wrote."""
    return torch.load(path, map_location=device, weights_only=True)
