"""Reads the corpora once into one file of samples that runs map into memory, and records hours and licences.

    python -m sewscribe_training.prepare --speech ../../../shared/speech --out ~/sewd-training/data
"""

import argparse
import json
from pathlib import Path

from .corpora import held_out, hours, load, prepare

LICENCES = {
    "librispeech-train-clean-5": "CC BY 4.0",
    "librispeech-train-clean-251": "CC BY 4.0; texts written by Whisper base",
    "cv1-valid-dev": "CC0",
    "cv-delta-18-20": "CC0",
    "cv-small": "CC0",
    "rhasspy-kathleen": "CC0",
    "ljspeech-part": "public domain",
    "dctts-matthes": "Apache-2.0",
    "speechocean762": "free for commercial and other use",
}
"""The corpora that are used, in the order in which they are read. Share-alike ones are left out on purpose."""
SYNTHETIC = {
    "synthetic-joe": "public-domain texts; voice CC0",
    "synthetic-kokoro": "public-domain texts; voices Apache-2.0",
}
"""What `synthesis` makes."""
ALL_LICENCES = LICENCES | SYNTHETIC


def main() -> None:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--speech", type=Path, required=True, help="the folder that holds the corpora's folders")
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--more", type=Path, nargs="*", default=[], help=f"folders of synthetic speech: {', '.join(SYNTHETIC)}")
    a.add_argument("--longest", type=float, default=17, help="seconds; longer utterances are left out")
    o = a.parse_args()
    missing = [name for name in LICENCES if not (o.speech / name).is_dir()]
    if missing:
        raise SystemExit(f"{o.speech} lacks {', '.join(missing)}: put the corpora there, one folder each.")
    if unknown := [str(f) for f in o.more if f.name not in SYNTHETIC]:
        raise SystemExit(f"{', '.join(unknown)}: --more takes folders called {' or '.join(SYNTHETIC)}.")
    prepare([*(o.speech / name for name in LICENCES), *o.more], o.out, o.longest)
    train, development = held_out(load(o.out)[1])
    record = {
        corpus: {"trainingHours": round(h, 3), "developmentHours": round(hours(development).get(corpus, 0), 3), "licence": ALL_LICENCES[corpus]}
        for corpus, h in hours(train).items()
    }
    (o.out / "record.json").write_text(json.dumps(record, indent=2) + "\n")
    print(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
