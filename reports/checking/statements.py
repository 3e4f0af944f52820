"""What the text says of each figure: its sentence, capital or revenue, years, and the words around it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from council_hms.financial_year import FinancialYear
from reports.checking import recognise
from reports.checking.paper import Paper, Prose, ProseKind
from reports.checking.recognise import Mention
from reports.checking.tables import nature_of

#: A "sentence" with more figures than this is a table that lost its lines: it states nothing.
MOST_IN_A_SENTENCE = 60

_STOP_WORDS = frozenset(
    """the and for from with that this was were are has have had been being which will would can could should
    its their there these those than then they them into onto over under above below between within during
    after before about per each all any both other such also not but out off now new one two three four five
    six year years period next further following amount amounts figure sum of to in on at by as is be an or it
    we our council report table shown set million thousand""".split()
)


@lru_cache(maxsize=16384)
def stems(text: str) -> frozenset[str]:
    """The telling words of a text, plural or not: "Total budgets available" → total, budget, available."""
    words = re.findall(r"[a-z][a-z'’]+", text.lower())
    return frozenset(_stem(word) for word in words if word not in _STOP_WORDS and len(word) > 1)


def _stem(word: str) -> str:
    word = word.replace("’", "'").removesuffix("'s").rstrip("'")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a block of prose, with its figures in order. Offsets are those of the block's text."""

    block: int
    prose: Prose
    start: int
    end: int
    mentions: tuple[Mention, ...]

    @property
    def text(self) -> str:
        return self.prose.text[self.start : self.end]

    def between(self, first: int, second: int) -> str:
        return self.prose.text[first:second]

    def of_kind(self, *kinds: str) -> list[Mention]:
        return [mention for mention in self.mentions if mention.kind in kinds]


@dataclass(frozen=True)
class Statement:
    """A figure in its sentence. ``before`` and ``after`` reach to the neighbouring figures of money."""

    sentence: Sentence
    mention: Mention
    before: str
    after: str

    @property
    def key(self) -> tuple[int, int]:
        return self.sentence.block, self.mention.start

    @cached_property
    def lead(self) -> str:
        """All of the sentence up to the figure."""
        return self.sentence.between(self.sentence.start, self.mention.start)

    @cached_property
    def nature(self) -> str:
        """Capital or revenue, as the words just after or before the figure say."""
        close_after = re.match(
            r"\s*\(?(?:of|in|for|as|to|is|from)?\s*(?:the |additional |further |ongoing |one-off |annual )*"
            r"(capital|revenue)\b(?! (?:support|receipts?|charges))",
            self.after,
            re.IGNORECASE,
        )
        if close_after:
            return close_after[1].lower()
        tail = re.split(r"[,;()]|\band\b", self.before)[-1]
        return nature_of(tail) or nature_of(re.split(r"[,;()]|\band\b", self.after)[0])

    @cached_property
    def years(self) -> tuple[FinancialYear, ...]:
        """The financial years that the figure is said to be of: those nearest to it in its clause, else none."""
        own = [
            mention
            for mention in self.sentence.mentions
            if mention.kind == "year"
            and self.mention.start - len(self.before)
            <= mention.start
            < self.mention.end + len(self.after)
        ]
        after = [mention for mention in own if mention.start >= self.mention.end]
        if after and re.fullmatch(
            r"[\s(]*(?:(?:in|for|during|of|relating to|at the end of|of \w+|capital|revenue|"
            r"budget|\w+) ){0,4}\(?",
            self.sentence.between(self.mention.end, after[0].start),
        ):
            return _run(after[:2], self.sentence)
        before = [mention for mention in own if mention.start < self.mention.start]
        if before:
            return _run(before[-2:], self.sentence)
        return ()

    @cached_property
    def stems(self) -> frozenset[str]:
        return stems(self.before + " " + self.after)


def _run(mentions: Sequence[Mention], sentence: Sentence) -> tuple[FinancialYear, ...]:
    """One year, or the years from one to the other when the text joins them ("2023/24 to 2026/27")."""
    first = mentions[0]
    if len(first.years) == 2:
        return tuple(first.years[0].run(first.years[1].start - first.years[0].start + 1))
    if len(mentions) == 2:
        second = mentions[1]
        joined = re.fullmatch(
            r"\s*(?:to|[-–—]|until|through to)\s*", sentence.between(first.end, second.start)
        )
        if joined and first.years[0] < second.years[-1]:
            return tuple(first.years[0].run(second.years[-1].start - first.years[0].start + 1))
        return second.years[:1]
    return first.years


def sentences_of(paper: Paper) -> list[Sentence]:
    """Every sentence of the paper that holds a figure, in order; a header field is one sentence."""
    answer = []
    for at, block in enumerate(paper.blocks):
        if not isinstance(block, Prose) or not block.text:
            continue
        found = recognise.mentions(block.text)
        if not found:
            continue
        starts = [mention.start for mention in found]
        for start, end in recognise.sentences(block.text):
            inside = tuple(found[bisect_left(starts, start) : bisect_left(starts, end)])
            if 0 < len(inside) <= MOST_IN_A_SENTENCE:
                answer.append(Sentence(at, block, start, end, inside))
    return answer


def statements_of(sentences: Sequence[Sentence]) -> list[Statement]:
    answer = []
    for sentence in sentences:
        money = sentence.of_kind("money")
        for mention in sentence.mentions:
            earlier = [other for other in money if other.end <= mention.start]
            later = [other for other in money if other.start >= mention.end]
            before_from = earlier[-1].end if earlier else sentence.start
            after_to = later[0].start if later else sentence.end
            answer.append(
                Statement(
                    sentence,
                    mention,
                    sentence.between(before_from, mention.start),
                    sentence.between(mention.end, after_to),
                )
            )
    return answer


def is_body(prose: Prose) -> bool:
    """Whether a block is text that states things: not a heading or a header field."""
    return prose.kind not in (ProseKind.TITLE, ProseKind.HEADING, ProseKind.FACT)
