"""A whole training in a few minutes on a GPU; the time of its parts is given, not their steps.

    python -m sewscribe_training.quick --data PREPARED --init START --statistics START/statistics.pt --out OUT --imitate 130 --head 20 --letters 380

START is what ``start`` makes. First the teacher's streams are imitated: the student hears speech distorted and its teacher the same speech clean.
Then the head alone learns to read letters out of them, else CTC's long beginning, in which nothing but the blank pays, wears away all that was
inherited. Then everything learns letters. In each part the rate falls from its peak to nothing. OUT/imitated and OUT/quick are Hugging Face
folders; OUT/log.tsv has the error rates.
"""

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import nn

from .align import targets
from .batches import batches
from .checkpoint import load_folder, save_folder
from .corpora import RATE_HZ, Utterance, held_out, hours, load
from .inherit import grown
from .masking import spec_augment
from .model import Masks
from .objective import ctc, lesson, letters
from .optimisation import HEAD_RATE, Average, bfloat16_pays, grouped, set_rate, warmed
from .rows import distorted_rows, put
from .scoring import choose, evaluate
from .teaching import load_statistics
from .whisper import LAYERS, WhisperEncoder, read_encoder

Learn = Callable[[list[Utterance], random.Random, float], torch.Tensor]
"""The loss of a batch; the number is the share of the time that is left."""

LONGEST_LESSON_S = 17.2
"""So far the teacher's places were measured."""


class Quick:
    """Model, speech and clock of one training."""

    def __init__(self, o: argparse.Namespace, clock: Callable[[], float] = time.time):
        self.o, self.clock = o, clock
        o.out.mkdir(parents=True, exist_ok=True)
        torch.backends.cuda.matmul.allow_tf32 = True
        audio, utterances = load(o.data)
        self.audio = audio.to(o.device)
        self.train, self.development = held_out(utterances)
        self.train = [u for u in self.train if u.corpus not in o.without]
        print(f"training on {json.dumps({k: round(h, 2) for k, h in hours(self.train).items()})} hours", flush=True)
        self.model = load_folder(o.init).to(o.device).train()
        self.only_real = False
        self.half = bfloat16_pays(o.device)
        self.seen_s = 0.0

    def imitating(self) -> list[nn.Parameter]:
        """The parameters that the teacher's streams can teach: all but the head, what it reads, and further layers."""
        body = self.model.sew_d
        layers = body.encoder["encoder"]
        parts = [body.feature_extractor, body.layer_norm, body.encoder["pos_conv_embed"], layers["LayerNorm"], *layers["layer"][:LAYERS]]
        return [layers["rel_embeddings"].weight, *(p for part in parts for p in part.parameters())]

    def speech(self, seed: str) -> Iterator[list[Utterance]]:
        """Batches without end. The corpora of --twice come twice in a pass; once ``only_real`` is set, synthetic ones no more."""
        for epoch in range(1_000_000):
            rng = random.Random(f"{self.o.seed} {seed} {epoch}")
            every = [u for u in self.train if not (self.only_real and u.corpus.startswith("synthetic"))]
            yield from batches(every + [u for u in every if u.corpus in self.o.twice], self.o.batch_seconds, rng, 4000)

    def part(self, name: str, seconds: float, rate: float, share: float, dropout: float, learn: Learn, score_after: float | None = None) -> None:
        """Steps of ``learn(batch, rng, left)`` -> loss for so many seconds; ``share`` is that of the rate for what imitated before."""
        o = self.o
        optimiser = grouped(self.model, rate, share, self.imitating())
        average = Average(self.model.parameters(), 0.995)
        for module in self.model.modules():
            if hasattr(module, "dropout"):
                module.dropout = dropout
        began = told = self.clock()
        seen_told, step, losses = self.seen_s, 0, []
        for batch in self.speech(name):
            left = 1 - (self.clock() - began) / seconds
            if left <= 0:
                break
            rng = random.Random(f"{o.seed} {name} {step}")
            torch.manual_seed(rng.getrandbits(60))
            set_rate(optimiser, rate * warmed(step, o.warm_up, left))
            optimiser.zero_grad()
            loss = learn(batch, rng, left)
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            optimiser.found_inf = (~torch.isfinite(norm)).float()  # a step that is not finite is left out, without asking whether it is
            optimiser.step()
            average.update(step)
            step += 1
            losses.append(loss.detach())
            now = self.clock()
            if now - told > 5:
                mean = torch.stack(losses).mean().item()
                speed = (self.seen_s - seen_told) / (now - told)
                print(f"{name} {now - began:.0f} s, step {step}, loss {mean:.3f}, {speed:.0f} audio s/s, {self.seen_s / 3600:.1f} h", flush=True)
                told, seen_told, losses = now, self.seen_s, []
            if score_after and now - began > score_after:
                score_after = None
                average.swap()
                self.score(f"{name} {now - began:.0f} s", 25)
                average.swap()
        average.swap()

    def imitate(self) -> None:
        """The streams become the teacher's."""
        body = self.model.sew_d
        found = load_statistics(self.o.statistics).to(self.o.device)
        teacher = WhisperEncoder(read_encoder(self.o.encoder), self.o.device, self.half)

        def learn(batch: list[Utterance], rng: random.Random, left: float) -> torch.Tensor:
            rows = distorted_rows(self.audio, batch, rng, 0.6, LONGEST_LESSON_S)
            self.seen_s += sum(u.samples for u in rows.of) / RATE_HZ
            frames, lengths = body.frame_counts(rows.lengths), put(rows.lengths, rows.heard.device)
            with torch.autocast(self.o.device, torch.bfloat16, enabled=self.half):
                streams = body.streams(body.extract(rows.heard, lengths), body.frame_counts(lengths))
            return lesson(streams, targets(teacher, found, rows.clean, frames), found)

        self.part("imitation", self.o.imitate, self.o.imitate_rate, 1, 0, learn)

    def read(self) -> None:
        """The head alone learns letters, of speech as it was recorded."""
        self.model.freeze_body(True)

        def learn(batch: list[Utterance], rng: random.Random, left: float) -> torch.Tensor:
            rows = distorted_rows(self.audio, batch, rng, 0)
            self.seen_s += sum(u.samples for u in rows.of) / RATE_HZ
            with torch.autocast(self.o.device, torch.bfloat16, enabled=self.half):
                heard = self.model(rows.heard, put(rows.lengths, rows.heard.device))
            return ctc(heard.logits, rows.of, self.model.sew_d.frame_counts(rows.lengths))

        self.part("head", self.o.head, HEAD_RATE, 1, 0, learn)
        self.model.freeze_body(False)

    def letters(self) -> None:
        """CTC with further layers, and with everything against remembering."""
        o = self.o
        self.model = grown(self.model, o.layers).to(o.device).train()
        print(f"{sum(p.numel() for p in self.model.parameters()) / 1e6:.2f} M parameters", flush=True)
        middle = math.ceil(self.model.c["num_hidden_layers"] * 2 / 3)

        def learn(batch: list[Utterance], rng: random.Random, left: float) -> torch.Tensor:
            self.only_real = left < o.real_at_last
            rows = distorted_rows(self.audio, batch, rng, o.distort_share)
            self.seen_s += sum(u.samples for u in rows.of) / RATE_HZ
            frames = self.model.sew_d.frame_counts(rows.lengths)
            masks = None
            if o.frames_per_mask:
                hidden = spec_augment(frames, self.model.c["hidden_size"], rng, o.frames_per_mask)
                masks = Masks(put(hidden.time, rows.heard.device), put(hidden.channel, rows.heard.device))
            with torch.autocast(o.device, torch.bfloat16, enabled=self.half):
                heard = self.model(rows.heard, put(rows.lengths, rows.heard.device), middle, masks)
            return letters(heard, rows.of, frames)

        self.part("letters", o.letters, o.rate, o.inherited_share, o.dropout, learn, o.letters * 0.5)

    def score(self, name: str, of_each: int) -> None:
        """Error rates of the model as it is."""
        began = self.clock()
        rates = {corpus: t.percent for corpus, t in evaluate(self.model, self.audio, choose(self.development, of_each), self.o.device).items()}
        print(f"{name}: {json.dumps(rates)} ({self.clock() - began:.0f} s)", flush=True)
        with (self.o.out / "log.tsv").open("a") as log:
            log.write(f"{time.strftime('%F %T')}\t{self.seen_s / 3600:.2f}\t{name}\t{json.dumps(rates)}\n")

    def save(self, name: str) -> None:
        """The weights as they are, in half precision."""
        save_folder(self.o.out / name, self.model.state_dict(), self.model.c)


