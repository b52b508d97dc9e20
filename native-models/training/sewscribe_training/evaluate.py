"""Word and letter error rates of a model folder, greedy, on the development speakers and on a folder of WAV files.

    python -m sewscribe_training.evaluate --model RUN/averaged --data PREPARED --samples ../../../shared/speech/samples
"""

import argparse
import json
from pathlib import Path

import torch

from .checkpoint import load_folder
from .corpora import held_out, load
from .scoring import Tally, choose, evaluate, evaluate_files


def line(name: str, tally: Tally) -> str:
    """A row of the table."""
    words, letters = tally.percent
    return f"{name}\t{words}\t{letters}\t{tally.words} words in {tally.utterances} utterances"


def main() -> None:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--model", type=Path, required=True)
    a.add_argument("--data", type=Path)
    a.add_argument("--samples", type=Path, help="WAV files, each with its text beside it")
    a.add_argument("--of-each", type=int, default=100000, help="at most so many utterances of each corpus")
    a.add_argument("--device", default="cpu")
    a.add_argument("--json", action="store_true")
    a.add_argument("--show", action="store_true", help="also what was said and what was heard in the WAV files")
    o = a.parse_args()
    model = load_folder(o.model).to(o.device).eval()
    tallies: dict[str, Tally] = {}
    if o.data:
        audio, utterances = load(o.data)
        tallies |= evaluate(model, audio, choose(held_out(utterances)[1], o.of_each), o.device)
    if o.samples:
        with torch.no_grad():
            tallies[o.samples.name], lines = evaluate_files(model, o.samples, o.device)
        for name, said, heard in lines if o.show else []:
            print(f"{name}\n  said  {said}\n  heard {heard}")
    if o.json:
        print(json.dumps({name: dict(zip(("words", "letters"), t.percent, strict=True)) for name, t in tallies.items()}))
    else:
        print("corpus\tword errors, %\tletter errors, %\ton")
        print("\n".join(line(name, tally) for name, tally in tallies.items()))


if __name__ == "__main__":
    main()
