"""Runs at a tiny size: a model learns to read tones, a run goes on exactly, folders come back, pre-training leaves no heads."""

import json
import random
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from sewscribe_training import pretrain
from sewscribe_training.batches import batches, clean
from sewscribe_training.checkpoint import load_folder, load_state, save_folder
from sewscribe_training.corpora import held_out, load
from sewscribe_training.model import Recogniser
from sewscribe_training.settings import settings
from sewscribe_training.options import arguments
from sewscribe_training.run import Run
from sewscribe_training.train import go

TINY = settings(32, 2, 2, 64, 8, num_conv_pos_embedding_groups=4)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random tiny model as a folder."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("first")
    save_folder(folder, Recogniser(TINY).state_dict(), TINY, kind="float32")
    return folder


def run(prepared: Path, out: Path, *more: str) -> Run:
    base = ["--data", str(prepared), "--out", str(out), "--teacher", "none", "--batch-seconds", "8", "--development", "4"]
    return Run(arguments().parse_args([*base, *more]))


def steps(r: Run, count: int) -> list[float]:
    """So many steps of the run, as its loop does them."""
    losses: list[float] = []
    while len(losses) < count:
        order = list(batches(r.train, r.o.batch_seconds, random.Random(f"{r.o.seed} {r.epoch}")))
        while r.index < len(order) and len(losses) < count:
            losses.append(r.learn(order[r.index], 1.0)[0])
            r.index += 1
        if r.index == len(order):
            r.epoch, r.index = r.epoch + 1, 0
    return losses


def test_loss_falls_and_scores_are_written(prepared: Path, first: Path, tmp_path: Path) -> None:
    r = run(prepared, tmp_path, "--init", str(first), "--rate", "3e-3", "--layers-share", "1", "--warm-up", "10", "--distort-after", "999", "--mask-after", "999")
    losses = steps(r, 60)
    assert sum(losses[-5:]) / 5 < 0.7 * sum(losses[:5]) / 5
    tallies = r.score("averaged")
    assert tallies["tones"].utterances == 4
    time, step, hours, kind, rates = (tmp_path / "log.tsv").read_text().strip().split("\t")
    assert (step, kind) == ("60", "averaged") and set(json.loads(rates)) == {"tones"} and float(hours) > 0 and time
    weights = load_file(tmp_path / "averaged/model.safetensors")
    assert all(w.dtype == torch.float16 for w in weights.values())


def test_a_run_goes_on_exactly(prepared: Path, first: Path, tmp_path: Path) -> None:
    more = ["--init", str(first), "--warm-up", "5"]
    whole = run(prepared, tmp_path / "whole", *more)
    steps(whole, 20)
    broken = run(prepared, tmp_path / "broken", *more)
    steps(broken, 9)
    broken.save()
    later = run(prepared, tmp_path / "broken", *more)
    assert later.step == 9
    steps(later, 11)
    for (name, a), (_, b) in zip(whole.model.state_dict().items(), later.model.state_dict().items(), strict=True):
        assert torch.equal(a, b), name
    assert (whole.epoch, whole.index, whole.seen_s) == (later.epoch, later.index, later.seen_s)
    for a, b in zip(whole.average.values, later.average.values, strict=True):
        assert torch.equal(a, b)


def test_the_head_learns_first_and_alone(prepared: Path, first: Path, tmp_path: Path) -> None:
    r = run(prepared, tmp_path, "--init", str(first), "--head-first", "4", "--warm-up", "2")
    before = {name: value.clone() for name, value in r.model.state_dict().items()}

    def changed() -> set[bool]:
        return {"upsample" in name or "lm_head" in name for name, value in r.model.state_dict().items() if not torch.equal(value, before[name])}

    steps(r, 4)
    assert changed() == {True}
    steps(r, 1)
    assert changed() == {True, False} and r.warm_from == 4


def test_a_decay_ends_and_leaves_the_run_alone(prepared: Path, first: Path, tmp_path: Path) -> None:
    long = run(prepared, tmp_path / "long", "--init", str(first))
    steps(long, 3)
    long.save()
    before = (tmp_path / "long/state.pt").read_bytes()
    copy = run(prepared, tmp_path / "copy", "--resume", str(tmp_path / "long"), "--decay-hours", "0.001")
    go(copy)
    assert (tmp_path / "copy/decayed/model.safetensors").exists() and not (tmp_path / "copy/state.pt").exists()
    assert (tmp_path / "long/state.pt").read_bytes() == before


def test_folders_come_back(first: Path, tmp_path: Path) -> None:
    model = load_folder(first)
    save_folder(tmp_path, model.state_dict(), model.c)
    again = load_folder(tmp_path)
    x = torch.randn(1, 8000)
    torch.testing.assert_close(model(x).logits, again(x).logits, atol=2e-2, rtol=2e-2)
    names = {p.name for p in tmp_path.iterdir()}
    assert names == {"config.json", "vocab.json", "preprocessor_config.json", "tokenizer_config.json", "special_tokens_map.json", "model.safetensors"}


def test_pretraining_finds_what_was_masked_and_leaves_no_heads(prepared: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    audio, utterances = load(prepared)
    train, _ = held_out(utterances)
    model = pretrain.Pretrainer(Recogniser(TINY), width=16, inner=64, negatives=10).train()
    optimiser = torch.optim.AdamW(model.parameters(), 2e-3)
    losses: list[float] = []
    while len(losses) < 80:
        for batch in batches(train, 16, random.Random(len(losses))):
            guess = model(*clean(audio, batch, "cpu"), random.Random(len(losses)), 2.0)
            optimiser.zero_grad()
            guess.loss.backward()
            optimiser.step()
            losses.append(guess.loss.item())
    assert sum(losses[-10:]) / 10 < 0.9 * sum(losses[:5]) / 5
    save_folder(tmp_path, model.recogniser.state_dict(), TINY)
    assert set(load_file(tmp_path / "model.safetensors")) == set(Recogniser(TINY).state_dict())


def test_pretraining_masks_about_a_quarter() -> None:
    masked = pretrain.mask_tokens(torch.tensor([400, 50]), random.Random(0))
    assert masked.shape == (2, 400) and not masked[1, 50:].any()
    assert 0.15 < masked[0].float().mean() < 0.4


def test_state_loads_without_running_code(prepared: Path, first: Path, tmp_path: Path) -> None:
    r = run(prepared, tmp_path, "--init", str(first))
    r.save()
    assert load_state(tmp_path / "state.pt", "cpu")["step"] == 0
