"""Makes the model to start from: Whisper base's encoder as a SEW-D, each part fitted to its part of the teacher.

    python -m sewscribe_training.start --data PREPARED --out START      # about 15 minutes on one core; START/statistics.pt too
"""

import argparse
import math
import random
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .align import Targets, local_losses, targets, unexplained
from .batches import batches, clean, normalised, samples_of
from .checkpoint import save_folder
from .corpora import RATE_HZ, Utterance, held_out, load
from .inherit import Statistics, inherit, inherited_settings, measure, tokens
from .model import Backbone
from .optimisation import bfloat16_pays
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
def solve_projection(body: Backbone, lessons: list[tuple[Tensor, Tensor, Targets]]) -> None:
    """Sets the feature projection by least squares from the extractor's pooled features to the teacher's input."""
    projection = body.feature_projection
    body.feature_projection = nn.Identity()
    width = projection.weight.shape[1] + 1
    squares, crossed, count = torch.zeros(width, width).double(), torch.zeros(width, projection.weight.shape[0]).double(), 0
    for waves, lengths, aim in lessons:
        x = body.extract(waves, lengths)
        x = x[:, : x.shape[1] // 2 * 2].unflatten(1, (-1, 2)).mean(2)[aim.real]
        x = torch.cat([x, torch.ones(len(x), 1)], 1).double()
        squares += x.T @ x
        crossed += x.T @ aim.streams[0][aim.real].double()
        count += len(x)
    body.feature_projection = projection
    solved = torch.linalg.solve(squares + 1e-3 * count * torch.eye(width), crossed).float()
    projection.weight.copy_(solved[:-1].T)
    projection.bias.copy_(solved[-1])
    body.encoder["pos_conv_embed"]["conv"].weight_g.mul_(0.05)  # starts with next to no say


def main() -> None:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", type=Path, required=True)
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--front-steps", type=int, default=1500, help="steps on extractor and squeezing alone")
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
    lessons = []
    for _ in range(8):
        waves, lengths = clean(audio, next(stream), "cpu")
        lessons.append((waves, lengths, front_target(teacher, found, waves, body.frame_counts(lengths))))
    solve_projection(body, lessons)

    for name, steps in (("front", o.front_steps), ("all parts", o.layer_steps)):
        optimiser = torch.optim.AdamW(
            [{"params": front, "rate": 1e-3}, {"params": layers, "rate": 5e-4}], betas=(0.9, 0.98), weight_decay=0.0, fused=True
        )
        for step in range(steps):
            waves, lengths = clean(audio, next(stream), "cpu")
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
    save_folder(o.out, model.state_dict(), c, half=False)


if __name__ == "__main__":
    main()
