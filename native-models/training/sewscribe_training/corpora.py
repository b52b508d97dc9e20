"""Transcribed speech: reading the corpora, holding speakers out, and one file of samples that every run maps into memory."""

import csv
import json
import zlib
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
import torch
from torch import Tensor

from .alphabet import encode

RATE_HZ = 16000
LIBRISPEECH = "librispeech-train-clean-5"


@dataclass(frozen=True)
class Utterance:
    """Where it lies in the samples, what was said (ids; empty: unknown), and whence it is."""

    start: int
    samples: int
    ids: tuple[int, ...]
    corpus: str
    speaker: str

    @property
    def seconds(self) -> float:
        return self.samples / RATE_HZ


def rows(file: Path) -> list[dict[str, str]]:
    """A manifest's lines: file, start_sample, samples, speaker, text, perhaps split."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def plausible(samples: int, letters: int, longest_s: float) -> bool:
    """Whether the text can have been said in that time."""
    seconds = samples / RATE_HZ
    return letters > 0 and 0.6 < seconds < longest_s and 3 < letters / seconds < 28


Shard = tuple[Path, list[dict[str, str]]]
"""A file of samples and the manifest's lines that lie in it."""


def shards(folder: Path) -> list[Shard]:
    """The files of a corpus folder from which something may be learned: speechocean762's test speakers are never read."""
    if (folder / "machine-labels.tsv").exists():
        return labelled_by_machine(folder)
    by_file: dict[str, list[dict[str, str]]] = {}
    for row in rows(folder / "manifest.tsv"):
        if row.get("split") != "test":
            by_file.setdefault(row["file"], []).append(row)
    return [(folder / file, by_file[file]) for file in sorted(by_file)]


def labelled_by_machine(folder: Path) -> list[Shard]:
    """The folder whose texts a recogniser wrote (machine-labels.tsv: id, text, log-probability, flags, disagreement in %).

    Only lines of high probability without a flag and on which a second recogniser agrees are believed.
    """
    found: list[Shard] = []
    with (folder / "machine-labels.tsv").open(encoding="utf-8", newline="") as lines:
        for name, text, probability, flags, disagreement in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            files = [f for kind in ("flac", "opus") if (f := folder / f"{name}.{kind}").exists()]
            if files and float(probability) >= -0.2 and flags in ("", "-") and float(disagreement) <= 10:
                found.append((files[0], [{"start_sample": "0", "speaker": name.split("-")[0], "text": text}]))
    return found


def read_shard(shard: Shard, longest_s: float) -> tuple[np.ndarray, list[Utterance]]:
    """A file's samples (int16), and the utterances in it that are neither too long nor too short for their texts."""
    file, listed = shard
    samples, rate = soundfile.read(file, dtype="int16")
    if rate != RATE_HZ or samples.ndim != 1:
        raise ValueError(f"{file} is not 16 kHz mono: convert it first.")
    found = []
    for row in listed:
        ids, count = encode(row["text"]), int(row.get("samples", len(samples)))
        if plausible(count, len(ids), longest_s):
            found.append(Utterance(int(row["start_sample"]), count, tuple(ids), file.parent.name, row["speaker"]))
    return samples, found


def prepare(folders: Iterable[Path], out: Path, longest_s: float = 17) -> None:
    """Writes OUT/samples.i16 (all samples, int16) and OUT/utterances.jsonl (one utterance a line)."""
    out.mkdir(parents=True, exist_ok=True)
    base, utterances = 0, []
    with (out / "samples.i16.part").open("wb") as file, ThreadPoolExecutor() as pool:  # decoding lets other threads run
        every = [shard for folder in folders for shard in shards(folder)]
        for samples, found in pool.map(lambda shard: read_shard(shard, longest_s), every):
            file.write(samples.astype("<i2").tobytes())
            utterances += [replace(u, start=base + u.start) for u in found]
            base += len(samples)
    (out / "samples.i16.part").replace(out / "samples.i16")
    (out / "utterances.jsonl").write_text("".join(json.dumps(asdict(u)) + "\n" for u in utterances))


def load(prepared: Path) -> tuple[Tensor, list[Utterance]]:
    """All samples (int16, mapped, not read) and the utterances of a folder that ``prepare`` wrote."""
    samples = torch.from_numpy(np.memmap(prepared / "samples.i16", "<i2", "c"))
    lines = (json.loads(line) for line in (prepared / "utterances.jsonl").open(encoding="utf-8"))
    return samples, [Utterance(**{**line, "ids": tuple(line["ids"])}) for line in lines]


def held_out(utterances: list[Utterance], share: int = 10) -> tuple[list[Utterance], list[Utterance]]:
    """Training and development utterances, always the same split.

    Development: every tenth speaker of a corpus with more than nine (LibriSpeech's folders share one choice), and of
    Common Voice, which names no speakers, every tenth text. speechocean762's test speakers are never read at all; of synthetic voices none is held out.
    """
    speakers: dict[str, set[str]] = {}
    for u in utterances:
        if not u.corpus.startswith("synthetic"):
            speakers.setdefault(u.corpus, set()).add(u.speaker)
    chosen = {(c, s) for c, names in speakers.items() if len(names) > 9 for s in sorted(names)[::share]}

    def development(u: Utterance) -> bool:
        if u.corpus.startswith("librispeech"):
            return (LIBRISPEECH, u.speaker) in chosen
        if u.corpus.startswith("cv"):
            return zlib.crc32(bytes(u.ids)) % share == 0
        return (u.corpus, u.speaker) in chosen

    train, kept = [], []
    for u in utterances:
        (kept if development(u) else train).append(u)
    # Who is heard in a corpus with labels of a machine is not evaluated on them.
    return train, [u for u in kept if u.corpus == LIBRISPEECH or not u.corpus.startswith("librispeech")]


def hours(utterances: Iterable[Utterance]) -> dict[str, float]:
    """Hours of each corpus."""
    count: Counter[str] = Counter()
    for u in utterances:
        count[u.corpus] += u.samples
    return {corpus: samples / RATE_HZ / 3600 for corpus, samples in sorted(count.items())}
