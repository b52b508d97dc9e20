"""Makes the model to start from: Whisper base's encoder as a SEW-D, each part fitted to its part of the teacher.

    python -m sewscribe_training.start --data PREPARED --out START      # START/statistics.pt too
"""

import argparse
import math
import random
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from .align import Targets, local_losses, targets, unexplained
from .batches import batches, clean, normalised, samples_of
from .checkpoint import save_folder
from .corpora import RATE_HZ, Utterance, held_out, load
from .inherit import Statistics, inherit, inherited_settings, measure, tokens
from .model import Backbone
from .optimisation import bfloat16_pays
from .stem import fit_norm, start_stem
from .teaching import describe, save_statistics
from .whisper import WhisperEncoder, read_encoder


def joined(audio: Tensor, train: list[Utterance], seconds: float, rng: random.Random) -> Tensor:
    """Random utterances one after another, [samples], of deviation 0.1: so long ones are not needed to measure late places."""
    parts: list[Tensor] = []
    while sum(len(p) for p in parts) < seconds * RATE_HZ:
        parts.append(normalised(samples_of(audio, rng.choice(train))) * 0.1)
    return torch.cat(parts)[: int(seconds * RATE_HZ)]


def front_target(teacher: WhisperEncoder, found: Statistics, waves: Tensor, counts: Tensor) -> Targets:
    """The teacher's stream before its first layer alone, which costs next to nothing."""
    count = int(counts.max()) // 2
    first = teacher.streams(F.pad(waves * 0.1, (0, 640)), layers=0)[0]
    real = torch.arange(count, device=counts.device)[None] < torch.div(counts, 2, rounding_mode="floor")[:, None]
    return Targets([tokens(first, count) - found.places[0][:count]], real)


@torch.no_grad()
def pooled(body: Backbone, waves: Tensor, lengths: Tensor, aim: Targets) -> tuple[Tensor, Tensor]:
    """The extractor's features, two frames a token, and the teacher's input, both [tokens, 512]."""
    x = body.extract(waves, lengths)
    return x[:, : x.shape[1] // 2 * 2].unflatten(1, (-1, 2)).mean(2)[aim.real], aim.streams[0][aim.real]


def main() -> None:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", type=Path, required=True)
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--spectrum-steps", type=int, default=300, help="steps on the extractor's first two layers alone")
    a.add_argument("--front-steps", type=int, default=300, help="steps on extractor and squeezing alone")
    a.add_argument("--layer-steps", type=int, default=250, help="steps on all parts, each by itself")
    a.add_argument("--batch-seconds", type=float, default=64)
    a.add_argument("--measure-rows", type=int, default=160, help="stretches of 17.5 s to measure the teacher on")
    a.add_argument("--measure-only", action="store_true", help="only statistics.pt, for a run that has a model already")
    o = a.parse_args()
    o.out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(1)
    torch.manual_seed(1)
    audio, utterances = load(o.data)
    train, _ = held_out(utterances)
    half = bfloat16_pays("cpu")
    teacher = WhisperEncoder(read_encoder(), "cpu", half)
    found = measure(teacher, torch.stack([joined(audio, train, 17.5, rng) for _ in range(o.measure_rows)]))
    save_statistics(o.out / "statistics.pt", found)
    print(describe(found), flush=True)
    if o.measure_only:
        return
    c = inherited_settings()
    model = inherit(teacher, found, c)
    body = model.sew_d
    layers = list(body.encoder["encoder"].parameters())
    inside = {id(p) for p in layers}
    front = [p for p in body.parameters() if id(p) not in inside]

    def endless():
        while True:
            yield from batches(train, o.batch_seconds, rng)

    stream = endless()

    def batch() -> tuple[Tensor, Tensor]:
        return clean(audio, next(stream), "cpu")

    start_stem(body, teacher, batch, o.spectrum_steps)
    batches_to_fit = (batch() for _ in range(8))
    fit_norm(body, (pooled(body, w, n, front_target(teacher, found, w, body.frame_counts(n))) for w, n in batches_to_fit))

    for name, steps in (("front", o.front_steps), ("all parts", o.layer_steps)):
        optimiser = torch.optim.AdamW(
            [{"params": front, "rate": 5e-4}, {"params": layers, "rate": 5e-4}], betas=(0.9, 0.98), weight_decay=0.0, fused=True
        )
        for step in range(steps):
            waves, lengths = batch()
            counts = body.frame_counts(lengths)
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                if name == "front":
                    aim = front_target(teacher, found, waves, counts)
                    losses = [unexplained(body.squeeze(body.extract(waves, lengths)), aim.streams[0], found.spread[0], aim.real)]
                else:
                    losses = local_losses(model, targets(teacher, found, waves, counts), found, waves, lengths)
            for group in optimiser.param_groups:
                group["lr"] = group["rate"] * min(1, (step + 1) / 50) * max(0.02, min(1, (1 - step / steps) * 2))
            optimiser.zero_grad()
            torch.stack(losses).sum().backward()
            torch.nn.utils.clip_grad_norm_(front, 1.0)
            torch.nn.utils.clip_grad_norm_(layers, 2.0)
            optimiser.step()
            if step % math.ceil(steps / 20) == 0 or step == steps - 1:
                print(f"{name}, step {step}, unexplained {[round(x.item(), 3) for x in losses]}", flush=True)
    save_folder(o.out, model.state_dict(), c, kind="float32")


if __name__ == "__main__":
    main()
