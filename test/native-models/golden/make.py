"""Makes the checkpoints in this folder and what the reference implementation says about them.

python -m venv ENV && ENV/bin/pip install torch transformers==5.24.0 safetensors && ENV/bin/python make.py [NAME...]

Each folder is a tiny model with random weights and one setting, as a Hugging Face folder with cases.json and reference
logits (transformers' SEWDForCTC and its relatives, float32, CPU): SEW-D with what the published models do not have, and
the other families, whose names begin with theirs. Samples are shared and lie beside the folders. positions.json holds
the reference's rows of relative embeddings, buckets.json its buckets of distances.
"""

import json
import math
import shutil
import sys
from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file
from transformers import (
    Data2VecAudioConfig,
    Data2VecAudioForCTC,
    HubertConfig,
    HubertForCTC,
    SEWConfig,
    SEWDConfig,
    SEWDForCTC,
    SEWForCTC,
    UniSpeechConfig,
    UniSpeechForCTC,
    UniSpeechSatConfig,
    UniSpeechSatForCTC,
    Wav2Vec2Config,
    Wav2Vec2ForCTC,
    WavLMConfig,
    WavLMForCTC,
)
from transformers.models.sew_d.modeling_sew_d import build_relative_position
from transformers.models.wavlm.modeling_wavlm import WavLMAttention

HERE = Path(__file__).parent
TOKENS = ["<pad>", "<s>", "</s>", "<unk>", "|", *"ETAONIHSRDLUMWCFGYPBVK'XJQZ"]

# 20 samples a frame, so that short inputs have many steps
BASE = dict(
    vocab_size=32,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=24,
    conv_dim=[4, 6, 6, 8],
    conv_kernel=[10, 3, 1, 2],
    conv_stride=[5, 2, 1, 2],
    num_conv_pos_embeddings=9,
    num_conv_pos_embedding_groups=4,
    position_buckets=16,
    max_position_embeddings=40,
)
LENGTHS = [55, 485, 500, 1601]

ACTIVATIONS = (
    "gelu gelu_10 gelu_accurate gelu_fast gelu_new gelu_python gelu_python_tanh gelu_pytorch_tanh hardswish laplace "
    "leaky_relu linear mish quick_gelu relu relu2 relu6 sigmoid silu sqrtsoftplus swish tanh"
).split()

