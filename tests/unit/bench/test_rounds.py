"""How ratios come about."""

from collections.abc import Callable

from tests.bench.rounds import ratio, run_rounds


def case(name: str, log: list[str]) -> Callable[[], float]:
    def run() -> float:
        log.append(name)
        return 1.0

    return run


def test_each_round_runs_each_case_once_after_a_round_that_does_not_count() -> None:
    log: list[str] = []

    samples = run_rounds({"one": case("one", log), "other": case("other", log)}, rounds=5)

    rounds = [set(log[start : start + 2]) for start in range(0, 12, 2)]
    assert [{"one", "other"}] * 6 == rounds
    assert {"one": [1.0] * 5, "other": [1.0] * 5} == samples


def test_the_order_within_a_round_varies() -> None:
    log: list[str] = []

    run_rounds({name: case(name, log) for name in "abc"}, rounds=20)

    orders = {"".join(log[start : start + 3]) for start in range(3, len(log), 3)}
    assert len(orders) > 1


def test_a_ratio_is_taken_within_its_round() -> None:
    """A machine that slows down by and by slows both cases, and leaves their ratio alone."""
    found = ratio({"ours": [2.0, 20.0, 200.0], "hello": [1.0, 10.0, 100.0]}, "ours", to="hello")

    assert (2.0, 2.0, 2.0) == (found.low, found.median, found.high)


def test_the_interval_shows_how_far_ratios_scatter() -> None:
    ours = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 9.0]

    found = ratio({"ours": ours, "hello": [1.0] * 7}, "ours", to="hello")

    assert 1.0 <= found.low < found.median == 1.3 < found.high <= 9.0
