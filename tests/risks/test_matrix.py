"""What a score means, worked out with a pencil: bands, appetite, travel, standing still, the heat map."""

from __future__ import annotations

import pytest

from risks.matrix import (
    Band,
    Mark,
    Point,
    Scale,
    Travel,
    faults,
    heat_map,
    travel,
    unmoved_for,
)

FIVE = Scale(
    impact_words=("Insignificant", "Minor", "Moderate", "Major", "Severe"),
    probability_words=("Rare", "Unlikely", "Possible", "Likely", "Almost certain"),
    band_words=("Low", "Medium", "High"),
    amber_from=6,
    red_from=15,
    appetite=10,
)
FOUR = Scale(
    impact_words=("Low", "Some", "Serious", "Critical"),
    probability_words=("Remote", "Possible", "Likely", "Near certain"),
    band_words=("Green", "Amber", "Red"),
    amber_from=4,
    red_from=9,
    appetite=6,
)


@pytest.mark.parametrize(
    ("scale", "impact", "probability", "band", "rating"),
    [
        (FIVE, 1, 1, Band.GREEN, "1 Low"),
        (FIVE, 5, 1, Band.GREEN, "5 Low"),
        (FIVE, 3, 2, Band.AMBER, "6 Medium"),
        (FIVE, 4, 3, Band.AMBER, "12 Medium"),
        (FIVE, 5, 3, Band.RED, "15 High"),
        (FIVE, 5, 5, Band.RED, "25 High"),
        (FOUR, 3, 1, Band.GREEN, "3 Green"),
        (FOUR, 2, 2, Band.AMBER, "4 Amber"),
        (FOUR, 3, 3, Band.RED, "9 Red"),
    ],
)
def test_a_score_has_the_band_of_its_own_scale(scale, impact, probability, band, rating):
    point = Point(impact, probability)
    assert scale.band(point.score) is band
    assert scale.rating(point) == rating


def test_a_score_is_spelt_out_in_the_words_of_its_scale():
    assert FIVE.spelt(Point(4, 3)) == "12 Medium (impact 4 Major, probability 3 Possible)"


def test_the_appetite_is_the_highest_score_that_is_borne():
    assert not FIVE.above_appetite(Point(5, 2))
    assert FIVE.above_appetite(Point(4, 3))


def test_travel_compares_scores_of_one_scale_alone():
    now = Mark(Point(4, 3), 1)
    assert travel(None, now) is Travel.NEW
    assert travel(Mark(Point(2, 3), 1), now) is Travel.RISEN
    assert travel(Mark(Point(5, 4), 1), now) is Travel.FALLEN
    assert travel(Mark(Point(3, 4), 1), now) is Travel.UNMOVED  # 12 is 12
    assert travel(Mark(Point(4, 3), 2), now) is Travel.RESCALED


def test_the_review_that_set_a_score_is_not_one_that_found_it_unmoved():
    def marks(*scores):
        return [Mark(Point(impact, probability), 1) for impact, probability in scores]

    assert unmoved_for([]) == 0
    assert unmoved_for(marks((4, 3))) == 0
    assert unmoved_for(marks((4, 3), (4, 3), (3, 4))) == 2
    assert unmoved_for(marks((4, 3), (4, 3), (4, 4))) == 0
    assert unmoved_for(marks((4, 4), (4, 3), (4, 3))) == 1
    assert unmoved_for([Mark(Point(4, 3), 1), Mark(Point(4, 3), 2), Mark(Point(4, 3), 2)]) == 1


def test_the_heat_map_has_probability_down_and_impact_across():
    found = heat_map(
        FIVE,
        7,
        [
            ("R1", Mark(Point(4, 3), 7)),
            ("R2", Mark(Point(4, 3), 7)),
            ("R3", Mark(Point(1, 5), 7)),
            ("R4", Mark(Point(2, 2), 6)),
            ("R5", None),
        ],
    )
    assert [head for head, _ in found.rows] == [
        "5 Almost certain",
        "4 Likely",
        "3 Possible",
        "2 Unlikely",
        "1 Rare",
    ]
    assert found.impact_heads[0] == "1 Insignificant"
    top, middle = found.rows[0][1], found.rows[2][1]
    assert top[0].references == ("R3",)
    assert (middle[3].references, middle[3].rating, middle[3].band) == (
        ("R1", "R2"),
        "12 Medium",
        Band.AMBER,
    )
    assert found.elsewhere == ("R4",)
    assert found.placed == 3


def test_a_scale_of_four_has_sixteen_squares():
    assert [len(squares) for _, squares in heat_map(FOUR, 1, []).rows] == [4, 4, 4, 4]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"impact_words": ("One", "Two")}, "impact_words"),
        ({"probability_words": ("One", "Two")}, "probability_words"),
        ({"band_words": ("Low", "High")}, "band_words"),
        ({"amber_from": 1}, "amber_from"),
        ({"red_from": 6}, "red_from"),
        ({"red_from": 26}, "red_from"),
        ({"appetite": 0}, "appetite"),
        ({"appetite": 26}, "appetite"),
    ],
)
def test_a_scale_that_makes_no_sense_is_told_where(changed, field):
    parts = {name: getattr(FIVE, name) for name in Scale.__dataclass_fields__}
    assert faults(FIVE) == []
    assert field in [name for name, _ in faults(Scale(**{**parts, **changed}))]
