"""Records as tables: each number is that of the record, and what misses its aim is bold."""

import pytest

from course_site import records

MACHINE = {"processor": "P", "cores": "2"}


def rows_of(text):
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(
    ("seconds", "said"), [(12.0, "1.20"), (13.0, "1.30"), (13.2, "**1.32**"), (26.0, "**2.60**")]
)
def test_a_build_that_misses_its_aim_is_bold(seconds, said):
    row = {"what": "cold", "seconds": seconds, "against": 10.0, "aim": 1.3, "memory": 299.6}
    _, _, cells = rows_of(records.builds({"rows": [row]}))
    assert cells == ["cold", f"{seconds:.1f}", said, "1.3", "300"]


@pytest.mark.parametrize(("times", "said"), [(1, "One run of each, on"), (3, "Medians of 3, on")])
def test_growth_says_how_often_it_was_measured_and_on_what(times, said):
    row = {"lessons": 25, "cold": 33.14, "again": 5.66, "memory": 491.2}
    text = records.growth({"growth": [row], "times": times, "machine": MACHINE})
    assert rows_of(text)[2] == ["25", "33.1", "5.7", "491"]
    assert text.endswith(f"{said}: processor P, cores 2.")


def test_shares_that_miss_their_aim_are_bold():
    shares = {
        "asserted": {"noticed": 979, "changed": 1000},
        "prose": {"noticed": 95, "changed": 100},
    }
    none = {"noticed": 0, "changed": 0}
    lesson = {"lesson": "tensors/plot_0_start", "asserted": shares["prose"], "prose": none}
    _, _, one, both = rows_of(records.proof({"lessons": [lesson], "all": shares}))
    assert one == ["[](/lessons/tensors/plot_0_start)", "95 of 100 (95.0 %)", "0 of 0 (0.0 %)"]
    assert both == ["all", "**979 of 1000 (97.9 %)**", "95 of 100 (95.0 %)"]


def test_a_score_below_the_aim_is_bold():
    scores = dict.fromkeys(records.LIGHTHOUSE, 98) | {"seo": 97}
    measured = {"first-contentful-paint": 1234.0, "total-blocking-time": 149.6}
    page = scores | measured | {"cumulative-layout-shift": 0}
    _, _, cells = rows_of(records.lighthouse({"Home": page}))
    assert cells == ["Home", "98", "98", "98", "**97**", "1.2 s", "150 ms", "0"]


def test_a_benchmark_says_whether_its_aim_was_reached():
    row = {"what": "w", "against": "a", "measured": "2 × faster", "aim": "≥ 3 × faster"}
    record = {"quick": False, "machine": MACHINE}
    record["rows"] = [row | {"reached": False}, row | {"reached": True}]
    text = records.benchmarks(record)
    assert [cells[-1] for cells in rows_of(text)[2:]] == ["**missed**", "reached"]
    assert text.startswith("Machine: processor P, cores 2.\n")
    with pytest.raises(AssertionError):
        records.benchmarks(record | {"quick": True})
