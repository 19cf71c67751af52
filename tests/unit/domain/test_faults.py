import pytest

from shared.domain import faults as faults_module
from shared.domain.faults import Fault, FaultKind, fault_for, parse_faults


def test_no_text_is_no_fault() -> None:
    assert parse_faults("  ") == ()


def test_faults_are_separated_by_commas_and_may_name_words() -> None:
    expected = (Fault(kind=FaultKind.SLOW, words="red bicycle"), Fault(kind=FaultKind.LOST))

    assert parse_faults(" slow = red bicycle , lost,") == expected


def test_an_unknown_fault_is_named_beside_those_that_exist() -> None:
    with pytest.raises(ValueError, match=r"no fault 'explode'.*rate_limited.*corrupt"):
        parse_faults("slow, explode=now")


def test_an_equals_sign_without_words_is_an_error() -> None:
    with pytest.raises(ValueError, match="words of a prompt after 'slow='"):
        parse_faults("slow=")


def test_a_fault_without_words_applies_to_every_prompt() -> None:
    assert fault_for("Anything", parse_faults("lost")) is FaultKind.LOST


def test_words_are_found_in_whatever_case() -> None:
    assert fault_for("A Red Bicycle", parse_faults("slow=red bicycle")) is FaultKind.SLOW


def test_a_prompt_without_the_words_is_spared() -> None:
    assert fault_for("A blue bicycle", parse_faults("slow=red bicycle")) is None


def test_the_first_match_wins() -> None:
    assert fault_for("A red car", parse_faults("filtered=red, failed=car")) is FaultKind.FILTERED


@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_is_described(kind: FaultKind) -> None:
    assert f"| `{kind}` |" in str(faults_module.__doc__)
