import pytest

from shared.domain.api_keys import api_keys, session_of

SHOP, ANA, NEWER = "s" * 32, "a1B2._~+/-" * 4 + "==", "n" * 64
PAIRS = f"shop:{SHOP}, ana.b-c_1:{ANA},shop:{NEWER}"


@pytest.mark.parametrize(
    ("key", "holder"),
    [
        (SHOP, "shop"),
        (NEWER, "shop"),
        (ANA, "ana.b-c_1"),
        (SHOP[:-1], None),
        (SHOP + "s", None),
        (SHOP.upper(), None),
        (f"shop:{SHOP}", None),
        ("", None),
        ("ключ", None),
    ],
)
def test_a_key_names_its_holder(key: str, holder: str | None) -> None:
    assert api_keys(PAIRS).holder_of(key) == holder


def test_a_session_names_the_holder_of_its_key_and_is_no_key() -> None:
    session = session_of(SHOP)

    assert api_keys(PAIRS).holder_of_session(session) == "shop"
    assert api_keys(PAIRS).holder_of(session) is None
    assert api_keys(PAIRS).holder_of_session(SHOP) is None
    assert api_keys(f"ana:{ANA}").holder_of_session(session) is None


SECRET = "x" * 31


@pytest.mark.parametrize(
    "text",
    [
        SHOP,
        f":{SHOP}",
        "shop:",
        f"shop:{SECRET}",
        f"shop:{SECRET} {SECRET}",
        f"shop:{SECRET}é{SECRET}",
        f"two words:{SHOP}",
        f"{'n' * 65}:{SHOP}",
        f"shop:{SHOP},",
        f"shop:{SHOP};ana:{ANA}",
        f"shop:{SHOP},ana:{SHOP}",
        f"shop:{'k' * 513}",
    ],
)
def test_an_invalid_list_of_keys_is_refused_without_quoting_a_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"pair|pairs") as refused:
        api_keys(text)

    assert SHOP not in str(refused.value)
    assert SECRET not in str(refused.value)


def test_the_refusal_states_the_position_of_the_wrong_pair() -> None:
    with pytest.raises(ValueError, match="pair 2 is not name:key"):
        api_keys(f"shop:{SHOP},ana:short")
