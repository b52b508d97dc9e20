"""Makes a trained model the one that ships: its folder, its model card with measured error rates, and what the app tells of it.

    python -m sewscribe_training.publish --model COPY/decayed --data DATA --samples CORPORA/samples --imitated 246 --heard 12.7 --out ../embedded
"""

import argparse
import json
import shutil
from pathlib import Path

from .checkpoint import load_folder, save_folder
from .corpora import held_out, load
from .prepare import ALL_LICENCES
from .scoring import Tally, choose, evaluate, evaluate_files

NAMES = {
    "librispeech-train-clean-5": "LibriSpeech (audiobooks)",
    "librispeech-train-clean-251": "LibriSpeech (audiobooks), texts by Whisper base",
    "cv1-valid-dev": "Common Voice 1, valid-dev",
    "cv-delta-18-20": "Common Voice, newer recordings",
    "cv-small": "Common Voice, early recordings",
    "rhasspy-kathleen": "dataset-voice-kathleen (rhasspy)",
    "ljspeech-part": "LJ Speech, part",
    "dctts-matthes": "DC-TTS sentences, read by M. Matthes",
    "speechocean762": "speechocean762 (first language Mandarin, half of them children)",
    "synthetic-joe": "books, spoken by Piper's voice Joe (synthetic)",
    "synthetic-kokoro": "books, spoken by Kokoro's voices (synthetic)",
    "samples": "LibriVox, Sense and Sensibility, five clips",
}
READ_ENGLISH = "librispeech-train-clean-5"
SPEAKERS = "our measurement, greedy, speakers never heard in training"
TEXTS = "our measurement, greedy, texts never heard in training; its speakers are not named and may have been"


def notice(percent: float, decoded: float | None) -> str:
    """What a person must know, in one sentence; ``decoded`` is the rate with the language model."""
    helped = f" ({round(decoded)} with its language model)" if decoded else ""
    return (
        f"This small model gets about {round(percent)} of 100 words wrong{helped}, even in clearly read English: "
        "correct its text, or install a better model for real work."
    )


def card(tallies: dict[str, Tally], hours: dict[str, float], imitated_h: float, heard_h: float, parameters: int, told: str) -> str:
    """README.md."""
    rates = "\n".join(
        f"| {NAMES[corpus]} | {t.percent[0]} % | {t.percent[1]} % | {t.utterances} utterances, {t.words} words |" for corpus, t in tallies.items()
    )
    data = "\n".join(f"| {NAMES[corpus]} | {hours[corpus]:.2f} | {ALL_LICENCES[corpus]} |" for corpus in ALL_LICENCES if hours.get(corpus))
    return f"""---
language: en
license: mit
pipeline_tag: automatic-speech-recognition
---

# Embedded SEW-D

The recogniser that ships with Sewscribe: SEW-D with a CTC head, {parameters / 1e6:.1f} million parameters (hidden 512, 6 layers, 8 heads), trained
by us. It writes upper-case English letters and apostrophes, no digits and no punctuation. Its matrices are stored in 8 bits: the value is the
tensor's integer times that row's `_scale`. `python -m sewscribe_training.export --model HERE --out FOLDER` makes half precision of it, which
anything that reads `sew-d` loads.

## Error rates

Greedy, without a language model, in percent of the words and of the letters. None of these speakers was heard in training; of Common
Voice, which does not name its speakers, none of these texts.

| corpus | words | letters | on |
| --- | --- | --- | --- |
{rates}

## Limits

{told} It knows English only; it was trained mostly on read sentences, and conversation, music, strong
accents and far microphones are harder for it. Its spelling follows sound, so that rare names are rarely right.

## How it was made

Its layers began as those of the encoder of OpenAI's Whisper base (MIT), rewritten as SEW-D's. Then the whole of it imitated that encoder's
features ({imitated_h:.0f} hours heard, on a GPU, with synthetic speech among them), and learned letters by CTC from {sum(hours.values()):.1f} hours of transcribed speech
(heard {heard_h:.0f} hours in all, some of it distorted anew each time). How, and how to do it again: docs/training.md in Sewscribe.

| speech | hours | licence |
| --- | --- | --- |
{data}

Common Voice is by Mozilla and its contributors; LibriSpeech by Vassil Panayotov and others, from LibriVox recordings; speechocean762 by
Speechocean and Xiaomi; LJ Speech by Keith Ito and Linda Johnson; dataset-voice-kathleen by Kathleen and the Rhasspy project.

## Licence

MIT, as the weights that it began with; Whisper's notice is in WHISPER-LICENSE.
"""


def main() -> None:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--model", type=Path, required=True, help="a folder that a run wrote")
    a.add_argument("--data", type=Path, required=True)
    a.add_argument("--samples", type=Path, required=True)
    a.add_argument("--imitated", type=float, required=True, help="hours of speech that it heard while it imitated its teacher, from that log")
    a.add_argument("--heard", type=float, required=True, help="hours of speech that it heard while it learned letters, from the run's log")
    a.add_argument("--decoded", type=float, help="word errors on LibriSpeech with the language model, from `sewscribe evaluate`")
    a.add_argument("--of-each", type=int, default=100000, help="at most so many utterances of each corpus")
    a.add_argument("--out", type=Path, required=True, help="native-models/embedded")
    o = a.parse_args()
    folder = o.out / "sew-d-embedded"
    read = load_folder(o.model)
    save_folder(folder, read.state_dict(), read.c, "int8")
    model = load_folder(folder).eval()  # what ships is what is measured
    audio, utterances = load(o.data)
    train, development = held_out(utterances)
    tallies = evaluate(model, audio, choose(development, o.of_each), "cpu")
    tallies["samples"], _ = evaluate_files(model, o.samples, "cpu")
    hours = {corpus: sum(u.seconds for u in train if u.corpus == corpus) / 3600 for corpus in ALL_LICENCES}
    warning = notice(tallies[READ_ENGLISH].percent[0], o.decoded)
    parameters = sum(p.numel() for p in model.parameters())
    (folder / "README.md").write_text(card(tallies, hours, o.imitated, o.heard, parameters, warning), encoding="utf-8")
    shutil.copy(Path(__file__).with_name("WHISPER-LICENSE"), folder / "WHISPER-LICENSE")
    told = {
        "name": "Embedded SEW-D",
        "languages": ["en"],
        "licence": "MIT",
        "wordErrorRates": [{"corpus": NAMES[c], "percent": t.percent[0], "source": TEXTS if c.startswith("cv") else SPEAKERS} for c, t in tallies.items()],
        "notice": warning,
    }
    (o.out / "embedded.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    for corpus, tally in tallies.items():
        print(corpus, *tally.percent, tally.utterances)


if __name__ == "__main__":
    main()
