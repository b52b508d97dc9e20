"""The weights between two models of which one goes on from the other: often better than both.

    python -m sewscribe_training.mix --models EARLIER LATER --share 0.6 --out FOLDER
"""

import argparse
from pathlib import Path

from .checkpoint import load_folder, save_folder


def main() -> None:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--models", type=Path, nargs=2, required=True, metavar="FOLDER")
    a.add_argument("--share", type=float, required=True, help="of the second one, 0 to 1")
    a.add_argument("--out", type=Path, required=True)
    o = a.parse_args()
    earlier, later = (load_folder(folder) for folder in o.models)
    other = later.state_dict()
    mixed = {name: weights.lerp(other[name], o.share) if weights.is_floating_point() else weights for name, weights in earlier.state_dict().items()}
    save_folder(o.out, mixed, earlier.c)


if __name__ == "__main__":
    main()
