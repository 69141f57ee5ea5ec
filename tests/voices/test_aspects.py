"""Which touchpoints a text is about, by what people call them."""

from __future__ import annotations

from momot.voices.aspects import Aspects

PHRASES = {"delivery.parcel": ["late delivery", "giao hàng", "ส่งช้า"], "support.call": ["hotline", "waiting on the phone"]}


def _about(text: str, language: str) -> list[str]:
    aspects = Aspects(["delivery.parcel", "room.air_conditioning"], PHRASES)
    (row,) = aspects.of([text], [language])
    return [name for name, found in zip(aspects.names, row, strict=True) if found]


def test_phrases_and_the_last_part_of_a_name_tell() -> None:
    assert _about("The parcels never came", "en") == ["delivery.parcel"]
    assert _about("delivered very late: what a delivery", "en") == ["delivery.parcel"]
    assert _about("Giao hàng chậm quá", "vi") == ["delivery.parcel"]
    assert _about("ส่งช้ามาก", "th") == ["delivery.parcel"]
    assert _about("air conditioning broken, hotline dead", "en") == ["room.air_conditioning", "support.call"]


def test_words_far_apart_or_alike_do_not() -> None:
    assert _about("late again I am, after such a long and busy day I missed your delivery", "en") == []
    assert _about("the air is fresh", "en") == []
    assert _about("", "und") == []
