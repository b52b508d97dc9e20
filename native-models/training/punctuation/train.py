"""Trains the punctuation model for a given time on one core: python train.py --data DIR --out DIR --minutes 25"""

import argparse
import json
import time
from pathlib import Path

import torch
from torch.nn import functional

from batches import IGNORED, Batches, Part, Words
from beginnings import word_vectors
from model import CASES, MARKS, RIGHT_CONTEXT, PunctuationModel
from scoring import logits_of, summary

WARM_UP_STEPS = 100
PEAK_RATE = 2e-3
BEGINNING_SCALE = 0.3


def rate_at(step: int, progress: float) -> float:
    """Up in a line, then down in a line to nothing at the end of the time."""
    return PEAK_RATE * min(1.0, (step + 1) / WARM_UP_STEPS) * max(0.0, 1 - progress)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--minutes", type=float, default=25)
    options.add_argument("--start", type=Path, help="weights to go on from")
    options.add_argument("--rows", type=int, default=24)
    options.add_argument("--words", type=int, default=256)
    arguments = options.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(1)
    vocabulary = json.loads((arguments.data / "vocabulary.json").read_text())["vocabulary"]
    words = Words(arguments.data, vocabulary)
    training = Part.read(arguments.data, "training")
    tuning = Part.read(arguments.data, "tuning")
    batches = Batches(training, words, arguments.rows, arguments.words, RIGHT_CONTEXT, seed=1)
    model = PunctuationModel(len(vocabulary))
    if arguments.start:
        model.load_state_dict(torch.load(arguments.start))
    else:
        table = model.tables[0].weight.data
        vectors = word_vectors(training, words, *table.shape)
        table[1:] = BEGINNING_SCALE * torch.from_numpy(vectors[1:])
    optimiser = torch.optim.AdamW(model.parameters(), lr=PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    arguments.out.mkdir(parents=True, exist_ok=True)

    began = told = quality_told = time.monotonic()
    step, learned, told_loss = 0, 0, 0.0
    while (elapsed := time.monotonic() - began) < 60 * arguments.minutes:
        for group in optimiser.param_groups:
            group["lr"] = rate_at(step, elapsed / 60 / arguments.minutes)
        features, pauses, marks, cases = (torch.from_numpy(array) for array in batches.next())
        model.train()
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(features, pauses)
        outputs = logits.float().flatten(0, 1)
        mark_loss = functional.cross_entropy(outputs[:, : len(MARKS)], marks.flatten(), ignore_index=IGNORED)
        case_loss = functional.cross_entropy(outputs[:, len(MARKS) :], cases.flatten(), ignore_index=IGNORED)
        optimiser.zero_grad(set_to_none=True)
        (mark_loss + case_loss).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        learned += int((marks != IGNORED).sum())
        told_loss = 0.95 * told_loss + 0.05 * mark_loss.item() if step > 1 else mark_loss.item()
        if time.monotonic() - told > 60:
            told = time.monotonic()
            print(f"{elapsed:.0f} s, step {step}, {learned} words, marks' loss {told_loss:.4f}", flush=True)
            torch.save(model.state_dict(), arguments.out / "model.pt")
            if told - quality_told > 400:
                quality_told = told
                print(summary(*logits_of(model, tuning, words, 0.1, True)), flush=True)
    torch.save(model.state_dict(), arguments.out / "model.pt")
    print(f"done: {step} steps, {learned} words", flush=True)
    print(summary(*logits_of(model, tuning, words, 0.1, True)), flush=True)


if __name__ == "__main__":
    main()