SETTINGS = {
    "group-with-bias": dict(conv_bias=True),
    "layer": dict(feat_extract_norm="layer"),
    "layer-with-bias": dict(feat_extract_norm="layer", conv_bias=True),
    "one-convolution": dict(conv_dim=[8], conv_kernel=[25], conv_stride=[20]),
    "wide-strides": dict(conv_dim=[4, 6, 6], conv_kernel=[10, 3, 4], conv_stride=[5, 4, 3], lengths=[145, 485, 500, 1601]),
    "shared-c2p": dict(pos_att_type=["c2p"]),
    "shared-p2c": dict(pos_att_type=["p2c"]),
    "shared-none": dict(pos_att_type=[]),
    "own-both": dict(share_att_key=False),
    "own-c2p": dict(share_att_key=False, pos_att_type=["c2p"]),
    "own-p2c": dict(share_att_key=False, pos_att_type=["p2c"]),
    "own-none": dict(share_att_key=False, pos_att_type=[]),
    "repeated-types": dict(pos_att_type=["c2p", "p2c", "c2p", "p2p"]),
    "string-type": dict(pos_att_type="p2c|c2p"),
    "not-relative": dict(relative_attention=False),
    "embeddings-not-normalised": dict(norm_rel_ebd="none"),
    "embeddings-normalised-otherwise": dict(norm_rel_ebd="Layer_Norm | none"),
    "no-buckets": dict(position_buckets=-1, max_position_embeddings=12),
    "no-buckets-relative": dict(position_buckets=0, max_position_embeddings=40, max_relative_positions=7),
    "odd-buckets": dict(position_buckets=7, max_position_embeddings=20),
    "three-buckets": dict(position_buckets=3, max_position_embeddings=20),
    "buckets-relative": dict(position_buckets=8, max_position_embeddings=512, max_relative_positions=33),
    "few-positions": dict(position_buckets=16, max_position_embeddings=6),
    "published-positions": dict(
        position_buckets=256, max_position_embeddings=512, num_hidden_layers=1, lengths=[22000]
    ),
    "squeeze-1": dict(squeeze_factor=1),
    "squeeze-1-even": dict(squeeze_factor=1, num_conv_pos_embeddings=8),
    "squeeze-2-even": dict(num_conv_pos_embeddings=8),
    "squeeze-3": dict(squeeze_factor=3, lengths=[75, 485, 500, 1601, 1621]),
    "squeeze-3-even": dict(squeeze_factor=3, num_conv_pos_embeddings=8, lengths=[75, 485, 500, 1601, 1621]),
    "squeeze-4": dict(squeeze_factor=4, lengths=[95, 485, 500, 1601, 1621]),
    "squeeze-4-even": dict(squeeze_factor=4, num_conv_pos_embeddings=10, lengths=[95, 485, 500, 1601, 1621]),
    "place-kernel-1": dict(num_conv_pos_embeddings=1),
    "place-kernel-2": dict(num_conv_pos_embeddings=2),
    "place-kernel-1-squeeze-3": dict(num_conv_pos_embeddings=1, squeeze_factor=3, lengths=[75, 485, 500, 1601]),
    "place-kernel-long": dict(num_conv_pos_embeddings=128, lengths=[55, 485, 1601]),
    "place-groups-1": dict(num_conv_pos_embedding_groups=1),
    "place-groups-16": dict(num_conv_pos_embedding_groups=16),
    "no-projection": dict(conv_dim=[4, 6, 6, 16]),
    "other-epsilons": dict(layer_norm_eps=0.02, feature_layer_norm_eps=0.3),
    "one-head": dict(num_attention_heads=1),
    "no-layers": dict(num_hidden_layers=0),
    "five-tokens": dict(vocab_size=5),
    "half": dict(stored=torch.float16),
    "bfloat16": dict(stored=torch.bfloat16),
    **{
        f"activation-{name}": dict(
            hidden_act=name,
            feat_extract_activation=ACTIVATIONS[(i + 1) % len(ACTIVATIONS)],
            num_hidden_layers=1,
            lengths=[500],
        )
        for i, name in enumerate(ACTIVATIONS)
    },
    "bin": dict(file="bin", lengths=[485, 500]),
    "bin-half": dict(file="bin", stored=torch.float16, lengths=[485]),
    "bin-views": dict(file="bin-views", lengths=[485]),
}

# By model_type
FAMILIES = {
    "sew-d": (SEWDConfig, SEWDForCTC),
    "sew": (SEWConfig, SEWForCTC),
    "wav2vec2": (Wav2Vec2Config, Wav2Vec2ForCTC),
    "hubert": (HubertConfig, HubertForCTC),
    "data2vec-audio": (Data2VecAudioConfig, Data2VecAudioForCTC),
    "unispeech": (UniSpeechConfig, UniSpeechForCTC),
    "unispeech-sat": (UniSpeechSatConfig, UniSpeechSatForCTC),
    "wavlm": (WavLMConfig, WavLMForCTC),
}
POSITIONS = ["position_buckets", "max_position_embeddings"]
PLAIN = {key: value for key, value in BASE.items() if key not in POSITIONS}
STACKED = {key: value for key, value in PLAIN.items() if key != "num_conv_pos_embeddings"}
# As the published large models
LARGE = dict(feat_extract_norm="layer", conv_bias=True, do_stable_layer_norm=True, num_conv_pos_embeddings=8)
PUBLISHED_FRAMES = dict(
    conv_dim=[4, 6, 6, 6, 6, 6, 8],
    conv_kernel=[10, 3, 3, 3, 3, 2, 2],
    conv_stride=[5, 2, 2, 2, 2, 2, 2],
    lengths=[400, 719, 720, 22000],
)
ODD_LENGTHS = [35, 55, 485, 500, 1601]
# A delimiter that is a space, special tokens of another make, tokens of several characters, other scripts
SCRIPTS = ["[PAD]", "[UNK]", " ", "ch", "ß", "а", "б", "ที่", "の", "語", *(chr(0x4E00 + i) for i in range(1190))]
LANGUAGES = {"deu": {"<pad>": 0, "|": 1, "ä": 2}, "eng": {token: i for i, token in enumerate(TOKENS)}}

