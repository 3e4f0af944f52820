"""The form of a report: references, exempt appendices, the key decision flag, recommendations of money."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from council_hms.money import pounds
from reports.checking import explain
from reports.checking.facts import Facts
from reports.checking.paper import Paper, Place, Prose, ProseKind, Table
from reports.checking.recognise import Bearing, Mention, mentions
from reports.checking.result import Weight
from reports.checking.tables import nature_of
from reports.checking.verdicts import Verdicts
from reports.checking.vocabulary import any_of

#: The threshold supposed when the council has recorded none; councils set it from £50,000 to £1m.
SUPPOSED_THRESHOLD = Decimal(500_000)


def check_form(paper: Paper, facts: Facts | None, verdicts: Verdicts) -> None:
    """Add what the form of the paper gives rise to. A pack of several reports is not one form and is left alone."""
    texts = list(_texts(paper))
    if sum(1 for _, prose in _prose(paper) if _is_report_head(prose)) > 1:
        return
    _appendices(paper, texts, verdicts)
    _paragraphs(paper, verdicts)
    _numbered_things(paper, verdicts)
    _key_decision(paper, facts, verdicts)
    _recommendations(paper, verdicts)


def _prose(paper: Paper) -> Iterator[tuple[int, Prose]]:
    for at, block in enumerate(paper.blocks):
        if isinstance(block, Prose):
            yield at, block


def _texts(paper: Paper) -> Iterator[tuple[int, str, Place]]:
    """Every text of the paper with its place: blocks of prose and cells of tables."""
    table = 0
    for at, block in enumerate(paper.blocks):
        if isinstance(block, Prose):
            yield at, block.text, explain.prose_place(at, block)
            continue
        table += 1
        for row, cells in enumerate(block.rows):
            for column, cell in enumerate(cells):
                if cell.text.strip():
                    words = f"table {table}, row {row + 1}"
                    yield (
                        at,
                        cell.text,
                        Place(
                            at, table=table, row=row, column=column, page=block.page, words=words
                        ),
                    )


def _is_report_head(prose: Prose) -> bool:
    return prose.kind is ProseKind.FACT and bool(
        re.match(r"(?:report )?to\b", prose.label, re.IGNORECASE)
    )


# -- appendices --------------------------------------------------------------------------------------

_NAME = r"(?:\d{1,2}[A-Za-z]?|[A-Z]\d{0,2}|[IVX]{1,4})"
_ENTRY = re.compile(
    rf"^\W*(?:appendix|annex)\s+(?P<name>{_NAME})\b(?P<rest>.*)$", re.IGNORECASE | re.DOTALL
)
_REFERENCE = re.compile(
    r"\b(?:[Aa]ppendix|[Aa]ppendices|APPENDIX|APPENDICES|[Aa]nnex(?:e|es)?|ANNEX(?:ES)?|[Aa]pp(?:s|x)?\.?)\s+"
    rf"(?P<list>{_NAME}(?:\s*(?:,|and|&|to|-|–|or)\s*{_NAME}\b)*)(?![\w])"
)
_ELSEWHERE = re.compile(
    r"^\W{0,3}(?:of|to|in)\s+(?:the|that|a|its|this)\s+(?!report\b(?!\s+(?:to|of|considered|"
    r"presented)))|^\W{0,3}(?:of|to) (?:Cabinet|Council|Schedule|Part)\b",
    re.IGNORECASE,
)
_EXEMPT = any_of("exempt confidential not_for_publication restricted private")
_SCHEDULE = re.compile(r"\bschedule\s+12\s?A\b", re.IGNORECASE)
_CITED = re.compile(r"\b(?:paragraphs?|paras?\.?|categor(?:y|ies))\s*\(?\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Appendix:
    name: str
    place: Place
    text: str
    at: int
    listed: bool


def _appendices(paper: Paper, texts: Sequence[tuple[int, str, Place]], verdicts: Verdicts) -> None:
    entries = list(_entries(paper))
    listed = {one.name: one for one in reversed(entries) if one.listed}
    own = {(one.at, one.place.row) for one in entries}
    used: set[str] = set()
    missing: dict[str, Place] = {}
    names = {one.name for one in entries}
    for at, text, place in texts:
        if (at, place.row) in own:
            continue
        for name, after in _names_in(text):
            used.add(name)
            if listed and name not in names and not _ELSEWHERE.match(after):
                missing.setdefault(name, place)
    for name, place in missing.items():
        verdicts.find(
            "form.appendix-missing",
            Weight.WARNING,
            f"{_capital(place.words)} refers to Appendix {name}, which is not among the appendices listed.",
            [place],
        )
    for name, one in listed.items():
        if name not in used:
            verdicts.find(
                "form.appendix-unused",
                Weight.WARNING,
                f"Appendix {name} is listed, but no paragraph or recommendation refers to it.",
                [one.place],
            )
    _exempt(texts, entries, verdicts)


def _entries(paper: Paper) -> Iterator[_Appendix]:
    """The appendices that the paper lists or holds: rows and lines that begin with the word, and headings."""
    table = 0
    for at, block in enumerate(paper.blocks):
        if isinstance(block, Table):
            table += 1
            for row, cells in enumerate(block.rows):
                match = _ENTRY.match(cells[0].text.strip()) if cells else None
                if match and len(match["rest"]) < 160:
                    text = " ".join(cell.text for cell in cells)
                    place = Place(
                        at,
                        table=table,
                        row=row,
                        column=0,
                        page=block.page,
                        words=f"table {table}, row {row + 1}",
                    )
                    yield _Appendix(match["name"].upper(), place, text, at, listed=True)
            continue
        yield from _entries_in(at, block)


_LISTED = re.compile(
    rf"(?:^|\s|;)(?:appendix|annex)\s+(?P<name>{_NAME})\s*"
    r"(?P<mark>\((?:exempt|confidential|part|not for)[^)]*\))?\s*[-–—:]",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"^\W*(?:sets?|gives?|shows?|provides?|contains?|details?|lists?|summaris\w+|includes?|is|are|has|to|and|of|which)\b",
    re.IGNORECASE,
)


def _entries_in(at: int, block: Prose) -> Iterator[_Appendix]:
    """The appendices that a block of prose lists; a sentence about an appendix lists none."""
    place = explain.prose_place(at, block)
    text = f"{block.label}: {block.text}" if block.kind is ProseKind.FACT else block.text
    found = _ENTRY.match(text.strip())
    if block.kind in (ProseKind.HEADING, ProseKind.CAPTION, ProseKind.TITLE):
        if found:
            yield _Appendix(found["name"].upper(), place, text, at, listed=False)
        return
    if block.number or block.kind is ProseKind.RECOMMENDATION:
        return
    if re.match(r"(?:list of )?appendices", block.label or block.section, re.IGNORECASE) and (
        not found or len(_REFERENCE.findall(text)) > 1
    ):
        for name, _ in _names_in(text):
            yield _Appendix(name, place, _own_words(text, name), at, listed=True)
        return
    several = list(_LISTED.finditer(text))
    if found and len(several) > 1:
        for one in several:
            name = one["name"].upper()
            yield _Appendix(name, place, _own_words(text, name), at, listed=True)
    elif found and len(text) < 160 and not _SAYS.match(found["rest"]):
        yield _Appendix(found["name"].upper(), place, text, at, listed=bool(found["rest"].strip()))


def _own_words(text: str, name: str) -> str:
    """What a list says of one appendix: from its name to the next."""
    match = re.search(rf"\b(?:appendix|annex)\s+{re.escape(name)}\b", text, re.IGNORECASE)
    if match is None:
        return text
    after = re.search(r"\b(?:appendix|annex)\s", text[match.end() :], re.IGNORECASE)
    return text[match.start() : match.end() + (after.start() if after else len(text))]


def _names_in(text: str) -> Iterator[tuple[str, str]]:
    """Each appendix that a text refers to, with the words after it; "Appendices 1 to 4" names all four."""
    for match in _REFERENCE.finditer(text):
        after = text[match.end() : match.end() + 60]
        parts = re.split(r"\s*(,|\band\b|&|\bto\b|-|–|\bor\b)\s*", match["list"])
        for index, name in enumerate(parts[::2]):
            yield name.upper(), after
            if index and parts[2 * index - 1] in ("to", "-", "–"):
                for between in _between(parts[2 * index - 2], name):
                    yield between, after


def _between(first: str, last: str) -> Iterator[str]:
    if first.isdigit() and last.isdigit():
        yield from (
            str(number) for number in range(int(first) + 1, min(int(last), int(first) + 30))
        )
    elif len(first) == len(last) == 1 and first.isalpha() and last.isalpha():
        yield from (chr(code) for code in range(ord(first.upper()) + 1, ord(last.upper())))


def _exempt(
    texts: Sequence[tuple[int, str, Place]], entries: Sequence[_Appendix], verdicts: Verdicts
) -> None:
    exempt = [one for one in entries if one.listed and _EXEMPT.search(one.text)]
    if not exempt:
        exempt = [
            _Appendix(match["list"], place, text, at, listed=False)
            for at, text, place in texts
            for match in _REFERENCE.finditer(text)
            if re.match(r"\s*\(?(?:exempt|confidential)\b", text[match.end() :], re.IGNORECASE)
            or re.search(r"\b(?:exempt|confidential)\s*$", text[: match.start()], re.IGNORECASE)
        ]
    if not exempt:
        return
    whole = " ".join(text for _, text, _ in texts)
    for match in _SCHEDULE.finditer(whole):
        if _CITED.search(whole[max(0, match.start() - 120) : match.end() + 80]):
            return
    if re.search(
        r"\bexempt\b[^.]{0,80}\bparagraphs?\s+\d|\baccess to information (?:procedure )?rules?\b",
        whole,
        re.IGNORECASE,
    ):
        return
    names = list(dict.fromkeys(one.name for one in exempt))
    said = (
        "Appendix " + names[0]
        if len(names) == 1
        else "Appendices " + ", ".join(names[:-1]) + " and " + names[-1]
    )
    verdicts.find(
        "form.exempt-paragraph",
        Weight.WARNING,
        f"{said} {'is' if len(names) == 1 else 'are'} exempt, but the report cites no paragraph of "
        "Schedule 12A, Part 1, Local Government Act 1972 that makes it so.",
        [one.place for one in exempt],
    )


# -- paragraphs, tables and recommendations by number ---------------------------------------------------

_NUMBER = r"\d{1,3}(?:\.\d{1,3}){0,3}"
_PARAGRAPH = re.compile(
    rf"\b(?:paragraphs?|paras?\.?)\s+(?P<list>{_NUMBER}(?:\s*(?:,|and|&|to|-|–)\s*{_NUMBER})*)(?![\d%])",
    re.IGNORECASE,
)
_OTHER_TEXT = re.compile(
    r"^\s*(?:\(\w{1,3}\)\s*)*,?\s*(?:of|in|to|under)\s+(?!this report|the report\b(?! (?:to|"
    r"of)))(?:\w|‘|“)|^\W*(?:Schedule|Part|NPPF|Annex|Appendix|LGA|Act)\b",
    re.IGNORECASE,
)
_OTHER_BEFORE = re.compile(
    r"\b(?:schedule|NPPF|act|constitution|rules?|part|code|annex|circular|guidance|regulations?|"
    r"framework|policy|minute|exempt\w*|appendix \w+)\b"
    r"[^.;]{0,30}$",
    re.IGNORECASE,
)


def _paragraphs(paper: Paper, verdicts: Verdicts) -> None:
    numbers = {
        prose.number
        for _, prose in _prose(paper)
        if prose.number and prose.kind in (ProseKind.PARAGRAPH, ProseKind.BULLET, ProseKind.HEADING)
    }
    plain = sorted(int(number) for number in numbers if number.isdigit())
    if not plain and not any("." in number for number in numbers):
        return
    for at, prose in _prose(paper):
        if prose.kind is ProseKind.FACT:
            continue
        for match in _PARAGRAPH.finditer(prose.text):
            after, before = prose.text[match.end() :], prose.text[: match.start()]
            if _OTHER_TEXT.match(after) or _OTHER_BEFORE.search(before):
                continue
            for number in re.findall(_NUMBER, match["list"]):
                if not _may_be_missing(number, numbers, plain):
                    continue
                place = explain.prose_place(at, prose)
                last = _last(number, numbers, plain)
                verdicts.find(
                    "form.paragraph-missing",
                    Weight.WARNING,
                    f"{_capital(place.words)} refers to paragraph {number}, but the report has "
                    f"none: the last is {last}.",
                    [place],
                )


def _may_be_missing(number: str, numbers: set[str], plain: Sequence[int]) -> bool:
    """Whether a number surely lies beyond the paper's own; a gap inside them may be the reader's."""
    if number in numbers or any(other.startswith(number + ".") for other in numbers):
        return False
    if "." not in number:
        whole = set(plain)
        if (
            len(whole) < 4
            or len(whole) < 0.8 * max(whole)
            or any("." in other for other in numbers)
        ):
            return False
        return int(number) > max(whole)
    section, _, last = number.rpartition(".")
    beside = sorted(
        int(other.rpartition(".")[2])
        for other in numbers
        if other.rpartition(".")[0] == section and other.rpartition(".")[2].isdigit()
    )
    return (
        len(beside) >= 2 and beside[0] == 1 and len(beside) == beside[-1] and int(last) > beside[-1]
    )


def _last(number: str, numbers: set[str], plain: Sequence[int]) -> str:
    if "." not in number:
        return str(max(plain))
    section = number.rpartition(".")[0]
    return max(
        (
            other
            for other in numbers
            if other.rpartition(".")[0] == section and other.rpartition(".")[2].isdigit()
        ),
        key=lambda other: int(other.rpartition(".")[2]),
    )


_TABLE_REFERENCE = re.compile(
    r"\btables?\s+(?P<number>\d{1,2})\b(?!\.\d|\s+of\b|\s+in (?:the )?(?:appendix|annex))",
    re.IGNORECASE,
)
_RECOMMENDATION_REFERENCE = re.compile(
    r"\brecommendations?\s+(?P<number>\d{1,2})\b(?!\.\d|\s+of\b|\s+in\b|\))", re.IGNORECASE
)


def _numbered_things(paper: Paper, verdicts: Verdicts) -> None:
    captioned = {
        int(match[1])
        for block in paper.blocks
        for text in ([block.text] if isinstance(block, Prose) else [block.caption])
        if (match := re.match(r"\s*table\s+(\d{1,2})\b", text, re.IGNORECASE))
    }
    recommendations = {
        int(prose.number)
        for _, prose in _prose(paper)
        if prose.kind is ProseKind.RECOMMENDATION and prose.number.isdigit()
    }
    for kind, pattern, known in (
        ("table", _TABLE_REFERENCE, captioned),
        ("recommendation", _RECOMMENDATION_REFERENCE, recommendations),
    ):
        if len(known) < 2 or known != set(range(1, max(known) + 1)):
            continue
        for at, prose in _prose(paper):
            if prose.kind is ProseKind.FACT:
                continue
            for match in pattern.finditer(prose.text):
                if int(match["number"]) > max(known):
                    place = explain.prose_place(at, prose)
                    verdicts.find(
                        f"form.{kind}-missing",
                        Weight.WARNING,
                        f"{_capital(place.words)} refers to {kind} {match['number']}, but the "
                        f"report has {len(known)}.",
                        [place],
                    )


# -- key decision -------------------------------------------------------------------------------------------

_ASKS = any_of(
    """approves? agrees? authorises? recommends? allocates? awards? commits? endorses? delegates? releases?
    adds? accepts?     approval inclusion"""
)
_NOTES = re.compile(
    r"^\W*(?:to )?(?:note|consider|review|comment|scrutinise|receive|be aware)\b", re.IGNORECASE
)
_STATED_THRESHOLD = re.compile(
    r"\bkey decision\b[^.]{0,80}\b(?:threshold|limit|exceed\w*|over|above|more than|in excess of|"
    r"greater than)\b[^.£]{0,40}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Ask:
    at: int
    prose: Prose
    amounts: tuple[Mention, ...]
    total: Decimal


def _asks(paper: Paper) -> list[_Ask]:
    """What each recommendation asks for: capital and revenue together, else its largest figure."""
    answer = []
    for at, prose in _prose(paper):
        if (
            prose.kind is not ProseKind.RECOMMENDATION
            or _NOTES.match(prose.text)
            or not _ASKS.search(prose.text)
        ):
            continue
        amounts = [
            one
            for one in mentions(prose.text)
            if one.kind == "money" and one.bearing not in (Bearing.RATE,) and not one.malformed
        ]
        if not amounts:
            continue
        by_nature: dict[str, Decimal] = {}
        for index, one in enumerate(amounts):
            until = amounts[index + 1].start if index + 1 < len(amounts) else len(prose.text)
            nature = nature_of(prose.text[one.end : min(until, one.end + 20)])
            by_nature[nature] = max(by_nature.get(nature, Decimal(0)), one.size)
        both = by_nature.get("capital") is not None and by_nature.get("revenue") is not None
        total = by_nature["capital"] + by_nature["revenue"] if both else max(by_nature.values())
        used = tuple(
            one
            for one in amounts
            if not both or one.size in (by_nature["capital"], by_nature["revenue"])
        )
        answer.append(
            _Ask(at, prose, used if both else (max(amounts, key=lambda one: one.size),), total)
        )
    return answer


def _key_decision(paper: Paper, facts: Facts | None, verdicts: Verdicts) -> None:
    head = next(
        (
            (at, prose)
            for at, prose in _prose(paper)
            if (
                prose.kind is ProseKind.FACT
                and re.match(r"(?:is this a )?key decision", prose.label, re.IGNORECASE)
            )
        ),
        None,
    )
    if (
        head is None
        or not re.match(r"\W*no\b(?!\W*\d)", head[1].text, re.IGNORECASE)
        or not _is_executive(paper)
    ):
        return
    asks = sorted(_asks(paper), key=lambda one: -one.total)
    if not asks:
        return
    threshold, whose = _threshold(paper, facts)
    largest = asks[0]
    if largest.total < threshold:
        return
    printed = " and ".join(one.printed for one in largest.amounts)
    place = explain.prose_place(head[0], head[1])
    sum_words = (
        f"{explain.money_words(largest.total)} ({printed})" if len(largest.amounts) > 1 else printed
    )
    text = f"“Key decision: {head[1].text.strip()[:20]}”, but {explain.prose_words(largest.prose)} asks for {sum_words}"
    if len(asks) > 1:
        others = sum((one.total for one in asks), Decimal(0))
        text += f", and the recommendations together for {explain.money_words(others)}"
    text += f"; {whose} {pounds(threshold)}."
    verdicts.find(
        "form.key-decision",
        Weight.WARNING,
        text,
        [place, *(explain.prose_place(one.at, one.prose) for one in asks)],
    )


def _is_executive(paper: Paper) -> bool:
    """Key decisions are the executive's: a report to Council or a committee takes none."""
    to = " ".join(prose.text for _, prose in _prose(paper) if _is_report_head(prose))
    return not to or bool(
        re.search(r"\b(?:cabinet|executive|leader|mayor|portfolio)\b", to, re.IGNORECASE)
    )


