"""Takes the weights out of the package Resemblyzer, as safetensors for toOnnx.ts.

    pip download --no-deps resemblyzer==0.1.4 && unzip Resemblyzer-0.1.4-py3-none-any.whl
    python native-models/training/speakers/weights.py resemblyzer/pretrained.pt speakers.safetensors
"""

import sys

import torch
from safetensors.torch import save_file

source, target = sys.argv[1:]
state = torch.load(source, map_location="cpu", weights_only=True)["model_state"]
parts = {name: tensor.contiguous() for name, tensor in state.items() if name.startswith(("lstm.", "linear."))}
save_file(parts, target)
