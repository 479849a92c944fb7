"""Names of own articles in addresses: the same for their visitor, and nothing to others."""

from hypothesis import given
from hypothesis import strategies as st

from qa.kept_folder import new_visitor
from qa.own_name import own_name, own_named

# Of anything that can be written down: half a surrogate pair is no id.
ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(st.sets(ids, min_size=1), st.data())
def test_an_article_is_found_by_its_name(articles, data):
    visitor, other = new_visitor(), new_visitor()
    one = data.draw(st.sampled_from(sorted(articles)))
    name = own_name(one, visitor)
    assert own_named(name, articles, visitor) == one
    assert own_named(name, articles, other) is None
    assert own_named(one, articles, visitor) is None
    assert own_named(name, articles - {one}, visitor) is None
    assert own_named(name, articles, "") is None


@given(st.text())
def test_whatever_an_address_names_nothing_breaks(name):
    assert own_named(name, ["text-1"], new_visitor()) is None


def test_a_name_says_nothing_of_the_article():
    names = [own_name(f"text-{number}", "v" * 32) for number in range(200)]
    assert len(set(names)) == 200
    places = list(zip(*(name.removeprefix("own-") for name in names), strict=True))
    assert len(places) * 4 == 128, "bits of hexadecimal digits"
    assert all(len(set(place)) == 16 for place in places)
