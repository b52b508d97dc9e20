"""Pre-training without texts, as the paper does it: masked contrastive prediction with a quantiser and MLP predictor heads.

The model hears masked speech; for every masked token a predictor head on top must tell the quantised, unmasked features of
that moment from those of other masked moments of the same utterance. SEW's heads are small MLPs instead of linear layers, and
predict at the squeezed rate (25 per second). Quantiser and heads are thrown away: the saved folder holds the backbone alone,
with a fresh CTC head, for ``train --init``.

    python -m sewscribe_training.pretrain --data PREPARED --out RUN --shape 384,12,6,1536,64 --device cuda

Sources: Wu et al. 2021, section 3 (MLP predictor heads, batch norm in them); wav2vec 2.0 (Baevski et al. 2020), section 3.2
(loss, Gumbel softmax, diversity).
"""

import argparse
import random
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .batches import batches, clean
from .checkpoint import load_state, save_folder, save_state
from .corpora import RATE_HZ, held_out, load
from .model import Masks, Recogniser
from .optimisation import bfloat16_pays
from .settings import settings


class Quantiser(nn.Module):
    """Product quantisation by Gumbel softmax: ``groups`` codebooks of ``entries`` vectors, joined to ``width``."""

    def __init__(self, features: int, width: int, groups: int = 2, entries: int = 320):
        super().__init__()
        self.groups, self.entries = groups, entries
        self.choose = nn.Linear(features, groups * entries)
        self.books = nn.Parameter(torch.rand(groups, entries, width // groups))
        nn.init.normal_(self.choose.weight)
        nn.init.zeros_(self.choose.bias)

    def forward(self, x: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
        """[n, features] -> codes [n, width], and perplexity over all entries as a share (1: all used alike)."""
        scores = self.choose(x).float().unflatten(-1, (self.groups, self.entries))
        if self.training:
            chosen = F.gumbel_softmax(scores, tau=temperature, hard=True)
        else:
            chosen = F.one_hot(scores.argmax(-1), self.entries).float()
        usage = scores.softmax(-1).mean(0)
        perplexity = torch.exp(-(usage * (usage + 1e-7).log()).sum(-1)).mean() / self.entries
        return torch.einsum("nge,ged->ngd", chosen, self.books).flatten(1), perplexity


class Predictor(nn.Module):
    """An MLP head: linear, batch norm, ReLU, linear."""

    def __init__(self, i: int, o: int, inner: int):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(i, inner), nn.BatchNorm1d(inner), nn.ReLU(), nn.Linear(inner, o))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


@dataclass
class Guess:
    """How a batch went: the whole loss, the share of masked tokens recognised, and the codebooks' perplexity."""

    loss: Tensor
    accuracy: float
    perplexity: float


class Pretrainer(nn.Module):
    """A backbone with what pre-training needs around it."""

    def __init__(self, recogniser: Recogniser, width: int = 256, inner: int = 1024, negatives: int = 100):
        super().__init__()
        self.recogniser = recogniser
        hidden = recogniser.c["hidden_size"]
        self.quantiser = Quantiser(hidden, width)
        self.predict_token = Predictor(hidden, width, inner)
        self.predict_code = Predictor(width, width, inner)
        self.negatives = negatives

    def forward(self, waves: Tensor, lengths: Tensor, rng: random.Random, temperature: float) -> Guess:
        """``waves`` [batch, samples], normalised; ``lengths`` [batch]."""
        body = self.recogniser.sew_d
        features = body.extract(waves, lengths)
        counts = body.frame_counts(lengths)
        factor = self.recogniser.c["squeeze_factor"]
        token_counts = torch.div(counts, factor, rounding_mode="floor")
        masked = mask_tokens(token_counts, rng).to(waves.device)
        time_mask = F.pad(masked.repeat_interleave(factor, 1), (0, features.shape[1] - masked.shape[1] * factor))
        masks = Masks(time_mask, torch.zeros(len(waves), features.shape[-1], dtype=torch.bool, device=waves.device))
        context = body.streams(body.mask(features, masks), counts)[-1]
        pooled = features[:, : masked.shape[1] * factor].unflatten(1, (-1, factor)).mean(2)
        codes, perplexity = self.quantiser(pooled[masked], temperature)
        guesses = self.predict_token(context[masked].float())
        loss, accuracy = contrast(guesses, self.predict_code(codes), masked, self.negatives, rng)
        penalty = features.float().square().mean()
        return Guess(loss + 0.1 * (1 - perplexity) + penalty, accuracy, float(perplexity.detach()))


def mask_tokens(counts: Tensor, rng: random.Random, share: float = 0.065, span: int = 5) -> Tensor:
    """[batch, tokens]: spans of ``span`` tokens (200 ms) from ``share`` of all starts, so that about a quarter is masked."""
    masked = torch.zeros(len(counts), int(counts.max()), dtype=torch.bool)
    for row, count in enumerate(counts.tolist()):
        for _ in range(max(2, round(share * count))):
            at = rng.randint(0, max(0, count - span))
            masked[row, at : min(at + span, count)] = True
    return masked


def contrast(guesses: Tensor, codes: Tensor, masked: Tensor, negatives: int, rng: random.Random, temperature: float = 0.1) -> tuple[Tensor, float]:
    """Cross-entropy of finding each masked token's own code among those of other masked tokens of its row, and the share found.

    ``guesses`` and ``codes`` [n, width] in the order of ``masked`` [batch, tokens]. A negative that equals the true code counts not.
    """
    rows = masked.sum(1).tolist()
    starts = [sum(rows[:i]) for i in range(len(rows))]
    picks = []
    for start, count in zip(starts, rows, strict=True):
        for own in range(count):
            others = [(own + 1 + rng.randrange(max(1, count - 1))) % count for _ in range(negatives)]
            picks.append([start + own, *(start + i for i in others)])
    index = torch.tensor(picks, device=guesses.device)
    candidates = codes[index]  # [n, 1 + negatives, width]; the first is the true one
    scores = F.cosine_similarity(guesses[:, None].float(), candidates.float(), dim=-1) / temperature
    same = (candidates[:, 1:] == candidates[:, :1]).all(-1)
    scores = torch.cat([scores[:, :1], scores[:, 1:].masked_fill(same, float("-inf"))], 1)
    target = torch.zeros(len(scores), dtype=torch.long, device=scores.device)
    return F.cross_entropy(scores, target), float((scores.argmax(1) == 0).float().mean())


def arguments() -> argparse.ArgumentParser:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", type=Path, required=True)
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--shape", default="384,12,6,1536,64", help="hidden, layers, heads, inner, channels of the first convolution")
    a.add_argument("--device", default="cpu")
    a.add_argument("--rate", type=float, default=5e-4)
    a.add_argument("--warm-up", type=int, default=400)
    a.add_argument("--steps", type=int, default=100_000)
    a.add_argument("--batch-seconds", type=float, default=64)
    a.add_argument("--save-minutes", type=float, default=10)
    a.add_argument("--seed", type=int, default=1)
    return a


def main() -> None:
    o = arguments().parse_args()
    o.out.mkdir(parents=True, exist_ok=True)
    audio, utterances = load(o.data)
    train, _ = held_out(utterances)
    hidden, layers, heads, inner, channels = map(int, o.shape.split(","))
    torch.manual_seed(o.seed)
    c = settings(hidden, layers, heads, inner, channels)
    model = Pretrainer(Recogniser(c)).to(o.device).train()
    optimiser = torch.optim.AdamW(model.parameters(), o.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    step, half, saved = 0, bfloat16_pays(o.device), time.time()
    if (o.out / "pretraining.pt").exists():
        state = load_state(o.out / "pretraining.pt", o.device)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        step = state["step"]

    def save() -> None:
        save_state(o.out / "pretraining.pt", {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step})
        save_folder(o.out / "pretrained", model.recogniser.state_dict(), c, kind="float32")

    while step < o.steps:
        for batch in batches(train, o.batch_seconds, random.Random(f"{o.seed} {step}")):
            rng = random.Random(f"{o.seed} {step} masks")
            waves, lengths = clean(audio, batch, o.device)
            with torch.autocast(o.device, torch.bfloat16, enabled=half):
                guess = model(waves, lengths, rng, max(0.5, 2 * 0.999995**step))
            for group in optimiser.param_groups:
                group["lr"] = o.rate * min(1, (step + 1) / o.warm_up) * max(0.0, 1 - step / o.steps)
            optimiser.zero_grad()
            guess.loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step += 1
            if step % 50 == 0:
                seconds = float(lengths.sum()) / RATE_HZ
                print(f"step {step}, loss {guess.loss:.3f}, found {guess.accuracy:.2f}, codes {guess.perplexity:.2f}, {seconds:.0f} s", flush=True)
            if time.time() - saved > o.save_minutes * 60:
                save()
                saved = time.time()
            if step >= o.steps:
                break
    save()


if __name__ == "__main__":
    main()