def arguments() -> argparse.ArgumentParser:
    """What a training can be told."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", type=Path, required=True)
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--init", type=Path, required=True)
    a.add_argument("--statistics", type=Path, help="what `start` measured; needed to imitate")
    a.add_argument("--encoder", type=Path, help="the teacher's encoder as a file (default: of the installed packages)")
    a.add_argument("--layers", type=int, default=6, help="more than START has: further ones on top, which know nothing yet")
    a.add_argument("--imitate", type=float, default=130, help="seconds; 0: not at all")
    a.add_argument("--head", type=float, default=20, help="seconds in which only the head learns letters")
    a.add_argument("--letters", type=float, default=380, help="seconds")
    a.add_argument("--device", default="cuda")
    a.add_argument("--imitate-rate", type=float, default=6e-4)
    a.add_argument("--rate", type=float, default=4e-4)
    a.add_argument("--inherited-share", type=float, default=0.4, help="of the rate for letters, for what imitated before")
    a.add_argument("--warm-up", type=int, default=200, help="steps")
    a.add_argument("--batch-seconds", type=float, default=480)
    a.add_argument("--distort-share", type=float, default=0.75)
    a.add_argument("--frames-per-mask", type=int, default=40, help="0: nothing is masked")
    a.add_argument("--dropout", type=float, default=0.1)
    a.add_argument("--twice", nargs="*", default=[], metavar="CORPUS", help="corpora that are heard twice in a pass")
    a.add_argument("--without", nargs="*", default=[], metavar="CORPUS", help="corpora that are left out")
    a.add_argument("--real-at-last", type=float, default=0.3, help="share of the time for letters without synthetic speech")
    a.add_argument("--seed", type=int, default=1)
    return a


def main() -> None:
    quick = Quick(arguments().parse_args())
    if quick.o.imitate:
        quick.imitate()
        quick.save("imitated")
    if quick.o.head:
        quick.read()
        quick.score("head", 10)
    quick.letters()
    quick.save("quick")
    quick.score("end", 60)


if __name__ == "__main__":
    main()