def _threshold(paper: Paper, facts: Facts | None) -> tuple[Decimal, str]:
    if facts is not None and facts.key_decision_thresholds:
        return min(
            amount for _, amount in facts.key_decision_thresholds
        ), "the council’s threshold is"
    for _, prose in _prose(paper):
        for one in mentions(prose.text):
            if one.kind == "money" and _STATED_THRESHOLD.search(prose.text[: one.start]):
                return one.size, "the report gives the threshold as"
    return SUPPOSED_THRESHOLD, "no threshold is recorded here, but few councils set it above"


# -- recommendations of money ---------------------------------------------------------------------------------

_ADDS = re.compile(
    r"\b(?:approv\w+|recommend\w*|agree\w*|allocat\w+|authoris\w+)\b.{0,120}?"
    r"\b(?:additional|increase\w*|inclusion|supplementary|virement|growth|addition|new budget)\b",
    re.IGNORECASE | re.DOTALL,
)
_OF_BUDGET = any_of(
    """budgets? budgetary funding programme provision allocations? estimates? virements? expenditure spend
    capital revenue additional"""
)
#: What a council charges is not what it spends.
_CHARGES = any_of("council_tax precepts? rents? fees charges? tariffs? levy")
_FUND = any_of(
    "hra housing_revenue_account general_fund gf dedicated_schools_grant dsg collection_fund capital_programme"
)
_KIND = any_of("capital revenue")
_YEARS = re.compile(
    r"20\d\d\s?[-/–]\s?\d\d|\b\d{2}/\d{2}\b|\byears?\b|\bper annum\b|\bannual\w*\b|\bone-off\b|"
    r"\bongoing\b|\b20\d\d\b",
    re.IGNORECASE,
)
_SOURCE = any_of(
    """reserves? receipts? borrowing grants? contingency under_?spends? s106 section_106 cil virement balances rcco
    funded_by     funded_from financed met_from from_existing contributions? levy"""
)


