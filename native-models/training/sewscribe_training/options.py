"""The command line of a training run."""

import argparse
from pathlib import Path


def arguments(description: str = "") -> argparse.ArgumentParser:
    """What a run can be told."""
    a = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", type=Path, required=True)
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--init", type=Path, help="a Hugging Face folder to start from")
    a.add_argument("--resume", type=Path, help="another run's folder whose state to go on from (its own state comes first)")
    a.add_argument("--teacher", choices=["whisper-base", "none"], default="none", help="whose streams the model is to have beside the letters")
    a.add_argument("--statistics", type=Path, help="what `start` measured; needed with a teacher")
    a.add_argument("--teacher-weight", type=float, default=1.0)
    a.add_argument("--no-new-lessons", action="store_true", help="only what the teacher has said already (a third faster)")
    a.add_argument("--device", default="cpu")
    a.add_argument("--rate", type=float, default=4e-4)
    a.add_argument("--head-first", type=int, default=0, help="steps in which only the head learns; 300 for a run that begins with an imitation")
    a.add_argument("--layers-share", type=float, default=0.75, help="of the rate, for the transformer's layers")
    a.add_argument("--body-share", type=float, help="of the rate, for all but the head: for a run that begins with an imitation, instead of --layers-share")
    a.add_argument("--warm-up", type=int, default=200, help="steps")
    a.add_argument("--batch-seconds", type=float, default=64)
    a.add_argument("--distort-after", type=int, default=0, help="step from which speech is distorted")
    a.add_argument("--distort-share", type=float, default=0.75, help="share of the utterances that are distorted; 0.35 for a run that begins with START")
    a.add_argument("--twice", nargs="*", default=[], metavar="CORPUS", help="corpora that are heard twice in a pass")
    a.add_argument("--mask-after", type=int, default=0, help="step from which SpecAugment masks; 10000 for a run that begins with START")
    a.add_argument("--frames-per-mask", type=int, default=40, help="in every so many a span of up to 20 frames is masked")
    a.add_argument("--dropout", type=float, default=0.1, help="share of the units left out; 0 for a run that begins with START")
    a.add_argument("--middle", type=int, help="layer of the intermediate CTC (default: two thirds up)")
    a.add_argument("--decay-hours", type=float, default=0, help="the rate falls to nothing in that time, then the run ends")
    a.add_argument("--save-minutes", type=float, default=8)
    a.add_argument("--evaluate-minutes", type=float, default=24)
    a.add_argument("--development", type=int, default=60, help="utterances of each corpus to evaluate")
    a.add_argument("--seed", type=int, default=1)
    return a
