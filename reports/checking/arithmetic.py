"""Sums within one sentence: "from £34.660m to £36.090m, an increase of £1.430m", "£1.2m and £0.8m, a total of £2.0m".

Each pattern is a turn of phrase that can mean one sum alone. Where two patterns read the same figure,
one that holds is enough: the sentence is taken at its best.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from reports.checking.recognise import Bearing, Mention
from reports.checking.spoken import years_words
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
    pattern = re.sub(r"<#([abc])>", r"\\{C(?P<\1>\\d+)\\}", pattern)
    pattern = re.sub(r"<m>", r"\\{[ML](?P<a>\\d+)\\}", pattern)
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
        rf"\b(?:surplus|deficit|income|interest|expenditure|cost)\b~30~<b>~30~\b{_AGAINST}\b~50~\bbudget\w*\b~30~<a>,?"
        rf" ?(?:an?|which is an?|giving an?) (?:\w+ ){{0,2}}?{_OFF} of <c>",
        r"\bgross\b~40~<a>~40~\b(?:less|net of|offset by|funded by|reduced by)\b~50~<b>~30~\bnet\b~30~<c>",
        r"<a>~30~\b(?:less|minus)\b . <b>~30~(?:=|\b(?:equals|leaves|leaving|giving|gives|being|net)\b) . <c>",
        r"<a>~40~\bof which . <b>~50~\bleav(?:ing|es)\b~30~<c>",
        r"\b(?:spent|committed|used|paid|drawn down|allocated)\b~20~<b> of "
        r"the~30~<a>~30~\bleav(?:ing|es)\b~30~<c>",
        r"\bof (?:the |this |that )?(?:total )?<a>~40~<b>~70~\b(?:remaining|remainder|balance|rest)\b~24~<c>",
        r"<a>~40~\bof which,? <b>(%)?~40~\band <c>~12~\b(?:not|remain\w*|outstanding|unspent)\b",
        r"<a>~60~\b(?:budget|allocation|provision|grant|funding) of <b>,? leav(?:ing|es)~12~<c>",
        r"<a>~20~\bof which <b>~60~\b(?:remaining|remainder|balance|rest)\b~24~<c>",
    )
]
_SUMS = [
    _shape(pattern)
    for pattern in (
        r"<a>~30~\bplus\b~20~<b>~24~(?:=|\b(?:equals|gives|giving|making|totalling|totals)\b)~16~<c>",
        r"<a>~90~<b>~24~\b(?:bringing|taking)\b~40~\bto <c>",
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
_RATIOS += [
    _shape(pattern)
    for pattern in (
        r"<a>~40~\bof which,? <c>~4~\(<p>\)",
        r"<a>~30~\bat <p>,? (?:\w+ ){0,2}?(?:costs?|costing|earned|earns|earning|yields?|is|comes to) <c>",
        r"<c>~40~\bcovers <p> of (?:its |the |their )?~40~<a>",
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
#: Sums that run over two sentences: the first sets a figure, the second changes it and gives what is left.
_ACROSS = [
    _shape(pattern)
    for pattern in (
        r"<a>~90~\b(?:variance|overspend|underspend|movement|pressure|increase|decrease|reduction)\b of <b>,? "
        r"(?:giving|leaving|to give|to leave)~24~<c>",
        rf"\b(?:budget|programme)\b~40~<a>~40~\b{_SPEND}\b~24~<b>,? ?(?:an?|which is an?|giving an?) (?:\w+ ){{0,2}}?"
        rf"{_OFF} of <c>",
        r"\b(?:income|raises|raising|receipts|funding|charges)\b~30~<a>~60~\b(?:costs?|spend|expenditure)\b~20~<b>,? "
        r"(?:an?|giving an?|leaving an?) (?:\w+ ){0,2}?(?:subsidy|deficit|surplus|shortfall|loss|profit|gap) of <c>",
    )
]
_COUNTS = [
    (_shape(pattern), kind)
    for pattern, kind in (
        (r"\bof the <#a>~40~,? <#c>~40~\(<p>", "share"),
        (
            r"<#b>~40~,? (?:up|down|an? (?:\w+ )?(?:increase|rise|fall|reduction|decrease) of) <p> "
            r"(?:from|on) (?:the )?<#a>",
            "growth",
        ),
        (r"<#b>~60~,? <#c> (?:fewer|more|less|higher|lower)\b~40~\(<#a>\)", "difference"),
        (
            r"<#b>~30~\bat <m>~24~\b(?:raising|raises|costing|totalling|giving|generating|total of) <c>",
            "product",
        ),
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
    found = _counted(sentence)
    if len(sentence.of_kind("money")) >= 2:
        found += _of_money(sentence)
    return _at_its_best(found)


def across(first: Sentence, second: Sentence) -> list[Worked]:
    """The sums that two sentences make together; their results are in the second."""
    both = Sentence(
        first.block, first.prose, first.start, second.end, first.mentions + second.mentions
    )
    found = [
        one
        for kind, combine in ((_difference, "between"), (_sum, "of"))
        for one in _three(
            both,
            _skeleton(both),
            _ACROSS,
            kind,
            f"the {'difference' if combine == 'between' else 'sum'} {combine} {{a}} and {{b}}",
        )
        if one.result.start >= second.start and any(part.start < second.start for part in one.parts)
    ]
    return _at_its_best(found)


def _sum(a: Decimal, b: Decimal) -> Decimal:
    return a + b


def _at_its_best(found: Sequence[Worked]) -> list[Worked]:
    """One reading of each result: one that holds where there is any."""
    best: dict[int, Worked] = {}
    for one in found:
        known = best.get(one.result.start)
        if known is None or (one.holds and not known.holds):
            best[one.result.start] = one
    return list(best.values())


def _of_money(sentence: Sentence) -> list[Worked]:
    skeleton = _skeleton(sentence)
    return [
        *_three(
            sentence, skeleton, _DIFFERENCES, _difference, "the difference between {a} and {b}"
        ),
        *_three(sentence, skeleton, _SUMS, _sum, "{a} and {b} together"),
        *_percent(sentence, skeleton),
        *_yearly(sentence, skeleton),
        *_lists(sentence),
        *_parts(sentence, skeleton),
    ]


def _skeleton(sentence: Sentence, *, counts: bool = False) -> str:
    """The sentence with each firm figure as ``{M0}``, ``{P1}``, ``{S2}``; limits, ranges and rates as ``{L3}``.

    With ``counts`` plain numbers too, as ``{C4}``.
    """
    shown, last = [], sentence.start
    for index, mention in enumerate(sentence.mentions):
        if mention.kind not in _LETTERS or (mention.kind == "count" and not counts):
            continue
        loose = mention.bearing in (Bearing.LIMIT, Bearing.RANGE, Bearing.RATE) or mention.malformed
        letter = "L" if loose else _LETTERS[mention.kind]
        shown += [
            sentence.between(last, mention.start).replace("{", "(").replace("}", ")"),
            f"{{{letter}{index}}}",
        ]
        last = mention.end
    shown.append(sentence.between(last, sentence.end))
    return re.sub(r"\s+", " ", "".join(shown))


_LETTERS = {"money": "M", "percent": "P", "years": "S", "count": "C"}


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
                if not growth and _is_growth(skeleton, match, percent, top, a):
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


def _is_growth(
    skeleton: str, match: re.Match[str], percent: Mention, top: Mention, base: Mention
) -> bool:
    """Whether a percentage is by how much one figure is above the other: "£1.2m, 9% above the £1.1m of last year"."""
    after = skeleton[match.end("p") + 1 : match.end("p") + 12].lower()
    if not re.match(r"\)? (?:above|below|over|on|against)\b", after):
        return False
    if skeleton[match.start("p") - 3] != "(":
        return True
    change = abs(top.size - base.size) / base.size * 100
    return abs(change - percent.size) <= percent.step


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
                    f"{a.printed} a year for {years_words(years)}",
                    (total.size / years if years else None,),
                    "sentence.yearly",
                )
            )
    return answer


def _counted(sentence: Sentence) -> list[Worked]:
    """Sums of counts: "of the 62 schemes, 45 are on track (73%)", "96 schools: 61 primary and 35 others"."""
    counts = sentence.of_kind("count")
    if not counts:
        return []
    skeleton = _skeleton(sentence, counts=True)
    answer = [
        worked
        for shape, kind in _COUNTS
        for match in shape.finditer(skeleton)
        if (worked := _count_worked(sentence, match, kind))
    ]
    return answer + _count_lists(sentence, counts)


def _count_worked(sentence: Sentence, match: re.Match[str], kind: str) -> Worked | None:
    named = {name: sentence.mentions[int(at)] for name, at in match.groupdict().items() if at}
    a = named["a"]
    if not a.size:
        return None
    if kind == "share":
        part, result = named["c"], named["p"]
        words = f"{part.printed} of {a.printed}"
        return _exactly(
            sentence, result, (a, part), part.size / a.size * 100, words, "sentence.percent"
        )
    if kind == "growth":
        now, result = named["b"], named["p"]
        expected = abs(now.size - a.size) / a.size * 100
        words = f"the change from {a.printed} to {now.printed}"
        return _exactly(sentence, result, (a, now), expected, words, "sentence.percent")
    if kind == "difference":
        now, result = named["b"], named["c"]
        words = f"the difference between {a.printed} and {now.printed}"
        return _exactly(
            sentence, result, (a, now), abs(now.size - a.size), words, "sentence.difference"
        )
    number, result = named["b"], named["c"]
    words = f"{number.printed} at {a.printed}"
    tolerance = _tolerance(result) + number.size * a.step / 2 * (a.step < 1 or a.step > 1)
    return Worked(
        sentence,
        result,
        (a, number),
        a.size * number.size,
        tolerance,
        words,
        rule="sentence.product",
    )


def _exactly(
    sentence: Sentence,
    result: Mention,
    parts: tuple[Mention, ...],
    expected: Decimal,
    words: str,
    rule: str,
) -> Worked:
    """A sum of counts, which are not rounded: only the result's own printed place gives room."""
    room = Decimal(0) if result.kind == "count" else _tolerance(result)
    return Worked(sentence, result, parts, expected, room, words, rule=rule)