def _recommendations(paper: Paper, verdicts: Verdicts) -> None:
    """A recommendation that adds money says of which fund, capital or revenue, for which years and from what source."""
    paragraphs = {
        prose.number: prose.text
        for _, prose in _prose(paper)
        if prose.number and prose.kind is not ProseKind.RECOMMENDATION
    }
    for at, prose in _prose(paper):
        if (
            prose.kind is not ProseKind.RECOMMENDATION
            or _NOTES.match(prose.text)
            or not _ADDS.search(prose.text)
        ):
            continue
        if not _OF_BUDGET.search(prose.text) or _CHARGES.search(prose.text):
            continue
        if not any(
            one.kind == "money" and one.bearing is not Bearing.RATE for one in mentions(prose.text)
        ):
            continue
        cited = [
            paragraphs.get(number, "")
            for match in _PARAGRAPH.finditer(prose.text)
            for number in re.findall(_NUMBER, match["list"])
        ]
        said = " ".join([prose.text, *cited])
        missing = [
            words
            for words, pattern in (
                ("the fund (General Fund or HRA)", _FUND),
                ("whether it is capital or revenue", _KIND),
                ("the years", _YEARS),
                ("the source of the money", _SOURCE),
            )
            if not pattern.search(prose.text if words == "the years" else said)
        ]
        if len(missing) < 2 and "whether it is capital or revenue" not in missing:
            continue
        place = explain.prose_place(at, prose)
        verdicts.find(
            "form.recommendation",
            Weight.ADVICE,
            f"{_capital(place.words)} asks for money but does not say {_listed(missing)}.",
            [place],
        )


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