OTHERS = {
    "sew": dict(),
    "sew-layer": dict(feat_extract_norm="layer", conv_bias=True),
    "sew-squeeze-3": dict(squeeze_factor=3, num_conv_pos_embeddings=8, lengths=[75, 485, 500, 1601, 1621]),
    "sew-no-projection": dict(conv_dim=[4, 6, 6, 16], squeeze_factor=1, layer_norm_eps=0.02),
    "sew-bin": dict(file="bin-views", stored=torch.float16, old_names=True, lengths=[485]),
    "wav2vec2-base": dict(lengths=ODD_LENGTHS),
    "wav2vec2-base-even-kernel": dict(num_conv_pos_embeddings=128, old_names=True),
    "wav2vec2-large": dict(**LARGE, do_normalize=True, attention_mask=True, lengths=ODD_LENGTHS),
    "wav2vec2-not-normalised": dict(**LARGE, do_normalize=False, lengths=[485, 500]),
    "wav2vec2-group-before": dict(do_stable_layer_norm=True),
    "wav2vec2-layer-after": dict(feat_extract_norm="layer"),
    "wav2vec2-published-frames": dict(PUBLISHED_FRAMES),
    "wav2vec2-scripts": dict(vocab_size=1200, tokens=SCRIPTS, word_delimiter=" ", lengths=[485]),
    "wav2vec2-plain-kernel": dict(plain_kernel=True, file="bin", lengths=[485]),
    "wav2vec2-other-epsilons": dict(layer_norm_eps=0.02, hidden_act="relu", feat_extract_activation="silu"),
    "wav2vec2-languages": dict(**LARGE, adapter_attn_dim=6, tokens=LANGUAGES, lengths=[485, 500]),
    "wav2vec2-adapter": dict(add_adapter=True, output_hidden_size=12, lengths=[55, 485, 500, 1601]),
    "wav2vec2-adapter-wide": dict(
        **LARGE, add_adapter=True, num_adapter_layers=1, adapter_kernel_size=5, adapter_stride=3, lengths=[95, 485, 500]
    ),
    "wav2vec2-no-layers": dict(num_hidden_layers=0, lengths=[485]),
    "hubert-base": dict(),
    "hubert-large": dict(**LARGE, lengths=ODD_LENGTHS),
    "hubert-batch-norm": dict(conv_pos_batch_norm=True),
    "hubert-no-feature-norm": dict(feat_proj_layer_norm=False, old_names=True),
    "data2vec-audio": dict(num_conv_pos_embeddings=5, conv_pos_kernel_size=19, lengths=ODD_LENGTHS),
    "data2vec-audio-even": dict(num_conv_pos_embeddings=2, conv_pos_kernel_size=4, conv_bias=True),
    "data2vec-audio-adapter": dict(num_conv_pos_embeddings=1, conv_pos_kernel_size=3, add_adapter=True, lengths=[485]),
    "unispeech-base": dict(lengths=[485, 500]),
    "unispeech-large": dict(LARGE, adapter_attn_dim=5, lengths=[485, 500]),
    "unispeech-sat-base": dict(),
    "unispeech-sat-large": dict(LARGE),
    "wavlm-base": dict(num_buckets=16, max_bucket_distance=30, lengths=ODD_LENGTHS),
    "wavlm-large": dict(LARGE, num_buckets=16, max_bucket_distance=30),
    "wavlm-odd-buckets": dict(num_buckets=7, max_bucket_distance=90, num_attention_heads=4),
    "wavlm-published-buckets": dict(num_hidden_layers=1, lengths=[485, 22000]),
    "wavlm-adapter": dict(add_adapter=True, num_adapter_layers=2, num_buckets=16, lengths=[485]),
    # Seeds go by place: new ones come last
    "sew-published-frames": dict({**PUBLISHED_FRAMES, "lengths": [720, 22000]}),
}


