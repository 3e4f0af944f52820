"""Sums within one sentence: "from £34.660m to £36.090m, an increase of £1.430m", "£1.2m and £0.8m, a total of £2.0m".

Each pattern is a turn of phrase that can mean one sum alone. Where two patterns read the same figure,
one that holds is enough: the sentence is taken at its best.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.checking.recognise import Bearing, Mention
from reports.checking.statements import Sentence


@dataclass(frozen=True, slots=True)
class Worked:
    """A sum that a sentence states: the figure it gives as the result, and what the others come to."""

    sentence: Sentence
    result: Mention
    parts: tuple[Mention, ...]
    expected: Decimal
    tolerance: Decimal
    words: str
    #: for each part, the amount it would have to be for the sum to hold
    wanted: tuple[Decimal | None, ...] = ()
    rule: str = "sentence.sum"

    @property
    def difference(self) -> Decimal:
        return self.result.size - self.expected

    @property
    def holds(self) -> bool:
        return abs(self.difference) <= self.tolerance


# -- the turns of phrase -----------------------------------------------------------------------

_CHANGE = (
    r"(?:increases?|rises?|growth|uplift|additions?|movement|change|difference|improvement|"
    r"reductions?|decreases?|"
    r"falls?|savings?|cut|drop|decline|variance|deterioration)"
)
_CHANGED = (
    r"(?:increas\w+|rising|rises|rose|risen|grow(?:n|s|ing)?|grew|reduc\w+|decreas\w+|fall(?:en|ing|s)?|fell|"
    r"mov(?:ed|ing|es)|chang\w+|revis\w+|uplift\w*|improv\w+|worsen\w+|deteriorat\w+|up|down)"
)
_OFF = r"(?:over ?-?spen\w+|under ?-?spen\w+|variance|surplus|deficit|shortfall|pressure|saving)"
_SPEND = r"(?:forecasts?|outturn|projected|projection|spend|spent|expenditure|actuals?|(?:actual |total )?costs?)"
_AGAINST = r"(?:against|compared (?:to|with)|versus|on|over|above|below)"
_IS = (
    r"(?: ?(?:\(|,|-|–)? ?(?:or|which is|(?:which )?represents|(?:which )?equates to|(?:which )?equals|"
    r"representing|equating to|equivalent to|i\.e\.?|being|equal to|a)?) ?"
)


def _shape(pattern: str) -> re.Pattern[str]:
    """``<a>`` is a figure of money, ``<p>`` a percentage, ``<n>`` a span of years, ``~30~`` up to 30 characters.

    Those characters hold no figure; ``..`` is ``~70~``, a lone ``.`` is ``~24~``, ``(%)?`` a percentage or none.
    """
    pattern = pattern.replace("..", "~70~").replace(" . ", "~24~")
    pattern = re.sub(r"~(\d+)~", r"[^{};]{0,\1}?", pattern)
    pattern = re.sub(r"<([abct])>", r"\\{M(?P<\1>\\d+)\\}", pattern)
    pattern = re.sub(r"<p>", r"\\{P(?P<p>\\d+)\\}", pattern)
    pattern = re.sub(r"<n>", r"\\{S(?P<n>\\d+)\\}", pattern)
    pattern = re.sub(r"\(%\)\?", r"(?: ?\\(?\\{P\\d+\\}\\)?)?", pattern)
    return re.compile(pattern, re.IGNORECASE)


def _difference(a: Decimal, b: Decimal) -> Decimal:
    return abs(b - a)


_DIFFERENCES = [
    _shape(pattern)
    for pattern in (
        rf"\bfrom . <a>(%)?..\bto . <b>(%)?~30~\b{_CHANGE}\b . (?:of|totalling|by) . <c>",
        rf"\b{_CHANGE}\b (?:of|by) . <c>(%)?~40~\bfrom . <a>..\bto . <b>",
        rf"\b{_CHANGED} by . <c>(%)?~30~\bfrom . <a>..\bto . <b>",
        rf"\b{_CHANGED} from . <a>..\bby . <c>(%)?..\bto . <b>",
        rf"\b{_CHANGED} from . <a>..\bto . <b> ?,? ?\(?(?:up|down|\+)? ?(?:by )?<c>\)?",
        rf"<b>(%)?~12~,? ?\(?(?:an?|which is an?|representing an?|this is an?) (?:\w+ )?{_CHANGE} "
        rf"(?:of|by) <c>(%)?~20~"
        r"\b(?:from|on|over|compared (?:to|with)|against|since) (?:the )?~60~<a>",
        rf"\bbudget\b~30~\b(?:of|is|was) <a>~60~\b{_SPEND}\b~40~<b>~40~\b{_OFF}\b(?: of)? . <c>",
        rf"\b{_SPEND}\b~30~<b>~30~\b{_AGAINST}\b~40~\bbudget\b~30~<a>~40~\b{_OFF}\b(?: of)? . <c>",
        rf"\b{_OFF}\b of . <c>(%)?~60~\b{_SPEND}\b~30~<b>~30~\b{_AGAINST}\b~40~\bbudget\b~20~<a>",
        r"\bgross\b~40~<a>~40~\b(?:less|net of|offset by|funded by|reduced by)\b~50~<b>~30~\bnet\b~30~<c>",
        r"<a>~30~\b(?:less|minus)\b . <b>~30~(?:=|\b(?:equals|leaves|leaving|giving|gives|being|net)\b) . <c>",
        r"<a>~40~\bof which . <b>~50~\bleav(?:ing|es)\b~30~<c>",
        r"\b(?:spent|committed|used|paid|drawn down|allocated)\b~20~<b> of "
        r"the~30~<a>~30~\bleav(?:ing|es)\b~30~<c>",
        r"\bof (?:the |this |that )?(?:total )?<a>~40~<b>~70~\b(?:remaining|remainder|balance|rest)\b~24~<c>",
        r"<a>~20~\bof which <b>~60~\b(?:remaining|remainder|balance|rest)\b~24~<c>",
    )
]
_SUMS = [
    _shape(pattern)
    for pattern in (
        r"<a>~30~\bplus\b~20~<b>~24~(?:=|\b(?:equals|gives|giving|making|totalling|totals)\b)~16~<c>",
        rf"\b{_CHANGED} by <a>~20~\bfrom <b>~12~\bto <c>(?=.*\b(?:increas|ris|grow))",
    )
]
_RATIOS = [
    _shape(pattern)
    for pattern in (
        rf"<c>{_IS}<p>\)? (?:of|against|on|above|below|over) (?:the |a |its |our |total |net |"
        rf"gross |approved |revised |original |latest |annual |overall )*[^{{}};,()]{{0,50}}?(?:of "
        rf"|, |\()?<a>",
        rf"\b{_OFF}\b of <c>{_IS}<p>\)?,? {_AGAINST} ~50~budgets? of <a>",
        r"<p> of (?:the |a |its |our |total |net |gross |approved |revised |original |latest |"
        r"annual |overall )*[^{};,()]{0,40}?(?:of )?<a>~20~,? ?\(?(?:or|which is|i\.e\.?|equating to|"
        r"being|equals|=|equivalent to) ?<c>",
    )
]
_GROWTHS = [
    _shape(pattern)
    for pattern in (
        rf"\bfrom . <a>..\bto . <b>~12~,? ?\(?(?:an? |which is an? |representing an? )?(?:\w+ "
        rf")?(?:{_CHANGE} of |by |up |down |\+)?<p>",
        rf"\bfrom . <a>..\bto . <b>~30~\b{_CHANGE}\b (?:of|by) \{{M\d+\}} ?(?:\(|,|or|-)+ ?<p>",
        rf"\b{_CHANGED} by <p>~20~\bfrom . <a>..\bto . <b>",
        rf"\b{_CHANGE} of <p>~20~\bfrom . <a>..\bto . <b>",
    )
]
_YEARLY = [
    _shape(pattern)
    for pattern in (
        r"<a> (?:per annum|a year|per year|each year|p\.?a\.?|annually|every year)~30~\b(?:for|"
        r"over)\b~20~<n>~40~\b(?:total\w*|equating to|giving|costing|amounts? to)\b~20~<t>",
        r"<t>~30~\b(?:for|over)\b~20~<n>~20~\(<a> (?:per annum|a year|per year|each year|"
        r"p\.?a\.?|annually|every year|of ongoing)",
    )
]
_LIST_GAP = re.compile(
    r"[^{};:()]{0,80}?(?:\([^{}()]{0,40}\))?[^{};:()]{0,20}?(?:,|\band\b|\bplus\b|&|"
    r"\+)[^{};:()]{0,60}?(?:\([^{}()]{0,40}\))?\s*"
)
_NOT_A_LIST = re.compile(
    r"\b(?:from|compared|against|of which|less|minus|versus|up to|instead|rather|increas\w+|"
    r"reduc\w+|leaving|previously|"
    r"budget of|originally|now|including|within|out of|whereas|while|but|although|equates|"
    r"equivalent|average)\b",
    re.IGNORECASE,
)
_TOTALLING = re.compile(
    r"^[^{};:]{0,60}?(?:,|\(|\band\b|-|–|:)?\s*(?:which (?:total|together)|totalling|(?:a|the|"
    r"giving a|making a|in|for a|with a) (?:combined |grand |overall )?total(?: sum| cost| value| "
    r"budget| of\b)?|"
    r"(?:a )?combined (?:total|sum|value|cost)|together)[^{};]{0,24}?$",
    re.IGNORECASE,
)
_MADE_OF = re.compile(
    r"^[^{};]{0,50}?\b(?:comprising|comprises|comprised of|made up of|consisting of|consists of|"
    r"split (?:between|into|as)|broken down (?:as|into)|"
    r"being the sum of|analysed as|divided (?:between|into))\b[^{};]{0,40}?$",
    re.IGNORECASE,
)


# -- reading a sentence ---------------------------------------------------------------------------


def work(sentence: Sentence) -> list[Worked]:
    """Every sum that the sentence states, the best reading of each result."""
    money = sentence.of_kind("money")
    if len(money) < 2:
        return []
    skeleton = _skeleton(sentence)
    found = [
        *_three(
            sentence, skeleton, _DIFFERENCES, _difference, "the difference between {a} and {b}"
        ),
        *_three(sentence, skeleton, _SUMS, lambda a, b: a + b, "{a} and {b} together"),
        *_percent(sentence, skeleton),
        *_yearly(sentence, skeleton),
        *_lists(sentence),
        *_parts(sentence, skeleton),
    ]
    best: dict[int, Worked] = {}
    for one in found:
        known = best.get(one.result.start)
        if known is None or (one.holds and not known.holds):
            best[one.result.start] = one
    return list(best.values())


def _skeleton(sentence: Sentence) -> str:
    """The sentence with each firm figure as ``{M0}``, ``{P1}``, ``{S2}``; limits, ranges and rates as ``{L3}``."""
    shown, last = [], sentence.start
    for index, mention in enumerate(sentence.mentions):
        if mention.kind not in ("money", "percent", "years"):
            continue
        loose = mention.bearing in (Bearing.LIMIT, Bearing.RANGE, Bearing.RATE) or mention.malformed
        letter = "L" if loose else {"money": "M", "percent": "P", "years": "S"}[mention.kind]
        shown += [
            sentence.between(last, mention.start).replace("{", "(").replace("}", ")"),
            f"{{{letter}{index}}}",
        ]
        last = mention.end
    shown.append(sentence.between(last, sentence.end))
    return re.sub(r"\s+", " ", "".join(shown))


def _tolerance(*mentions: Mention) -> Decimal:
    """Half a last place each; a figure that is said to be about right may be a whole place out."""
    return sum(
        (one.step if one.bearing is Bearing.ABOUT else one.step / 2 for one in mentions), Decimal(0)
    )


def _three(
    sentence: Sentence,
    skeleton: str,
    shapes: Sequence[re.Pattern[str]],
    combine: Callable[[Decimal, Decimal], Decimal],
    words: str,
) -> list[Worked]:
    answer = []
    for shape in shapes:
        for match in shape.finditer(skeleton):
            a, b, c = (sentence.mentions[int(match[name])] for name in "abc")
            expected = combine(a.size, b.size)
            if combine is _difference:
                up = b.size >= a.size
                wanted = (
                    b.size - c.size if up else b.size + c.size,
                    a.size + c.size if up else a.size - c.size,
                )
            else:
                wanted = c.size - b.size, c.size - a.size
            answer.append(
                Worked(
                    sentence,
                    c,
                    (a, b),
                    expected,
                    _tolerance(a, b, c),
                    words.format(a=a.printed, b=b.printed),
                    wanted,
                    "sentence.difference" if combine is _difference else "sentence.sum",
                )
            )
    return answer


def _percent(sentence: Sentence, skeleton: str) -> list[Worked]:
    answer = []
    for shapes, growth in ((_RATIOS, False), (_GROWTHS, True)):
        for shape in shapes:
            for match in shape.finditer(skeleton):
                a = sentence.mentions[int(match["a"])]
                top = sentence.mentions[int(match["b" if growth else "c"])]
                percent = sentence.mentions[int(match["p"])]
                if a.size <= a.step:
                    continue
                amount = abs(top.size - a.size) if growth else top.size
                expected = amount / a.size * 100
                spread = (top.step + a.step if growth else top.step) / 2
                tolerance = (
                    _tolerance(percent)
                    + (spread + expected / 100 * a.step / 2) / (a.size - a.step / 2) * 100
                )
                words = (
                    f"the change from {a.printed} to {top.printed}"
                    if growth
                    else f"{top.printed} as a share of {a.printed}"
                )
                answer.append(
                    Worked(
                        sentence,
                        percent,
                        (a, top),
                        expected,
                        tolerance,
                        words,
                        (None, None),
                        "sentence.percent",
                    )
                )
    return answer


def _yearly(sentence: Sentence, skeleton: str) -> list[Worked]:
    answer = []
    for shape in _YEARLY:
        for match in shape.finditer(skeleton):
            a, n, total = (sentence.mentions[int(match[name])] for name in "ant")
            years = n.amount or Decimal(0)
            answer.append(
                Worked(
                    sentence,
                    total,
                    (a,),
                    a.size * years,
                    _tolerance(total) + _tolerance(a) * years,
                    f"{a.printed} a year for {n.printed}",
                    (total.size / years if years else None,),
                    "sentence.yearly",
                )
            )
    return answer


def _lists(sentence: Sentence) -> list[Worked]:
    """ "£a and £b, a total of £t", and "£t comprising £a and £b"."""
    money = sentence.of_kind("money")
    answer = []
    for at, mention in enumerate(money):
        if not _is_stated(mention):
            continue
        if at >= 2 and _TOTALLING.match(_plain(sentence, money[at - 1].end, mention.start)):
            answer += _list_sum(sentence, mention, money[:at], from_end=True)
        if at + 2 < len(money) and _MADE_OF.match(
            _plain(sentence, mention.end, money[at + 1].start)
        ):
            answer += _list_sum(sentence, mention, money[at + 1 :], from_end=False)
    return answer


def _plain(sentence: Sentence, start: int, end: int) -> str:
    text = sentence.between(start, end)
    for mention in sentence.mentions:
        if mention.kind in ("percent", "money") and start <= mention.start and mention.end <= end:
            text = text.replace(mention.printed, "x")
    return text.replace("{", "(").replace("}", ")")


def _is_stated(mention: Mention) -> bool:
    return mention.bearing in (Bearing.PLAIN, Bearing.ABOUT) and not mention.malformed


def _list_sum(
    sentence: Sentence, total: Mention, items: Sequence[Mention], *, from_end: bool
) -> list[Worked]:
    """The run of figures joined as a list next to the total; the longest run, or one that makes the total."""
    run = [items[-1] if from_end else items[0]]
    rest = list(reversed(items[:-1])) if from_end else list(items[1:])
    for item in rest:
        first, second = (item, run[-1]) if from_end else (run[-1], item)
        gap = _plain(sentence, first.end, second.start)
        if not _is_stated(item) or not _LIST_GAP.fullmatch(gap) or _NOT_A_LIST.search(gap):
            break
        run.append(item)
    if len(run) < 2:
        return []
    trials = []
    for size in range(2, len(run) + 1):
        parts = tuple(sorted(run[:size], key=lambda mention: mention.start))
        expected = sum((part.size for part in parts), Decimal(0))
        trials.append(
            Worked(
                sentence,
                total,
                parts,
                expected,
                _tolerance(total, *parts),
                " + ".join(part.printed for part in parts),
                tuple(part.size + total.size - expected for part in parts),
            )
        )
    holding = [one for one in trials if one.holds]
    if holding:
        return holding[-1:]
    longest = trials[-1]
    all_of_it = len(run) == len(items)
    near = longest.expected and Decimal("0.2") < total.size / longest.expected < 5
    return [longest] if all_of_it and near else []


_OF_WHICH = _shape(r"<a>~24~,? ?\(?of which,? (?:about |around )?<b>")


def _parts(sentence: Sentence, skeleton: str) -> list[Worked]:
    """A part is not more than its whole: "£2.0m, of which £2.4m …" cannot be."""
    answer = []
    for match in _OF_WHICH.finditer(skeleton):
        a, b = (sentence.mentions[int(match[name])] for name in "ab")
        if b.size > a.size + _tolerance(a, b):
            answer.append(
                Worked(
                    sentence,
                    b,
                    (a,),
                    a.size,
                    _tolerance(a, b),
                    f"at most the whole, {a.printed}",
                    (None,),
                    "sentence.part",
                )
            )
    return answer
