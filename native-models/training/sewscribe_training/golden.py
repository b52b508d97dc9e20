"""Writes a micro model with its logits, for the converter's tests: what this trainer saves must be what the app computes.

    python -m sewscribe_training.golden --out ../../test/fixtures/training-golden
"""

import argparse
import json
import math
from pathlib import Path

import torch

from .batches import normalised
from .checkpoint import load_folder, save_folder
from .model import Recogniser
from .settings import Settings, settings
from .stem import TAPS

CASES = (1360, 16000, 24240)
"""Samples: two frames and a bit, an odd and an even number of frames."""


def micro_settings() -> Settings:
    """The embedded model's kind of extractor and squeezing, with few channels."""
    extractor = {"conv_dim": [24, 16, 24, 24], "conv_kernel": [TAPS, 1, 3, 3], "conv_stride": [160, 1, 1, 2], "conv_bias": True}
    return settings(24, 2, 4, 40, 0, num_conv_pos_embedding_groups=4, position_buckets=32, max_position_embeddings=64, **extractor)


def signal(samples: int) -> torch.Tensor:
    """A rising tone with a pulse, [samples], -1 to 1."""
    time = torch.arange(samples, dtype=torch.float64) / 16000
    tone = 0.3 * torch.sin(2 * math.pi * (200 * time + 900 * time.square()))
    tone[:: 1600] += 0.5
    return tone.float()


@torch.no_grad()
def write(out: Path) -> None:
    """The folder: the model in half precision as a run saves it, cases.json, raw samples and logits (float32, little endian)."""
    torch.manual_seed(7)
    model = Recogniser(micro_settings())
    for parameter in model.parameters():  # far from its start, so that every part shows in the logits
        parameter.add_(torch.randn_like(parameter) * 0.1 * (1 + parameter.abs().mean()))
    save_folder(out, model.state_dict(), model.c)
    model = load_folder(out).eval()
    cases = []
    for samples in CASES:
        wave = signal(samples)
        logits = model(normalised(wave)[None]).logits[0]
        names = {"input": f"{samples}.samples.f32", "logits": f"{samples}.logits.f32"}
        (out / names["input"]).write_bytes(wave.numpy().astype("<f4").tobytes())
        (out / names["logits"]).write_bytes(logits.numpy().astype("<f4").tobytes())
        cases.append({"samples": samples, "frames": len(logits), "vocab": logits.shape[1], **names, "greedyIds": logits.argmax(-1).tolist()})
    (out / "cases.json").write_text(json.dumps({"note": "made by native-models/training, python -m sewscribe_training.golden", "cases": cases}, indent=1) + "\n")


def main() -> None:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--out", type=Path, required=True)
    write(a.parse_args().out)


if __name__ == "__main__":
    main()
