"""Gathers what a lent machine needs, as small as it goes: the model to start from in half precision, of the statistics what `quick` reads, the
corpora's files from which something is learned, and synthetic speech as Opus.

    python -m sewscribe_training.pack --start START --speech CORPORA --more FOLDER … --out FOLDER
"""

import argparse
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from .checkpoint import load_folder, save_folder
from .corpora import shards
from .prepare import LICENCES
from .teaching import load_statistics, save_statistics

TABLES = ["manifest.tsv", "machine-labels.tsv"]


def gather(folder: Path, out: Path) -> None:
    """A corpus folder with nothing but its tables and the files that are read; FLAC becomes Opus of 20 kbit/s, under its old name."""
    out.mkdir(parents=True)
    for table in TABLES:
        if (folder / table).exists():
            shutil.copy(folder / table, out)
    for file, _ in shards(folder):
        if file.suffix == ".flac":
            subprocess.run(["ffmpeg", "-v", "error", "-i", file, "-c:a", "libopus", "-b:a", "20k", "-f", "opus", out / file.name], check=True)
        else:
            shutil.copy(file, out)


def main() -> None:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--start", type=Path, required=True, help="what `start` made, or any model folder to go on from without imitating")
    a.add_argument("--speech", type=Path, required=True)
    a.add_argument("--more", type=Path, nargs="*", default=[])
    a.add_argument("--out", type=Path, required=True)
    o = a.parse_args()
    model = load_folder(o.start)
    save_folder(o.out / "start", model.state_dict(), model.c)
    if (o.start / "statistics.pt").exists():
        found = load_statistics(o.start / "statistics.pt")
        save_statistics(o.out / "statistics.pt", replace(found, kept=[], refitted=[]))
    for folder in [o.speech / name for name in LICENCES]:
        gather(folder, o.out / "speech" / folder.name)
    for folder in o.more:
        gather(folder, o.out / "more" / folder.name)


if __name__ == "__main__":
    main()
