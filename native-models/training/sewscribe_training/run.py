"""A training run: its model, its place in the data, its steps, its files."""

import argparse
import json
import math
import random
import time
from pathlib import Path

import torch

from .batches import clean, distorted
from .checkpoint import load_folder, load_state, save_folder, save_state
from .corpora import RATE_HZ, Utterance, held_out, hours, load
from .inherit import Statistics
from .masking import spec_augment
from .model import Recogniser
from .objective import LAST_SHARE, MIDDLE_SHARE, ctc, lesson
from .optimisation import HEAD_RATE, Average, bfloat16_pays, grouped, set_rate, warmed
from .scoring import Tally, choose, evaluate
from .teaching import Lessons, load_statistics
from .whisper import WhisperEncoder, read_encoder


class Run:
    """One training run: model, optimiser, average and place in the data."""

    def __init__(self, o: argparse.Namespace):
        self.o = o
        o.out.mkdir(parents=True, exist_ok=True)
        audio, utterances = load(o.data)
        self.audio = audio.to(o.device)  # on the CPU it stays mapped
        self.train, development = held_out(utterances)
        self.train += [u for u in self.train if u.corpus in o.twice]
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
        self.optimiser = grouped(self.model, o.rate, o.layers_share) if o.body_share is None else grouped(self.model, o.rate, o.body_share, self.model.body())
        self.average = Average(self.model.parameters(), 0.98 if o.decay_hours else 0.998)  # a decay averages by itself
        self.step = self.epoch = self.index = self.warm_from = 0
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
        """Weights, optimiser, average and place of the state to go on from."""
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
        self.warm_from = state["warm_from"] if state["rate"] == self.o.rate else self.step

    def teacher(self, utterances: list[Utterance]) -> tuple[Lessons | None, Statistics | None]:
        """The teacher's lessons and what was measured of it."""
        if self.o.teacher == "none":
            return None, None
        found = load_statistics(self.o.statistics).to(self.o.device)
        counts = self.model.sew_d.frame_counts
        return Lessons(self.o.data, self.audio, utterances, WhisperEncoder(read_encoder(), self.o.device, self.half), found, counts), found

    def save(self) -> None:
        """The whole state: of a decay as decayed.pt, from which nothing goes on by itself."""
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
            "warm_from": self.warm_from,
        }
        save_state(self.o.out / ("decayed.pt" if self.o.decay_hours else "state.pt"), state)

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

    def learn(self, batch: list[Utterance], left: float) -> tuple[float, float]:
        """One step; returns the CTC loss of the last layer and the unexplained share of the teacher."""
        o = self.o
        rng = random.Random(f"{o.seed} {self.epoch} {self.index}")
        torch.manual_seed(rng.getrandbits(60))
        fresh = self.lessons is not None and not o.no_new_lessons and not self.lessons.known(batch)
        if self.step >= o.distort_after:
            waves, lengths = distorted(self.audio, batch, self.train, o.device, rng, not fresh, o.distort_share)
        else:
            waves, lengths = clean(self.audio, batch, o.device)
        frames = self.model.sew_d.frame_counts(lengths)
        masks = spec_augment(frames, self.model.c["hidden_size"], rng, o.frames_per_mask) if self.step >= o.mask_after else None
        is_head_only = self.step < o.head_first
        self.model.freeze_body(is_head_only)
        with torch.autocast(o.device, torch.bfloat16, enabled=self.half):
            heard = self.model(waves, lengths, None if is_head_only else self.middle, masks)
        last = ctc(heard.logits, batch, frames)
        loss = last if heard.middle is None else LAST_SHARE * last + MIDDLE_SHARE * ctc(heard.middle, batch, frames)
        taught = torch.zeros(())
        if self.lessons and self.found and o.teacher_weight:
            squeeze = self.model.c["squeeze_factor"]
            tokens = torch.div(frames, squeeze, rounding_mode="floor")
            aim = self.lessons.fresh(batch, frames, o.device) if fresh else self.lessons.recalled(batch, tokens, o.device)
            if masks:  # what is hidden cannot be like what the teacher heard: that error would drown all others
                hidden = masks.time[:, : tokens.max() * squeeze].unflatten(1, (-1, squeeze)).any(2)
                aim.real &= ~hidden
            if aim.real.any():
                taught = lesson(heard.streams, aim, self.found)
                loss = loss + o.teacher_weight * taught
        if self.step == o.head_first:
            self.warm_from = self.step
        set_rate(self.optimiser, (HEAD_RATE if is_head_only else o.rate) * warmed(self.step - self.warm_from, o.warm_up, left))
        self.optimiser.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        if torch.isfinite(norm):
            self.optimiser.step()
        self.average.update(self.step)
        self.step += 1
        self.seen_s += float(lengths.sum()) / RATE_HZ
        return last.item(), taught.item()
