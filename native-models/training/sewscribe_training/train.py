"""Training with CTC, beside what a teacher's features say; runs until it is stopped, and goes on exactly where it was.

    python -m sewscribe_training.train --data PREPARED --out RUN --init ALIGNED            # the long run
    python -m sewscribe_training.train --data PREPARED --out COPY --resume RUN --decay-hours 0.3   # a copy that ends

PREPARED is what ``prepare`` writes. SIGTERM and SIGINT save first. RUN holds state.pt, config.json, log.tsv (one line per
evaluation) and averaged/ (the averaged weights as a Hugging Face folder; decayed/ at the end of a decay).
"""

import argparse
import json
import math
import random
import shutil
import signal
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from .align import Targets, unexplained
from .batches import batches, clean, distorted
from .checkpoint import load_folder, load_state, save_folder, save_state
from .corpora import RATE_HZ, Utterance, held_out, hours, load
from .inherit import Statistics
from .masking import spec_augment
from .model import Heard, Recogniser
from .optimisation import Average, bfloat16_pays, grouped, set_rate, warmed
from .scoring import Tally, choose, evaluate
from .teaching import Lessons, load_statistics
from .whisper import LAYERS, WhisperEncoder, read_encoder


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", type=Path, required=True)
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--init", type=Path, help="a Hugging Face folder to start from")
    a.add_argument("--resume", type=Path, help="another run's folder whose state to go on from (its own state comes first)")
    a.add_argument("--teacher", choices=["whisper-base", "none"], default="whisper-base")
    a.add_argument("--statistics", type=Path, help="what `inherit` measured; needed with a teacher")
    a.add_argument("--teacher-weight", type=float, default=1.0)
    a.add_argument("--no-new-lessons", action="store_true", help="only what the teacher has said already (a third faster)")
    a.add_argument("--device", default="cpu")
    a.add_argument("--rate", type=float, default=1e-3)
    a.add_argument("--layers-share", type=float, default=0.3, help="of the rate, for the transformer's layers")
    a.add_argument("--warm-up", type=int, default=200, help="steps")
    a.add_argument("--batch-seconds", type=float, default=64)
    a.add_argument("--distort-after", type=int, default=0, help="step from which speech is distorted")
    a.add_argument("--mask-after", type=int, default=0, help="step from which SpecAugment masks")
    a.add_argument("--dropout", type=float, default=0.0)
    a.add_argument("--middle", type=int, help="layer of the intermediate CTC (default: two thirds up)")
    a.add_argument("--decay-hours", type=float, default=0, help="the rate falls to nothing in that time, then the run ends")
    a.add_argument("--save-minutes", type=float, default=8)
    a.add_argument("--evaluate-minutes", type=float, default=24)
    a.add_argument("--development", type=int, default=60, help="utterances of each corpus to evaluate")
    a.add_argument("--seed", type=int, default=1)
    return a


