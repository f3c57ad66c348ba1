import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from academy.organisations.credit_codes import ALPHABET, LENGTH, check_character, plain, validate
from academy.organisations.models import Enterprise
from tests.factories import EnterpriseFactory

bodies = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1)
# the example of the standard
GENUINE = "91350100M000100Y43"


def test_the_example_of_the_standard_is_right() -> None:
    validate(GENUINE)


@given(bodies, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(body: str, place: int, sign: str) -> None:
    code = body + check_character(body)
    validate(code)
    wrong = code[:place] + sign + code[place + 1 :]
    if wrong != code:
        with pytest.raises(ValidationError):
            validate(wrong)


@given(bodies, st.integers(0, LENGTH - 2))
def test_two_that_changed_places_are_found(body: str, place: int) -> None:
    code = body + check_character(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(ValidationError):
            validate(swapped)


@pytest.mark.parametrize(
    "written", ["91350100m000100y43", "９１３５０１００Ｍ０００１００Ｙ４３", " 9135 0100 M000 100Y 43 "]
)
def test_however_it_was_typed_it_is_the_same_code(written: str) -> None:
    assert plain(written) == GENUINE


@pytest.mark.parametrize("wrong", ["", "9135", GENUINE + "0", GENUINE.replace("M", "I"), "①" * 18])
def test_what_is_no_code_is_refused_in_words(wrong: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate(wrong)
    assert refused.value.messages[0]


@pytest.mark.django_db
def test_an_enterprise_keeps_its_code_plain_and_alone() -> None:
    first = EnterpriseFactory(credit_code="９１３５０１００m000100y43")
    first.full_clean()
    first.save()
    assert Enterprise.objects.get().credit_code == GENUINE
    with pytest.raises(ValidationError, match="信用代码"):
        EnterpriseFactory.build(
            name="又一家", credit_code=GENUINE, district=first.district, business_type=first.business_type
        ).full_clean()
