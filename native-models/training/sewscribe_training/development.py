"""The development utterances as WAV files, with a manifest of each corpus for `sewscribe evaluate --manifest`.

    python -m sewscribe_training.development --data PREPARED --out FOLDER --of-each 40
"""

import argparse
from pathlib import Path

import soundfile

from .alphabet import decode
from .corpora import RATE_HZ, held_out, load
from .scoring import choose


def main() -> None:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--data", type=Path, required=True)
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--of-each", type=int, default=40, help="at most so many utterances of each corpus")
    o = a.parse_args()
    audio, utterances = load(o.data)
    o.out.mkdir(parents=True, exist_ok=True)
    lines: dict[str, list[str]] = {}
    for place, u in enumerate(choose(held_out(utterances)[1], o.of_each)):
        name = f"{place:04}.wav"
        soundfile.write(o.out / name, audio[u.start : u.start + u.samples].numpy(), RATE_HZ, subtype="PCM_16")
        lines.setdefault(u.corpus, []).append(f"{name}\t{decode(list(u.ids))}\n")
    for corpus, own in lines.items():
        (o.out / f"{corpus}.tsv").write_text("".join(own), encoding="utf-8")
    (o.out / "all.tsv").write_text("".join(line for own in lines.values() for line in own), encoding="utf-8")
    print("\n".join(f"{corpus}: {len(own)} utterances" for corpus, own in lines.items()))


if __name__ == "__main__":
    main()