_COUNT_COLON = re.compile(r"\s+[a-z][\w' -]{2,40}:\s*$")
_COUNT_GAP = re.compile(r"\s[^{}.;:£\d]{2,60}?(?:,|\band\b|&)\s*(?:and\s+)?")
_IN_ALL = re.compile(r"\s*(?:in (?:all|total)|altogether)\b", re.IGNORECASE)


def _count_lists(sentence: Sentence, counts: Sequence[Mention]) -> list[Worked]:
    """ "96 schools: 61 primary, 12 secondary and 23 others"; "61 resigned, 22 retired and 14 left, 97 in all"."""
    if any(one.bearing is not Bearing.PLAIN for one in counts) or len(counts) < 3:
        return []
    total, *parts = counts
    rule = "sentence.count"
    if _COUNT_COLON.match(sentence.between(total.end, parts[0].start)) and _is_count_list(
        sentence, parts
    ):
        after = sentence.between(parts[-1].end, sentence.end)
        if not re.search(r"[:;,]|\band\b", after):
            words = " + ".join(part.printed for part in parts)
            expected = sum((part.size for part in parts), Decimal(0))
            return [_exactly(sentence, total, tuple(parts), expected, words, rule)]
    *parts, total = counts
    if _IN_ALL.match(sentence.between(total.end, sentence.end)) and _is_count_list(
        sentence, counts
    ):
        words = " + ".join(part.printed for part in parts)
        expected = sum((part.size for part in parts), Decimal(0))
        return [_exactly(sentence, total, tuple(parts), expected, words, rule)]
    return []