def family_of(name):
    return max((family for family in FAMILIES if name.startswith(family)), key=len, default="sew-d")


def samples_of(length):
    """Something like speech: two tones under a slow envelope, with noise; raw, off centre and quiet."""
    t = numpy.arange(length) / 16000
    noise = numpy.random.default_rng(length).standard_normal(length)
    envelope = 0.55 + 0.45 * numpy.sin(2 * numpy.pi * 3.1 * t + length)
    tones = numpy.sin(2 * numpy.pi * 210 * t) + 0.4 * numpy.sin(2 * numpy.pi * 1370 * t + 1)
    return (0.02 + 0.08 * envelope * (tones + 0.5 * noise)).astype(numpy.float32)


def normalised(samples):
    return (samples - samples.mean(dtype=numpy.float64)) / numpy.sqrt(samples.var(dtype=numpy.float64) + 1e-7)


def randomise(model, seed):
    """Weights at which every part of the model matters."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        random = torch.randn(parameter.shape, generator=generator)
        if "original0" in name:
            value = 1.2 + 0.3 * random.abs()
        elif name.endswith("bias"):
            value = 0.3 * random
        elif "orm.weight" in name:
            value = 1 + 0.3 * random
        elif "rel_embeddings" in name:
            value = random
        else:
            value = 1.4 * random / math.sqrt(parameter[0].numel())
        parameter.data.copy_(value)
    for name, buffer in model.named_buffers():
        if "running" in name:
            buffer.copy_(0.5 + torch.rand(buffer.shape, generator=generator))


def views_of(state):
    """The same weights in one storage, some of them transposed views, without the base model's prefix."""
    storage = torch.zeros(sum(t.numel() for t in state.values()) + 5)
    views, at = {}, 5
    for i, (name, tensor) in enumerate(state.items()):
        flat = storage[at : at + tensor.numel()]
        at += tensor.numel()
        view = flat.view(tensor.shape[::-1]).permute(*reversed(range(tensor.dim()))) if i % 2 else flat.view(tensor.shape)
        view.copy_(tensor)
        bare = name if name.startswith("lm_head") else name.split(".", 1)[1]
        views[bare] = torch.nn.Parameter(view) if i % 3 == 0 else view
    return views


def stored_state(model, stored, old_names, plain_kernel):
    state = {key: value.to(stored).contiguous() for key, value in model.state_dict().items()}
    state.pop(f"{model.base_model_prefix}.masked_spec_embed", None)
    place = f"{model.base_model_prefix}.encoder.pos_conv_embed.conv"
    g, v = (f"{place}.parametrizations.weight.original{i}" for i in range(2))
    if plain_kernel:
        del state[g], state[v]
        state[f"{place}.weight"] = model.base_model.encoder.pos_conv_embed.conv.weight.detach().contiguous()
    elif old_names:
        state[f"{place}.weight_g"], state[f"{place}.weight_v"] = state.pop(g), state.pop(v)
    return state


