"""Which namespaces a project has, which names people best, and which one a bare expression is of."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from momot.project import parse
from momot.project.namespaces import DEVICES, Namespaces, namespaces


def of(*people: str, identity: str = "") -> Namespaces:
    block = '[[interactions]]\nfrom = "e.csv"\nactivity = "seen"\ntouchpoint = "page"\nat = "at"\nperson = {}\n'
    return namespaces(parse(f'name = "n"\n{identity}\n' + "".join(block.format(person) for person in people)))


def test_bare_expressions_alone_have_no_namespace():
    assert of('"id"', '"customer"') == Namespaces(("",), "")
    assert not of('"id"').several


def test_a_bare_expression_is_of_the_namespace_written_alike():
    assert of('"customer_id"', '{cookie = "anon", crm = "customer_id"}') == Namespaces(("crm", "cookie"), "crm")
    assert of('"customer_id"', '{crm = "user", cookie = "anon"}') == Namespaces(("", "crm", "cookie"), "")


def test_two_namespaces_written_alike_decide_nothing():
    assert of('"id"', '{crm = "id"}', '{cookie = "id"}').plain == ""


def test_declared_namespaces_say_both():
    identity = '[identity]\nnamespaces = ["crm", "email"]'
    assert of('"id"', '{email = "mail", crm = "id"}', identity=identity) == Namespaces(("crm", "email"), "crm")


@pytest.mark.parametrize(
    "order", list(permutations(['{crm = "a", cookie = "b"}', '{cookie = "b", device = "c"}', '{email = "d", cookie = "b"}']))
)
def test_the_order_of_the_blocks_decides_nothing(order: tuple[str, ...]):
    assert of(*order).ranked == ("crm", "email", "cookie", "device")


def test_blocks_that_contradict_each_other_fall_back_to_names():
    assert of('{b = "x", a = "y"}', '{a = "y", b = "x"}').ranked == ("a", "b")


def test_devices_come_last_and_a_bare_expression_may_be_one():
    assert of('{anon_id = "a", crm = "c", device = "d", email = "e"}').ranked == ("crm", "email", "anon_id", "device")
    assert of('"anon"', '{cookie = "anon", crm = "customer_id"}') == Namespaces(("crm", "cookie"), "cookie")
    assert of('{device = "d", crm = "c"}', identity='[identity]\nnamespaces = ["device", "crm"]').ranked == ("device", "crm")


def test_an_expression_alone_with_declared_namespaces_is_of_the_first():
    assert of('"id"', identity='[identity]\nnamespaces = ["crm", "email"]') == Namespaces(("crm", "email"), "crm")


def test_the_reference_names_the_words_for_devices():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "project-file.md").read_text(encoding="utf-8")
    assert all(f"`{word}`" in page for word in DEVICES)
