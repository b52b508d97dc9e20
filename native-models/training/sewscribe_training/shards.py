"""A corpus folder that grows shard by shard: 16 kHz FLAC and a manifest, as ``corpora`` reads it."""

import csv
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
import torch.nn.functional as F

from .corpora import RATE_HZ

Wave = np.ndarray[Any, np.dtype[np.float32]]
"""Samples, -1 to 1."""
FIELDS = ["file", "start_sample", "samples", "speaker", "text"]


def at_rate(wave: Wave, rate_hz: int) -> Wave:
    """At the recogniser's rate, without what lies above it."""
    n = len(wave)
    spectrum = torch.fft.rfft(torch.from_numpy(wave))
    length = round(n * RATE_HZ / rate_hz)
    kept = spectrum[: length // 2 + 1]
    return np.asarray(torch.fft.irfft(F.pad(kept, (0, length // 2 + 1 - len(kept))), length) * (length / n), np.float32)


def write_shard(out: Path, said: list[tuple[Wave, str, str]]) -> None:
    """Adds a shard of (samples, speaker, sentence) to the folder: its samples first, so that the manifest names only what is there."""
    name = next(f for k in count() if not (out / (f := f"{k:03}.flac")).exists())
    waves, lines, at = [], [], 0
    gap = np.zeros(RATE_HZ // 10, np.float32)
    for wave, speaker, sentence in said:
        lines.append({"file": name, "start_sample": at, "samples": len(wave), "speaker": speaker, "text": sentence})
        waves += [wave / max(0.01, float(np.abs(wave).max())) * 0.6, gap]
        at += len(wave) + len(gap)
    soundfile.write(out / f"{name}.part", np.concatenate(waves), RATE_HZ, "PCM_16", format="FLAC")
    (out / f"{name}.part").replace(out / name)
    manifest = out / "manifest.tsv"
    is_new = not manifest.exists()
    with manifest.open("a", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, FIELDS, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
        if is_new:
            table.writeheader()
        table.writerows(lines)


def trimmed(wave: Wave, rate_hz: int, silence_s: float = 0.15) -> Wave:
    """Without long silence at either end."""
    loud = np.flatnonzero(np.abs(wave) > 0.02 * max(1e-4, float(np.abs(wave).max(initial=0))))
    if len(loud) == 0:
        return wave[:0]
    margin = int(silence_s * rate_hz)
    return wave[max(0, loud[0] - margin) : loud[-1] + margin]
