"""Training with CTC, beside what a teacher's features say; runs until it is stopped, and goes on exactly where it was.

    python -m sewscribe_training.train --data PREPARED --out RUN --init ALIGNED            # the long run
    python -m sewscribe_training.train --data PREPARED --out COPY --resume RUN --decay-hours 0.3   # a copy that ends

PREPARED is what ``prepare`` writes. SIGTERM and SIGINT save first. RUN holds state.pt, config.json, log.tsv (one line per
evaluation) and averaged/ (the averaged weights as a Hugging Face folder; decayed/ at the end of a decay).
"""

import random
import signal
import time

from .batches import batches
from .options import arguments
from .run import Run


def report(run: Run, losses: list[tuple[float, float]], minutes: float, speed: float) -> None:
    """A line for the log."""
    last, taught = (sum(x) / len(losses) for x in zip(*losses, strict=True))
    print(
        f"{minutes:.1f} min, epoch {run.epoch}, step {run.step}, ctc {last:.3f}, teacher {taught:.3f}, "
        f"{speed:.0f} audio s/s, {run.seen_s / 3600:.2f} h heard",
        flush=True,
    )


def go(run: Run) -> None:
    """Steps until the run is stopped, or until its decay is over."""
    o, began = run.o, time.time()
    stopped: list[int] = []
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, lambda *_: stopped.append(1))
    saved = scored = told = began
    told_s, losses = run.seen_s, []
    while True:
        order = list(batches(run.train, o.batch_seconds, random.Random(f"{o.seed} {run.epoch}")))
        while run.index < len(order):
            past_h = (time.time() - began) / 3600
            left = 1 - past_h / o.decay_hours if o.decay_hours else 1.0
            losses.append(run.learn(order[run.index], left))
            run.index += 1
            now = time.time()
            if run.step % 50 == 0:
                report(run, losses, past_h * 60, (run.seen_s - told_s) / (now - told))
                told, told_s, losses = now, run.seen_s, []
            if stopped or now - saved > o.save_minutes * 60:
                run.save()
                saved = now
            if stopped:
                return
            if o.decay_hours and left <= 0.01:
                run.save()
                run.score("decayed")
                return
            if not o.decay_hours and now - scored > o.evaluate_minutes * 60:
                run.score("averaged")
                scored = told = time.time()
                told_s = run.seen_s
        run.epoch += 1
        run.index = 0


def main() -> None:
    go(Run(arguments(__doc__ or "").parse_args()))


if __name__ == "__main__":
    main()
