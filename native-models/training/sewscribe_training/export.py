"""The averaged weights of a run, or a model folder's, as a Hugging Face folder; in half precision where nothing else is asked for.

    python -m sewscribe_training.export (--run RUN | --model FOLDER) --out FOLDER [--kind int8]

From a model folder in 8 bits, which only this app reads, it makes one that all that knows SEW-D reads.
"""

import argparse
import json
from pathlib import Path

from .checkpoint import KINDS, load_folder, load_state, save_folder
from .model import Recogniser
from .optimisation import Average


def averaged(run: Path) -> Recogniser:
    """The recogniser with a run's averaged weights."""
    model = Recogniser(json.loads((run / "config.json").read_text(encoding="utf-8")))
    state = load_state(run / "state.pt", "cpu")
    model.load_state_dict(state["model"])
    average = Average(model.parameters())
    average.load(state["average"])
    average.swap()
    print(f"step {state['step']}, {state['seen_s'] / 3600:.1f} hours heard")
    return model


def main() -> None:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = a.add_mutually_exclusive_group(required=True)
    source.add_argument("--run", type=Path, help="the folder of a run, with state.pt and config.json")
    source.add_argument("--model", type=Path, help="a folder that a run or this wrote, of any kind")
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--kind", choices=KINDS, default="float16", help="int8: large matrices in 8 bits, all else in float16")
    o = a.parse_args()
    model = averaged(o.run) if o.run else load_folder(o.model)
    save_folder(o.out, model.state_dict(), model.c, o.kind)
    print(f"{o.kind}, to {o.out}")


if __name__ == "__main__":
    main()