class Run:
    """One training run: model, optimiser, average and place in the data."""

    def __init__(self, o: argparse.Namespace):
        self.o = o
        o.out.mkdir(parents=True, exist_ok=True)
        self.audio, utterances = load(o.data)
        self.train, development = held_out(utterances)
        self.development = choose(development, o.development)
        print(f"training on {json.dumps({k: round(h, 2) for k, h in hours(self.train).items()})} hours", flush=True)
        self.model = self.start()
        c = self.model.c
        c.update(attention_dropout=o.dropout, activation_dropout=o.dropout)
        for module in self.model.modules():
            if hasattr(module, "dropout"):
                module.dropout = o.dropout
        self.middle = o.middle or math.ceil(c["num_hidden_layers"] * 2 / 3)
        self.model.to(o.device).train()
        self.optimiser = grouped(self.model, o.rate, o.layers_share)
        self.average = Average(self.model.parameters(), 0.98 if o.decay_hours else 0.998)  # a decay averages by itself
        self.step = self.epoch = self.index = self.since = 0
        self.seen_s = 0.0
        self.restore()
        self.half = bfloat16_pays(o.device)
        self.lessons, self.found = self.teacher(utterances)
        print(f"{sum(p.numel() for p in self.model.parameters()) / 1e6:.2f} M parameters, step {self.step}", flush=True)

    def start(self) -> Recogniser:
        """The model of --init, or of the state to resume."""
        source = self.state_source()
        if source:
            return Recogniser(json.loads((source / "config.json").read_text()))
        if not self.o.init:
            raise SystemExit("Nothing to start from: give --init a folder, or --resume a run.")
        return load_folder(self.o.init)

    def state_source(self) -> Path | None:
        """The folder whose state.pt this run goes on from."""
        return next((f for f in (self.o.out, self.o.resume) if f and (f / "state.pt").exists()), None)

    def restore(self) -> None:
        source = self.state_source()
        if not source:
            return
        state = load_state(source / "state.pt", self.o.device)
        self.model.load_state_dict(state["model"])
        shares = [group["share"] for group in self.optimiser.param_groups]
        self.optimiser.load_state_dict(state["optimiser"])
        for group, share in zip(self.optimiser.param_groups, shares, strict=True):
            group["share"] = share
        self.average.load(state["average"])
        self.step, self.epoch, self.index, self.seen_s = state["step"], state["epoch"], state["index"], state["seen_s"]
        self.since = self.step if self.o.warm_up and state["rate"] != self.o.rate else -self.o.warm_up

    def teacher(self, utterances: list[Utterance]) -> tuple[Lessons | None, Statistics | None]:
        if self.o.teacher == "none":
            return None, None
        found = load_statistics(self.o.statistics).to(self.o.device)
        return Lessons(self.o.data, self.audio, utterances, WhisperEncoder(read_encoder(), self.o.device, self.half), found), found

    def save(self) -> None:
        c = self.model.c
        (self.o.out / "config.json").write_text(json.dumps(c, indent=2) + "\n")
        state = {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "average": self.average.values,
            "step": self.step,
            "epoch": self.epoch,
            "index": self.index,
            "seen_s": self.seen_s,
            "rate": self.o.rate,
        }
        if not self.o.decay_hours:
            save_state(self.o.out / "state.pt", state)

    def score(self, kind: str) -> dict[str, Tally]:
        """Evaluates the averaged weights, writes them as a folder and adds a line to the log."""
        self.average.swap()
        save_folder(self.o.out / kind, self.model.state_dict(), self.model.c)
        tallies = evaluate(self.model, self.audio, self.development, self.o.device)
        self.average.swap()
        rates = json.dumps({corpus: t.percent for corpus, t in tallies.items()})
        print(f"word and letter errors in percent: {rates}", flush=True)
        with (self.o.out / "log.tsv").open("a") as log:
            log.write(f"{time.strftime('%F %T')}\t{self.step}\t{self.seen_s / 3600:.2f}\t{kind}\t{rates}\n")
        return tallies

    def ctc(self, logits: Tensor, batch: list[Utterance], frames: Tensor) -> Tensor:
        targets = torch.tensor([i for u in batch for i in u.ids], device=logits.device)
        sizes = torch.tensor([len(u.ids) for u in batch], device=logits.device)
        log_probabilities = logits.float().log_softmax(-1).transpose(0, 1)
        return F.ctc_loss(log_probabilities, targets, frames, sizes, zero_infinity=True)

    def lesson_loss(self, heard: Heard, aim: Targets) -> Tensor:
        """Unexplained share of the teacher's last stream, and a third as heavy of the others where they are at hand."""
        assert self.found
        losses = [
            unexplained(mine, theirs, self.found.spread[n], aim.real)
            for n, (mine, theirs) in enumerate(zip(heard.streams[-len(aim.streams) :], aim.streams, strict=True), LAYERS + 1 - len(aim.streams))
        ]
        return losses[-1] + (sum(losses[:-1]) / (len(losses) - 1) if len(losses) > 1 else 0)

    def learn(self, batch: list[Utterance], left: float) -> tuple[float, float]:
        """One step; returns the CTC loss of the last layer and the unexplained share of the teacher."""
        o = self.o
        rng = random.Random(f"{o.seed} {self.epoch} {self.index}")
        torch.manual_seed(rng.getrandbits(60))
        fresh = self.lessons is not None and not o.no_new_lessons and not self.lessons.known(batch)
        if self.step >= o.distort_after:
            waves, lengths = distorted(self.audio, batch, self.train, o.device, rng, speed=not fresh)
        else:
            waves, lengths = clean(self.audio, batch, o.device)
        frames = self.model.sew_d.frame_counts(lengths)
        masks = spec_augment(frames, self.model.c["hidden_size"], rng) if self.step >= o.mask_after else None
        with torch.autocast(o.device, torch.bfloat16, enabled=self.half):
            heard = self.model(waves, lengths, self.middle, masks)
        ctc = self.ctc(heard.logits, batch, frames)
        loss = 0.75 * ctc + 0.25 * self.ctc(heard.middle, batch, frames)
        taught = torch.zeros(())
        if self.lessons and o.teacher_weight:
            tokens = torch.div(frames, self.model.c["squeeze_factor"], rounding_mode="floor")
            aim = self.lessons.all_streams(batch, frames, o.device) if fresh else self.lessons.last_stream(batch, tokens, o.device)
            if aim.real.any():
                taught = self.lesson_loss(heard, aim)
                loss = loss + o.teacher_weight * taught
        set_rate(self.optimiser, o.rate * warmed(self.step - self.since, o.warm_up, left))
        self.optimiser.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        if torch.isfinite(norm):
            self.optimiser.step()
        self.average.update(self.step)
        self.step += 1
        self.seen_s += float(lengths.sum()) / RATE_HZ
        return ctc.item(), taught.item()

    def go(self) -> None:
        o, began = self.o, time.time()
        stopped: list[int] = []
        for kind in (signal.SIGTERM, signal.SIGINT):
            signal.signal(kind, lambda *_: stopped.append(1))
        saved = scored = told = began
        losses: list[tuple[float, float]] = []
        told_s = self.seen_s
        while True:
            order = list(batches(self.train, o.batch_seconds, random.Random(f"{o.seed} {self.epoch}")))
            while self.index < len(order):
                past_h = (time.time() - began) / 3600
                left = 1 - past_h / o.decay_hours if o.decay_hours else 1.0
                losses.append(self.learn(order[self.index], left))
                self.index += 1
                now = time.time()
                if self.step % 50 == 0:
                    ctc, taught = (sum(x) / len(losses) for x in zip(*losses, strict=True))
                    print(
                        f"{past_h * 60:.1f} min, epoch {self.epoch}, step {self.step}, ctc {ctc:.3f}, teacher {taught:.3f}, "
                        f"{(self.seen_s - told_s) / (now - told):.0f} audio s/s, {self.seen_s / 3600:.2f} h heard",
                        flush=True,
                    )
                    losses, told, told_s = [], now, self.seen_s
                if stopped or now - saved > o.save_minutes * 60:
                    self.save()
                    saved = now
                if stopped:
                    return
                if o.decay_hours and left <= 0.01:
                    self.score("decayed")
                    return
                if not o.decay_hours and now - scored > o.evaluate_minutes * 60:
                    self.score("averaged")
                    scored = told = time.time()
                    told_s = self.seen_s
            self.epoch += 1
            self.index = 0


def main() -> None:
    options = arguments().parse_args()
    run = Run(options)
    if options.decay_hours and options.resume:
        shutil.rmtree(options.out / "decayed", ignore_errors=True)
    run.go()


if __name__ == "__main__":
    main()
