"""The reference implementation's SEW-D with random weights, exported as anyone would: python acoustic_plain_export.py OUT [SHAPE...]

Needs torch, transformers and onnx (see test/native-models/golden/make.py). Writes OUT/SHAPE/model.onnx, which
acoustic.ts compares with ours.
"""

import sys
from pathlib import Path

import torch
from transformers import SEWDConfig, SEWDForCTC

SHAPES = {
    "sew-d-tiny": dict(hidden_size=384, num_hidden_layers=12, num_attention_heads=6, channels=64),
    "sew-d-mid": dict(hidden_size=512, num_hidden_layers=24, num_attention_heads=8, channels=64),
    "sew-d-base-plus": dict(hidden_size=768, num_hidden_layers=24, num_attention_heads=12, channels=96),
}


class Logits(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, waveform):
        return self.model(waveform).logits


def export(name, out):
    shape = dict(SHAPES[name])
    c = shape.pop("channels")
    config = SEWDConfig(
        **shape,
        intermediate_size=4 * shape["hidden_size"],
        conv_dim=[c] + [2 * c] * 4 + [4 * c] * 4 + [8 * c] * 4,
        num_conv_pos_embeddings=31,
    )
    torch.manual_seed(1)
    model = Logits(SEWDForCTC(config)).eval()  # the exporter gives a model back in its wrapper's mode
    folder = Path(out, name)
    folder.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        model,
        (torch.randn(1, 160000),),  # an odd number of frames, or the last odd frame is lost
        folder / "model.onnx",
        input_names=["waveform"],
        output_names=["logits"],
        dynamic_axes={"waveform": {1: "samples"}, "logits": {1: "frames"}},
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    for name in sys.argv[2:] or SHAPES:
        export(name, sys.argv[1])
        print(name)
