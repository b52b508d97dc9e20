"""What the original network says of a sound, for test/fixtures/speakers: librosa's filters, PyTorch's LSTM, no code of ours.

    python native-models/training/speakers/golden.py speakers.safetensors sound.f32 golden.json

sound.f32 is raw mono float32 at 16 kHz. Needs librosa beside requirements.txt.
"""

import json
import sys

import librosa
import numpy as np
import torch
from safetensors.torch import load_file

weights, sound, target = sys.argv[1:]
window_frames, hop_frames = 160, 40
samples = np.fromfile(sound, dtype="<f4")
mel = librosa.feature.melspectrogram(y=samples, sr=16000, n_fft=400, hop_length=160, n_mels=40, center=False).T

state = load_file(weights)
lstm = torch.nn.LSTM(40, 256, 3, batch_first=True)
lstm.load_state_dict({name.removeprefix("lstm."): value for name, value in state.items() if name.startswith("lstm.")})
embeddings = []
for start in range(0, len(mel) - window_frames + 1, hop_frames):
    window = samples[start * 160 : (start + window_frames - 1) * 160 + 400]
    # Resemblyzer brings a recording to -30 dB of full scale; here it is each window.
    gain = 10 ** (-30 / 20) / np.sqrt(np.mean(window.astype(np.float64) ** 2))
    with torch.no_grad():
        frames = torch.from_numpy((mel[start : start + window_frames] * gain**2).astype(np.float32))
        _, (hidden, _) = lstm(frames[None])
        raw = torch.relu(hidden[-1] @ state["linear.weight"].T + state["linear.bias"])
        embeddings.append((raw / raw.norm(dim=1, keepdim=True))[0].tolist())
with open(target, "w") as file:
    json.dump({"embeddings": [[round(value, 6) for value in row] for row in embeddings]}, file)
