"""What a trained model is worth with weights of 8 bits, and its parts for toOnnx.ts:
python publish.py --data DIR --model FILE --out DIR"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from batches import Part, Words, heard
from model import CASES, LEFT_CONTEXT, MARKS, RIGHT_CONTEXT, PunctuationModel
from scoring import logits_of, raised_rare_marks, summary, tuned_capitals, tuned_offsets

ERRORS = (0.0, 0.15)
# Each stretch of so many words is heard by another speaker.
SPEAKER_WORDS = 2000


def in_bytes(weight: Tensor) -> Tensor:
    """What 8 bits and a scale for each row leave of a matrix, as toOnnx.ts will write it."""
    rows = weight.flatten(1)
    scales = rows.abs().amax(1, keepdim=True).clamp(min=1e-30) / 127
    return ((rows / scales).round() * scales).reshape(weight.shape)


def write_heard(folder: Path, data: Path, part: Part, words: Words, vocabulary: list[str]) -> None:
    """The held-out books as they may be heard, for bench/punctuation.ts: word, pause in ms, mark, case."""
    spelled = dict(zip(part.kinds.tolist(), (data / "held-out.txt").read_text().split(), strict=True))
    known = np.flatnonzero(words.features[:, 0] > 1)
    spelled |= {int(kind): vocabulary[words.features[kind, 0] - 2] for kind in known}
    for errors in ERRORS:
        random = np.random.default_rng(1)
        with (folder / f"heard-{errors:.0%}.tsv".replace("%", "")).open("w") as file:
            for start in range(0, len(part.kinds) - SPEAKER_WORDS, SPEAKER_WORDS):
                rows = heard(part, words, start, SPEAKER_WORDS, errors, random)
                for kind, mark, case, pause in zip(*rows, strict=True):
                    name = CASES[case] if case >= 0 else ""
                    file.write(f"{spelled[int(kind)]}\t{pause:.0f}\t{MARKS[mark]}\t{name}\n")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--model", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    arguments = options.parse_args()

    torch.set_num_threads(1)
    text = json.loads((arguments.data / "vocabulary.json").read_text())
    vocabulary = text["vocabulary"]
    words = Words(arguments.data, vocabulary)
    model = PunctuationModel(len(vocabulary))
    model.load_state_dict(torch.load(arguments.model))
    model.eval()
    for matrix in (*model.tables, *(layer.convolution for layer in model.layers)):
        matrix.weight.data = in_bytes(matrix.weight.data)

    # Marks are rarer than no mark, and the likeliest label alone would leave too many of them out.
    tuning = Part.read(arguments.data, "tuning")
    logits, marks, cases = logits_of(model, tuning, words, 0.1, True)
    offsets = raised_rare_marks(logits, marks, tuned_offsets(logits, marks))
    capital = tuned_capitals(logits, cases)
    print("offsets", dict(zip(MARKS, offsets.round(1).tolist(), strict=True)), f"capital {capital:.1f}", flush=True)
    model.head.bias.data[: len(MARKS)] += torch.from_numpy(offsets)
    model.head.bias.data[len(MARKS) + CASES.index("capitalised")] += capital

    arguments.out.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, arguments.out / "model.safetensors")
    about = {
        "formatVersion": 1,
        "id": "english-punctuation",
        "languages": ["en"],
        "licence": "CC0-1.0",
        "source": "Public-domain English prose (native-models/training/punctuation)",
        "leftContextWords": LEFT_CONTEXT,
        "rightContextWords": RIGHT_CONTEXT,
        "vocabulary": " ".join(vocabulary),
        "forms": text["forms"],
    }
    (arguments.out / "model.json").write_text(json.dumps(about) + "\n")

    held_out = Part.read(arguments.data, "held-out")
    random = np.random.default_rng(1)
    features = torch.from_numpy(words.features[held_out.kinds[:40]].astype(np.int64))[None]
    pauses = torch.from_numpy(random.integers(0, 10, 40))[None]
    with torch.no_grad():
        logits = model(features, pauses)
    golden = {
        "words": features.flatten().tolist(),
        "pauses": pauses.flatten().tolist(),
        "logits": [round(value, 3) for value in logits.flatten().tolist()],
    }
    (arguments.out / "golden.json").write_text(json.dumps(golden) + "\n")

    write_heard(arguments.out, arguments.data, held_out, words, vocabulary)
    for errors in ERRORS:
        for with_pauses in (True, False):
            kind = f"{errors:.0%} wrong words, {'with' if with_pauses else 'without'} pauses"
            print(f"{kind}: {summary(*logits_of(model, held_out, words, errors, with_pauses))}", flush=True)


if __name__ == "__main__":
    main()
