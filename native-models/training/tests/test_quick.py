"""A training in minutes: a whole batch distorted at once is what single utterances are, and letters are learned while the clock runs."""

import itertools
import random
from pathlib import Path

import pytest
import torch

from sewscribe_training.batches import clean
from sewscribe_training.checkpoint import load_folder, save_folder
from sewscribe_training.corpora import Utterance, load
from sewscribe_training.distortion import at_tempo
from sewscribe_training.inherit import grown
from sewscribe_training.model import Recogniser
from sewscribe_training.objective import LAST_SHARE, MIDDLE_SHARE, ctc, letters
from sewscribe_training.quick import Quick, arguments
from sewscribe_training.rows import at_speeds, at_tempos, distorted_rows
from sewscribe_training.settings import settings

TINY = settings(32, 2, 2, 64, 8, num_conv_pos_embedding_groups=4)


def utterances(*samples: int) -> list[Utterance]:
    return [Utterance(sum(samples[:k]), n, (4, 5), "x", str(k)) for k, n in enumerate(samples)]


def tones(samples: int, hz: float) -> torch.Tensor:
    return (torch.sin(torch.arange(samples) * (2 * torch.pi * hz / 16000)) * 9000).to(torch.int16)


def test_rows_at_their_speeds() -> None:
    audio = tones(30000, 440)
    x, lengths = at_speeds(audio, utterances(10000, 12000), torch.tensor([1.0, 1.25]))
    assert lengths.tolist() == [10000, 9600] and x.shape == (2, 10000) and x[1, 9600:].abs().max() == 0
    assert torch.equal(x[0], audio[:10000].float() / 32768)
    expected = torch.sin(torch.arange(9600) * (2 * torch.pi * 550 / 16000) + 2 * torch.pi * 440 * 10000 / 16000) * 9000 / 32768
    assert (x[1, :9600] - expected).abs().max() < 1e-3


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.2])
def test_rows_at_their_tempos_are_as_single_ones(factor: float) -> None:
    torch.manual_seed(1)
    x = torch.stack([tones(16000, 300).float() / 32768, tones(16000, 700).float() / 32768])
    x[1, 12000:] = 0
    y, lengths = at_tempos(x, torch.tensor([16000, 12000]), torch.tensor([factor, 1.1]))
    assert [abs(n - whole) < 2 for n, whole in zip(lengths.tolist(), (16000 / factor, 12000 / 1.1), strict=True)] == [True, True]
    alone = at_tempo(x[0], factor)[: lengths[0]]
    inner = slice(600, int(lengths[0]) - 1200)
    assert (y[0, inner] - alone[inner]).abs().max() < 2e-3


def test_undistorted_rows_are_as_recorded(prepared: Path) -> None:
    audio, every = load(prepared)
    batch = every[:5]
    rows = distorted_rows(audio, batch, random.Random(1), share=0)
    waves, lengths = clean(audio, batch, "cpu")
    assert rows.of == batch and torch.equal(rows.lengths, lengths) and torch.equal(rows.clean, rows.heard)
    assert (rows.heard - waves).abs().max() < 1e-3


def test_distorted_rows_keep_everybody_and_repeat(prepared: Path) -> None:
    audio, every = load(prepared)
    batch = every[:12] + every[:3]

    def rows():
        torch.manual_seed(2)
        return distorted_rows(audio, batch, random.Random(2), share=0.9)

    first, again = rows(), rows()
    assert torch.equal(first.heard, again.heard) and first.of == again.of
    assert sorted(u.start for u in first.of) == sorted(u.start for u in batch)
    assert (first.heard - first.clean).abs().max() > 0.1
    for x in (first.clean, first.heard):
        assert x.isfinite().all()
        for row, n in zip(x, first.lengths.tolist(), strict=True):
            assert abs(row[:n].mean()) < 1e-3 and abs(row[:n].var(unbiased=False) - 1) < 1e-2 and row[n:].abs().sum() == 0


def test_both_losses_at_once_are_each_by_itself(prepared: Path) -> None:
    audio, every = load(prepared)
    model = Recogniser(TINY)
    waves, lengths = clean(audio, every[:4], "cpu")
    heard, frames = model(waves, lengths, 1), model.sew_d.frame_counts(lengths)
    assert heard.middle is not None
    alone = LAST_SHARE * ctc(heard.logits, every[:4], frames) + MIDDLE_SHARE * ctc(heard.middle, every[:4], frames)
    assert torch.allclose(letters(heard, every[:4], frames), alone)


def test_further_layers_change_little_at_first() -> None:
    torch.manual_seed(3)
    model = Recogniser(TINY).eval()
    taller = grown(model, 4).eval()
    wave = torch.randn(1, 16000)
    before, after = model(wave), taller(wave)
    assert len(after.streams) == 5 and torch.equal(before.streams[-1], after.streams[2])
    assert (after.streams[4] - before.streams[2]).std() < 0.3 * before.streams[2].std()


def test_letters_are_learned_until_the_time_is_over(prepared: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    save_folder(tmp_path / "first", Recogniser(TINY).state_dict(), TINY, kind="float32")
    told = f"--data {prepared} --init {tmp_path / 'first'} --out {tmp_path / 'out'} --layers 3 --device cpu --batch-seconds 8 --dropout 0"
    o = arguments().parse_args([*told.split(), "--letters", "70", "--rate", "3e-3", "--inherited-share", "1", "--warm-up", "10", "--frames-per-mask", "0", "--head", "5"])
    seconds = itertools.count()
    quick = Quick(o, lambda: float(next(seconds)) / 2)
    audio, every = quick.audio, quick.development
    rows = distorted_rows(audio, every, random.Random(1), 0)

    def loss() -> float:
        with torch.no_grad():
            return ctc(quick.model.eval()(rows.heard, rows.lengths).logits, rows.of, quick.model.sew_d.frame_counts(rows.lengths)).item()

    before = loss()
    body = {name: value.clone() for name, value in quick.model.sew_d.state_dict().items() if "upsample" not in name}
    quick.model.train()
    quick.read()
    assert all(torch.equal(value, quick.model.sew_d.state_dict()[name]) for name, value in body.items())
    read = loss()
    assert read < before
    quick.model.train()
    quick.letters()
    quick.save("quick")
    assert loss() < 0.8 * read
    assert load_folder(tmp_path / "out/quick").c["num_hidden_layers"] == 3
    assert "letters" in (tmp_path / "out/log.tsv").read_text()
