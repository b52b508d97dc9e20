"""The teacher's streams for every training utterance: computed when first asked for, then kept on disk in half precision."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .align import Targets, targets
from .batches import clean
from .corpora import Utterance
from .inherit import Statistics
from .whisper import LAYERS, WIDTH, WhisperEncoder

TOKEN_SAMPLES = 640


class Lessons:
    """OUT/lessons.f16 holds [samples of the corpora // 640, 7, 512]; OUT/lessons.done one byte per utterance."""

    def __init__(
        self, folder: Path, audio: Tensor, utterances: list[Utterance], teacher: WhisperEncoder, found: Statistics, counts: Callable[[Tensor], Tensor]
    ):
        """``counts``: the model's frames of so many samples."""
        self.audio, self.teacher, self.found = audio, teacher, found
        self.rows = {u.start: i for i, u in enumerate(utterances)}
        self.tokens = (counts(torch.tensor([u.samples for u in utterances])) // 2).tolist()
        shape = (len(audio) // TOKEN_SAMPLES + 1, LAYERS + 1, WIDTH)
        self.kept = self._map(folder / "lessons.f16", "<f2", shape)
        self.done = self._map(folder / "lessons.done", "u1", (len(utterances),))

    @staticmethod
    def _map(path: Path, kind: str, shape: tuple[int, ...]) -> np.memmap:
        mode = "r+" if path.exists() and path.stat().st_size == int(np.prod(shape)) * np.dtype(kind).itemsize else "w+"
        return np.memmap(path, kind, mode, shape=shape)

    def _place(self, u: Utterance) -> slice:
        at = -(-u.start // TOKEN_SAMPLES)
        return slice(at, at + self.tokens[self.rows[u.start]])

    def fresh(self, batch: list[Utterance], frame_counts: Tensor, device: str) -> Targets:
        """From the teacher, and kept."""
        waves, _ = clean(self.audio, batch, device)
        aim = targets(self.teacher, self.found, waves, frame_counts)
        every = torch.stack(aim.streams, 2).cpu().numpy().astype("<f2")
        for row, u in zip(every, batch, strict=True):
            place = self._place(u)
            self.kept[place] = row[: place.stop - place.start]
            self.done[self.rows[u.start]] = 1
        return aim

    def known(self, batch: list[Utterance]) -> bool:
        """Whether all of a batch is on disk."""
        return all(self.done[self.rows[u.start]] for u in batch)

    def recalled(self, batch: list[Utterance], token_counts: Tensor, device: str) -> Targets:
        """From disk, stretched in time to the counts of a batch [batch] that was made faster or slower; rows not yet taught are not real."""
        longest = int(token_counts.max())
        out = torch.zeros(len(batch), longest, (LAYERS + 1) * WIDTH)
        for row, u, count in zip(out, batch, token_counts.tolist(), strict=True):
            kept = torch.from_numpy(self.kept[self._place(u)].astype(np.float32)).flatten(1)
            if len(kept) != count:
                kept = F.interpolate(kept.T[None], size=count, mode="linear", align_corners=False)[0].T
            row[:count] = kept
        taught = torch.tensor([bool(self.done[self.rows[u.start]]) for u in batch], device=token_counts.device)
        real = (torch.arange(longest, device=token_counts.device)[None] < token_counts[:, None]) & taught[:, None]
        return Targets(list(out.to(device).split(WIDTH, -1)), real)


def save_statistics(path: Path, found: Statistics) -> None:
    """As a plain dictionary, so that it loads without running code."""
    torch.save(vars(found), path)


def load_statistics(path: Path) -> Statistics:
    """What ``save_statistics`` wrote."""
    return Statistics(**torch.load(path, weights_only=True))


def describe(found: Statistics) -> str:
    """One line for the log."""
    return json.dumps({"scale": [round(s, 3) for s in found.scale], "rms": [round(s, 3) for s in found.rms]})