def make(
    name,
    seed,
    family="sew-d",
    base=BASE,
    lengths=LENGTHS,
    stored=torch.float32,
    file="safetensors",
    tokens=TOKENS,
    word_delimiter=None,
    do_normalize=None,
    attention_mask=False,
    old_names=False,
    plain_kernel=False,
    **changes,
):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    fields = {**base, **changes}
    written = dict(fields)
    text = isinstance(fields.get("pos_att_type"), str)
    if text:
        fields["pos_att_type"] = fields["pos_att_type"].split("|")
    config_class, model_class = FAMILIES[family]
    config = config_class(**fields)
    model = model_class(config).eval()
    randomise(model, seed)
    model.to(stored).float()
    state = stored_state(model, stored, old_names, plain_kernel)
    if file == "safetensors":
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    else:
        torch.save(views_of(state) if file == "bin-views" else state, folder / "pytorch_model.bin")

    put = lambda where, value: (folder / where).write_text(json.dumps(value, separators=(",", ":")))
    put("config.json", {"model_type": family, **written, "pad_token_id": 0})
    languages = isinstance(tokens, dict)
    put("vocab.json", tokens if languages else {token: i for i, token in enumerate(tokens[: config.vocab_size])})
    if languages:
        put("tokenizer_config.json", {"target_lang": "eng"})
    if word_delimiter:
        put("tokenizer_config.json", {"word_delimiter_token": word_delimiter})
    if do_normalize is not None:
        put("preprocessor_config.json", {"do_normalize": do_normalize, "return_attention_mask": attention_mask})
    cases = []
    for length in lengths:
        shared = HERE / f"{length}.samples.f32"
        samples = samples_of(length)
        samples.tofile(shared)
        values = samples if do_normalize is False else normalised(samples).astype(numpy.float32)
        mask = dict(attention_mask=torch.ones(1, length, dtype=torch.long)) if attention_mask else {}
        with torch.no_grad():
            logits = model(torch.from_numpy(values)[None], **mask).logits[0]
        assert logits.isfinite().all(), name
        logits.numpy().tofile(folder / f"{length}.logits.f32")
        frames, vocabulary = logits.shape
        cases.append(
            dict(
                samples=length,
                frames=frames,
                vocab=vocabulary,
                input=f"../{length}.samples.f32",
                logits=f"{length}.logits.f32",
            )
        )
    put("cases.json", {"cases": cases})
    print(f"{name}: logits vary by {logits.std(0).mean():.2f}")


def positions():
    """Runs of distances from -far to far that use the same row: [first distance, row]."""
    far = 700
    rows = []
    for buckets, maximum in [
        (256, 512), (320, 800), (64, 512), (128, 128), (16, 40), (8, 33), (7, 20), (6, 13), (3, 20), (2, 20),
        (16, 9), (16, 6), (0, 12), (-1, 512), (1000, 512), (32, 513), (10, 161), (4, 19),
    ]:  # fmt: skip
        relative = build_relative_position(far + 1, far + 1, buckets, maximum)[0]
        span = buckets if buckets > 0 else maximum
        distances = torch.cat([relative[0].flip(0), relative[1:, 0]])
        index = (distances + span).clamp(0, 2 * span - 1).tolist()
        runs = [[d - far, row] for d, row in enumerate(index) if d == 0 or index[d - 1] != row]
        rows.append(dict(buckets=buckets, maximum=maximum, runs=runs))
    (HERE / "positions.json").write_text(json.dumps(dict(far=far, settings=rows), separators=(",", ":")))


def buckets():
    """WavLM's: runs of distances i - j from -far to far with the same bucket: [first distance, bucket]."""
    far = 1100
    rows = []
    for number, longest in [(320, 800), (16, 30), (7, 90), (4, 2), (9, 8), (64, 1000), (320, 128), (40, 80)]:
        attention = WavLMAttention(8, 2, num_buckets=number, max_distance=longest)
        index = attention._relative_positions_bucket(-torch.arange(-far, far + 1)).tolist()
        runs = [[d - far, row] for d, row in enumerate(index) if d == 0 or index[d - 1] != row]
        rows.append(dict(buckets=number, longest=longest, runs=runs))
    (HERE / "buckets.json").write_text(json.dumps(dict(far=far, settings=rows), separators=(",", ":")))


if __name__ == "__main__":
    wanted = sys.argv[1:]
    positions()
    buckets()
    everything = [
        *((name, dict(seed=i + 1, **options)) for i, (name, options) in enumerate(SETTINGS.items())),
        *(
            (
                name,
                dict(
                    seed=i + 1001,
                    family=family_of(name),
                    base=STACKED if name.startswith("data2vec") else PLAIN,
                    **options,
                ),
            )
            for i, (name, options) in enumerate(OTHERS.items())
        ),
    ]
    for name, options in everything:
        if not wanted or name in wanted:
            make(name, **options)
