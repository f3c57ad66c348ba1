"""What the columns count is what counting one by one counts."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.reports import facts as facts_module
from academy.reports.facts import Tally
from academy.reports.loading import Raw, day_number, facts_of, load, local_day
from tests.factories import CompletionFactory, MembershipFactory, UserFactory

BEGIN = datetime(2026, 1, 31, 15, 59, tzinfo=UTC)
rows = st.builds(
    Raw,
    user=st.integers(1, 6),
    at=st.integers(0, 100).map(lambda hours: BEGIN + timedelta(hours=hours)),
    district=st.none() | st.integers(1, 3),
    enterprise=st.none() | st.integers(1, 4),
    business_type=st.sampled_from(["", "学校食堂", "小餐饮"]),
    post=st.sampled_from(["", "厨师"]),
    subject=st.sampled_from(["course:1", "course:2", "event:1"]),
    hours=st.decimals(0, 9, places=1),
    kind=st.sampled_from(["course", "talk"]),
)


def one_by_one(chosen: list[Raw], same: dict[int, int]) -> Tally:
    people = {same.get(row.user, row.user) for row in chosen}
    return Tally(len(people), len(chosen), sum((row.hours for row in chosen), Decimal(0)))


@given(st.lists(rows), st.sampled_from([{}, {6: 1}, {5: 1, 6: 1}]))
def test_any_choice_is_counted_as_one_by_one(made: list[Raw], same: dict[int, int]) -> None:
    made.sort(key=lambda row: row.at)
    facts = facts_of(made, same, {})
    assert facts.tally() == one_by_one(made, same)
    days = [
        local_day(BEGIN).toordinal() - local_day(datetime(1970, 1, 1, tzinfo=UTC)).toordinal() + n
        for n in (0, 2)
    ]
    within = [row for row in made if days[0] <= day_number(local_day(row.at)) <= days[1]]
    assert facts.between(*days).tally() == one_by_one(within, same)
    here = [row for row in within if row.district in (1, 2) and row.post == "厨师"]
    assert facts.between(*days).among("district", {1, 2}).named("post", "厨师").tally() == one_by_one(
        here, same
    )


@given(st.lists(rows))
def test_a_tally_for_each_group(made: list[Raw]) -> None:
    made.sort(key=lambda row: row.at)
    groups: dict[str, list[Raw]] = defaultdict(list)
    for row in made:
        groups[row.business_type].append(row)
    assert facts_of(made, {}, {}).by_word("business_type") == {
        name: one_by_one(members, {}) for name, members in groups.items()
    }


@given(st.lists(rows), st.sampled_from([facts_module.DENSE, 0]))
def test_marking_and_sorting_count_the_same(made: list[Raw], dense: int) -> None:
    made.sort(key=lambda row: row.at)
    facts = facts_of(made, {}, {})
    before, facts_module.DENSE = facts_module.DENSE, dense
    try:
        sums = facts.sums(facts.subject, len(facts.words["subject"]))
    finally:
        facts_module.DENSE = before
    for n, word in enumerate(facts.words["subject"]):
        assert sums.tally(n) == one_by_one([row for row in made if row.subject == word], {})


@given(st.lists(rows), st.sets(st.integers(1, 3)), st.sets(st.integers(1, 4)))
def test_a_scope_is_districts_or_enterprises(
    made: list[Raw], districts: set[int], enterprises: set[int]
) -> None:
    made.sort(key=lambda row: row.at)
    facts = facts_of(made, {}, {}).anywhere(districts, enterprises)
    here = [row for row in made if row.district in districts or row.enterprise in enterprises]
    assert facts.tally() == one_by_one(here, {})
    assert set(facts.present_accounts().tolist()) == {row.user for row in here}


def test_a_word_that_nothing_has_counts_nothing() -> None:
    made = [Raw(1, BEGIN, 1, 1, "", "", "course:1", Decimal(1), "course")]
    assert facts_of(made, {}, {}).named("post", "店长").tally() == Tally()


@pytest.mark.django_db
def test_records_of_one_person_with_two_accounts_are_of_one_person() -> None:
    kept = MembershipFactory().user
    CompletionFactory(user=kept)
    CompletionFactory(user=UserFactory(merged_into=UserFactory(merged_into=kept)))
    assert load().tally() == Tally(1, 2, Decimal(2))
