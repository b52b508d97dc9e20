"""The punctuation model: words and pauses in, for each word its case and the mark behind it."""

import torch
from torch import Tensor, nn
from torch.nn import functional

MARKS = ("", ",", ".", "?", "!", ":", ";")
CASES = ("lower", "capitalised", "upper")
PAUSE_CLASSES = 10
AFFIX_ROWS = 2048
SPECIAL_WORDS = 2

# Taps of each layer, in words from the one that is looked at: 34 words to the left and 10 to the right in all.
TAPS = ((-1, 0, 1), (-2, 0, 2), (-3, 0, 3), (-24, -12, 0), (-4, 0, 4))
LEFT_CONTEXT = -sum(taps[0] for taps in TAPS)
RIGHT_CONTEXT = sum(taps[-1] for taps in TAPS)


class GatedLayer(nn.Module):
    """A residual, gated convolution over three words."""

    def __init__(self, width: int, taps: tuple[int, int, int]) -> None:
        super().__init__()
        self.padding = (-taps[0], taps[2])
        self.norm = nn.LayerNorm(width)
        self.convolution = nn.Conv1d(width, 2 * width, 3, dilation=taps[1] - taps[0])

    def forward(self, hidden: Tensor, inside: Tensor) -> Tensor:
        inner = functional.pad((self.norm(hidden) * inside).transpose(1, 2), self.padding)
        return hidden + functional.glu(self.convolution(inner).transpose(1, 2), -1)


class PunctuationModel(nn.Module):
    def __init__(self, vocabulary: int, embedding: int = 128, width: int = 128) -> None:
        super().__init__()
        tables = (vocabulary + SPECIAL_WORDS, AFFIX_ROWS, AFFIX_ROWS)
        self.tables = nn.ModuleList(nn.Embedding(rows, embedding, padding_idx=0) for rows in tables)
        self.pauses = nn.Embedding(PAUSE_CLASSES, embedding)
        for table in (*self.tables, self.pauses):
            nn.init.normal_(table.weight, std=0.3)
        for table in self.tables:
            table.weight.data[0] = 0
        self.widen = nn.Linear(embedding, width)
        self.layers = nn.ModuleList(GatedLayer(width, taps) for taps in TAPS)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, len(MARKS) + len(CASES))

    def forward(self, words: Tensor, pauses: Tensor) -> Tensor:
        """
        :param words: [rows, words, 3] the features of each word, 0 outside the text
        :param pauses: [rows, words] the class of the pause behind each word
        :return: [rows, words, marks + cases] logits
        """
        hidden = self.pauses(pauses)
        for feature, table in enumerate(self.tables):
            hidden = hidden + table(words[..., feature])
        # Rows of a batch end at different places; behind its end a row is what a layer's padding is, zeros.
        inside = (words[..., :1] > 0).to(hidden.dtype)
        hidden = self.widen(hidden)
        for layer in self.layers:
            hidden = layer(hidden, inside)
        return self.head(self.norm(hidden))
