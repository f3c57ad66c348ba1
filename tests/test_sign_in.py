"""Signing in: a phone number and a code for workers, e-mail and password for staff."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from academy.accounts import sms
from academy.accounts.adapter import AccountAdapter
from academy.accounts.models import User
from academy.accounts.phones import clean_phone
from academy.accounts.sms import ConsoleGateway, MemoryGateway, Sms, SmsError, SmsGateway
from academy.settings import base
from tests.factories import MembershipFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

LOGIN, REQUEST, CONFIRM, WORK = (
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/login/code/confirm/",
    "/me/work/",
)
PHONE = "13912345678"


class BrokenGateway(SmsGateway):
    def send(self, phone: str, text: str) -> None:
        raise SmsError("out of credit")


@pytest.fixture(autouse=True)
def outbox() -> Iterator[list[Sms]]:
    MemoryGateway.outbox.clear()
    yield MemoryGateway.outbox
    sms._loaded.cache_clear()


def code_in(outbox: list[Sms]) -> str:
    found = re.search(r"\d{6}", outbox[-1].text)
    assert found
    return found.group()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def ask(client: Client, phone: str = PHONE, **data: str) -> Any:
    return client.post(REQUEST, {"phone": phone, **data})


def sign_in(client: Client, outbox: list[Sms], phone: str = PHONE, **data: str) -> Any:
    ask(client, phone, **data)
    return client.post(CONFIRM, {"code": code_in(outbox), **data})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# Phone and code


def test_a_new_number_gets_an_account_with_its_first_code(client: Client, outbox: list[Sms]) -> None:
    sign_in(client, outbox)
    user = User.objects.get(phone=PHONE)
    assert is_signed_in(client)
    assert user.phone_verified
    assert not user.has_usable_password()


def test_a_known_number_signs_in_to_its_own_account(client: Client, outbox: list[Sms]) -> None:
    member = MembershipFactory()
    response = sign_in(client, outbox, member.user.phone)
    assert response.url == "/me/"
    assert client.session["_auth_user_id"] == str(member.user.pk)
    assert User.objects.count() == 1


def test_the_code_has_six_digits_and_says_how_long_it_lives(client: Client, outbox: list[Sms]) -> None:
    ask(client)
    assert outbox[-1].phone == PHONE
    assert re.search(r"(?<!\d)\d{6}(?!\d)", outbox[-1].text)
    assert "10" in outbox[-1].text


def test_known_unknown_and_closed_numbers_are_answered_alike(outbox: list[Sms]) -> None:
    known, closed = UserFactory().phone, UserFactory(is_active=False).phone
    pages = []
    for phone in (known, closed, PHONE):
        client = Client()
        assert ask(client, phone).url == CONFIRM
        pages.append(re.sub(r"value=\"[^\"]*\"", "", client.get(CONFIRM).text).replace(phone, "…"))
    assert len(outbox) == 3
    assert pages[0] == pages[1] == pages[2]


def test_a_closed_account_does_not_open_with_a_code(client: Client, outbox: list[Sms]) -> None:
    response = sign_in(client, outbox, UserFactory(is_active=False).phone)
    assert response.url == "/accounts/inactive/"
    assert not is_signed_in(client)


def test_a_code_may_be_typed_with_spaces_and_full_width_digits(client: Client, outbox: list[Sms]) -> None:
    ask(client)
    code = code_in(outbox)
    typed = "".join(chr(ord(digit) + 0xFEE0) for digit in code[:3]) + f" {code[3:]}"
    client.post(CONFIRM, {"code": typed})
    assert is_signed_in(client)


def test_a_wrong_code_says_where_to_look(client: Client, outbox: list[Sms]) -> None:
    ask(client)
    response = client.post(CONFIRM, {"code": wrong(code_in(outbox))})
    assert response.context["form"].errors["code"] == [AccountAdapter.error_messages["incorrect_code"]]
    assert not is_signed_in(client)


def test_after_five_wrong_codes_a_new_one_is_needed(client: Client, outbox: list[Sms]) -> None:
    ask(client, next="/ask/")
    code = code_in(outbox)
    for _try in range(4):
        assert client.post(CONFIRM, {"code": wrong(code), "next": "/ask/"}).status_code == 200
    response = client.post(CONFIRM, {"code": wrong(code), "next": "/ask/"})
    assert response.url == f"{REQUEST}?next=%2Fask%2F"
    client.post(CONFIRM, {"code": code})
    assert not is_signed_in(client)


def test_an_expired_code_sends_back_for_a_new_one(
    client: Client, outbox: list[Sms], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client)
    client.get(CONFIRM)
    code, later = code_in(outbox), time.time() + 10 * 60 + 1
    monkeypatch.setattr(time, "time", lambda: later)
    response = client.post(CONFIRM, {"code": code, "next": "/ask/"}, follow=True)
    assert response.redirect_chain[-1][0] == f"{REQUEST}?next=%2Fask%2F"
    assert len(response.context["messages"]) == 1
    assert not is_signed_in(client)


def test_another_code_replaces_the_first_and_lives_as_long(
    client: Client, outbox: list[Sms], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client)
    first, start = code_in(outbox), time.time()
    monkeypatch.setattr(time, "time", lambda: start + 9 * 60)
    client.post(CONFIRM, {"action": "resend"})
    second = code_in(outbox)
    assert len(outbox) == 2
    monkeypatch.setattr(time, "time", lambda: start + 18 * 60)
    if first != second:
        assert client.post(CONFIRM, {"code": first}).status_code == 200
    client.post(CONFIRM, {"code": second})
    assert is_signed_in(client)


def test_one_number_gets_one_code_a_minute(client: Client, outbox: list[Sms], settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS
    ask(client)
    response = client.post(CONFIRM, {"action": "resend", "next": "/ask/"}, follow=True)
    assert len(response.context["messages"]) == 1
    assert ask(Client()).context["form"].errors["phone"]
    assert len(outbox) == 1


def test_another_number_can_be_entered_while_a_code_is_awaited(client: Client, outbox: list[Sms]) -> None:
    ask(client)
    assert client.get(LOGIN).url == CONFIRM
    client.post("/accounts/logout/", {"next": LOGIN})
    assert client.get(LOGIN).status_code == 200


# Messages and their gateways


def test_a_broken_gateway_is_told_and_the_number_kept(
    client: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SMS_GATEWAY = f"{__name__}.BrokenGateway"
    sms._loaded.cache_clear()
    response = client.post(REQUEST, {"phone": PHONE, "next": "/ask/"}, follow=True)
    assert response.redirect_chain[-1][0] == f"{REQUEST}?next=%2Fask%2F"
    assert PHONE in response.text
    assert len(response.context["messages"]) == 1
    assert "not sent" in caplog.text


def test_in_development_the_code_is_on_the_console_and_the_page_says_so(
    client: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SMS_GATEWAY = "academy.accounts.sms.ConsoleGateway"
    caplog.set_level("INFO", logger="academy.accounts.sms")
    ask(client)
    assert re.search(rf"\[SMS\] {PHONE}: .*\d{{6}}", caplog.text)
    assert escape(str(ConsoleGateway.hint)) in client.get(CONFIRM).text


# Numbers


@pytest.mark.parametrize(
    "typed",
    [
        "139 1234 5678",
        "139-1234-5678",
        "+86 13912345678",
        "0086-139-1234-5678",
        "８６１３９１２３４５６７８",
        "\u202a139\u200b12345678",
    ],
)
def test_a_number_is_understood_however_it_is_typed(typed: str) -> None:
    assert clean_phone(typed) == PHONE


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(" -－–()\u3000\u200b", max_size=4))
def test_separators_never_change_a_number(number: str, noise: str) -> None:
    assert clean_phone(noise.join(number)) == number


@pytest.mark.parametrize(
    "typed", ["1391234567", "139123456789", "12912345678", "abcdefghijk", "", "١٣٩١٢٣٤٥٦٧٨"]
)
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        clean_phone(typed)


def test_a_short_number_is_told_how_long_it_is(client: Client) -> None:
    response = ask(client, "139 1234 567")
    assert "10" in response.context["form"].errors["phone"][0]
    assert "11" in response.context["form"].errors["phone"][0]
    assert "139 1234 567" in response.text


# E-mail and password


def test_staff_sign_in_with_e_mail_and_password(client: Client) -> None:
    staff = StaffFactory()
    staff.set_password("kitchen-70-degrees")
    staff.save()
    response = client.post(LOGIN, {"login": staff.email, "password": "kitchen-70-degrees", "next": "/staff/"})
    assert response.url == "/staff/"


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client: Client) -> None:
    known = StaffFactory().email
    answers = [
        client.post(LOGIN, {"login": login, "password": "wrong"}).context["form"].errors
        for login in (known, "nobody@example.com")
    ]
    assert answers[0] == answers[1]


def test_a_forgotten_password_is_reset_by_e_mail(client: Client) -> None:
    staff = StaffFactory()
    client.post("/accounts/password/reset/", {"email": staff.email})
    link = re.search(r"/accounts/password/reset/key/\S+", str(mail.outbox[0].body))
    assert mail.outbox[0].subject == "[食安学堂] 重设密码"
    assert "您" not in str(mail.outbox[0].body)
    assert link
    form = client.get(link.group(), follow=True)
    new = "a-new-password-70"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    client.post(LOGIN, {"login": staff.email, "password": new})
    assert is_signed_in(client)


def test_an_unknown_address_gets_the_same_page_and_no_mail(client: Client) -> None:
    response = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert response.url == "/accounts/password/reset/done/"
    assert not mail.outbox


def test_nobody_signs_up_by_e_mail(client: Client) -> None:
    client.post("/accounts/signup/", {"email": "new@example.com", "password1": "kitchen-70-degrees"})
    assert not User.objects.exists()
    assert LOGIN in client.get("/accounts/signup/").text


# Onward


def test_the_page_that_was_wanted_is_reached_after_the_code(client: Client, outbox: list[Sms]) -> None:
    member = MembershipFactory()
    assert sign_in(client, outbox, member.user.phone, next="/ask/").url == "/ask/"


def test_no_other_site_is_reached_after_the_code(client: Client, outbox: list[Sms]) -> None:
    member = MembershipFactory()
    assert sign_in(client, outbox, member.user.phone, next="https://example.org/").url == "/me/"


def test_a_new_worker_is_asked_for_the_place_of_work_first(client: Client, outbox: list[Sms]) -> None:
    assert sign_in(client, outbox, next="/ask/").url == f"{WORK}?next=%2Fask%2F"


def test_staff_are_not_asked_for_a_place_of_work(client: Client) -> None:
    staff = StaffFactory()
    staff.set_password("kitchen-70-degrees")
    staff.save()
    response = client.post(LOGIN, {"login": staff.email, "password": "kitchen-70-degrees"})
    assert response.url == "/me/"


def test_a_worker_may_change_the_number(worker_client: Client, worker: User, outbox: list[Sms]) -> None:
    worker_client.post("/accounts/phone/change/", {"phone": PHONE})
    worker_client.post("/accounts/phone/verify/", {"code": code_in(outbox)})
    worker.refresh_from_db()
    assert (worker.phone, worker.phone_verified) == (PHONE, True)


def test_a_number_of_somebody_else_is_not_taken_over(
    worker_client: Client, worker: User, outbox: list[Sms]
) -> None:
    other = UserFactory()
    response = worker_client.post("/accounts/phone/change/", {"phone": other.phone})
    assert response.url == "/accounts/phone/verify/"
    assert [sms.phone for sms in outbox] == [other.phone]
    assert not re.search(r"\d{6}", outbox[-1].text)
    worker.refresh_from_db()
    assert worker.phone != other.phone


def test_the_first_administrator_is_made_on_the_command_line(client: Client) -> None:
    call_command("createsuperuser", "--noinput", "--email", "First@EXAMPLE.com", verbosity=0)
    user = User.objects.get(email="First@example.com")
    assert user.is_superuser
    assert user.phone is None


@pytest.mark.parametrize("address", [LOGIN, REQUEST, "/accounts/signup/", "/accounts/password/reset/"])
def test_the_doors_open_within_the_content_policy(client: Client, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 200
    assert " style=" not in page.text
    assert "<script>" not in page.text


def test_the_page_for_another_number_keeps_to_the_content_policy(worker_client: Client) -> None:
    assert " style=" not in worker_client.get("/accounts/phone/change/").text
