"""The index of the stores in memory says what a look at every item would say."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from tools.in_memory.indexed_dict import IndexedDict

CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["set", "del", "pop", "merge", "clear"]),
        st.integers(0, 5),
        st.integers(0, 9),
    )
)


def groups(key: int, value: int) -> Iterator[tuple[str, int]]:
    yield "all", value
    if value % 2:
        yield "odd", -key


@given(CHANGES)
def test_members_are_those_of_the_dict_in_order(changes: list[tuple[str, int, int]]) -> None:
    indexed, plain = IndexedDict(groups), dict[int, int]()
    for change, key, value in changes:
        match change:
            case "set":
                indexed[key] = plain[key] = value
            case "del" if key in plain:
                del indexed[key], plain[key]
            case "pop":
                assert indexed.pop(key, None) == plain.pop(key, None)
            case "merge":
                indexed |= {key: value, key + 1: value}
                plain |= {key: value, key + 1: value}
            case "clear":
                indexed.clear()
                plain.clear()

    assert indexed == plain
    assert list(indexed.members("all")) == sorted((value, key) for key, value in plain.items())
    assert list(indexed.members("odd")) == sorted(
        (-key, key) for key, value in plain.items() if value % 2
    )
