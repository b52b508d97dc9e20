"""The averaged weights of a run as a Hugging Face folder in half precision.

    python -m sewscribe_training.export --run RUN --out FOLDER [--full]
"""

import argparse
import json
from pathlib import Path

from .checkpoint import load_state, save_folder
from .model import Recogniser
from .optimisation import Average


def main() -> None:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--run", type=Path, required=True, help="the folder of a run, with state.pt and config.json")
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--full", action="store_true", help="float32 instead of float16")
    o = a.parse_args()
    c = json.loads((o.run / "config.json").read_text(encoding="utf-8"))
    model = Recogniser(c)
    state = load_state(o.run / "state.pt", "cpu")
    model.load_state_dict(state["model"])
    average = Average(model.parameters())
    average.load(state["average"])
    average.swap()
    save_folder(o.out, model.state_dict(), c, half=not o.full)
    print(f"step {state['step']}, {state['seen_s'] / 3600:.1f} hours heard, to {o.out}")


if __name__ == "__main__":
    main()