def _is_count_list(sentence: Sentence, parts: Sequence[Mention]) -> bool:
    return all(
        _COUNT_GAP.fullmatch(sentence.between(one.end, two.start)) for one, two in pairwise(parts)
    )


def _lists(sentence: Sentence) -> list[Worked]:
    """ "£a and £b, a total of £t", and "£t comprising £a and £b"."""
    money = sentence.of_kind("money")
    answer = []
    for at, mention in enumerate(money):
        if not _is_stated(mention):
            continue
        after = sentence.between(mention.end, min(mention.end + 16, sentence.end))
        if (
            at >= 2
            and _IN_ALL.match(after)
            and re.fullmatch(
                r"[^{};:]{0,60}?,\s*(?:or |that is )?",
                _plain(sentence, money[at - 1].end, mention.start),
            )
        ):
            answer += _list_sum(sentence, mention, money[:at], from_end=True)
        elif at >= 2 and _TOTALLING.match(_plain(sentence, money[at - 1].end, mention.start)):
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
    signed = _with_signs(sentence, total, trials[-1].parts)
    holding = [one for one in [*trials, signed] if one and one.holds]
    if holding:
        return holding[-1:]
    longest = signed or trials[-1]
    all_of_it = len(run) == len(items)
    near = longest.expected and Decimal("0.2") < total.size / longest.expected < 5
    return [longest] if all_of_it and near else []


_OPPOSITE = re.compile(
    r"\b(?:under-?\s?spen\w+|savings?|offset\w*|less|reduc\w+|decreas\w+|surplus\w*|additional income|favourable|"
    r"net of|credit|minus|partly|mitigat\w+|lower)\b",
    re.IGNORECASE,
)


def _with_signs(sentence: Sentence, total: Mention, parts: tuple[Mention, ...]) -> Worked | None:
    """The list with the parts that its words set against the others taken off: "£410k and an under-spend of £75k"."""
    signs = []
    for at, part in enumerate(parts):
        # the words before the first part are of the whole list: "savings of £1.4m, £0.9m and £0.7m"
        said = re.split(r"[,;]", sentence.between(parts[at - 1].end, part.start))[-1] if at else ""
        signs.append(-1 if _OPPOSITE.search(said) else 1)
    if len(set(signs)) < 2:
        return None
    expected = abs(
        sum((sign * part.size for sign, part in zip(signs, parts, strict=True)), Decimal(0))
    )
    words = " ".join(
        f"{'− ' if sign < 0 else '+ ' if at else ''}{part.printed}"
        for at, (sign, part) in enumerate(zip(signs, parts, strict=True))
    )
    return Worked(sentence, total, parts, expected, _tolerance(total, *parts), words)


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
