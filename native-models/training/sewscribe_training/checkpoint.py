"""Files: weights as a Hugging Face folder, and a run's whole state."""

import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from .alphabet import IDS
from .model import Recogniser
from .settings import Settings

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


def save_folder(out: Path, weights: dict[str, Tensor], c: Settings, half: bool = True) -> None:
    """config.json, vocab.json, tokenizer and preprocessor files, model.safetensors (float16 or float32)."""
    out.mkdir(parents=True, exist_ok=True)
    kind = torch.float16 if half else torch.float32
    plain = {name: value.detach().cpu().to(kind).contiguous() for name, value in weights.items()}
    replace(out / "model.safetensors", lambda part: save_file(plain, part, metadata={"format": "pt"}))
    config = {**c, **ABOUT, "torch_dtype": "float16" if half else "float32"}
    for name, value in {"config.json": config, **BESIDE}.items():
        (out / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def load_folder(folder: Path) -> Recogniser:
    """The recogniser of a folder that ``save_folder`` wrote, float32."""
    c = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    model = Recogniser(c)
    model.load_state_dict({name: value.float() for name, value in load_file(folder / "model.safetensors").items()})
    return model


def save_state(path: Path, state: dict[str, Any]) -> None:
    """A run's state, whole or not at all."""
    replace(path, lambda part: torch.save(state, part))


def load_state(path: Path, device: str) -> dict[str, Any]:
    """What ``save_state`` wrote."""
    return torch.load(path, map_location=device, weights_only=True)
