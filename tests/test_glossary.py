"""The glossary that editors keep: it is asked with at once, shows what to look at, and takes files."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from academy.chat.topics.gathering import gather
from academy.core.knowledge import knowledge_base
from academy.library.admin.glossary import LIST
from academy.library.glossaries import conflicts, current, seed, swallowed, unused
from academy.library.models import GlossaryEntry
from kb.glossary import Glossary
from kb.types import Passage
from tests.asking import ask

pytestmark = pytest.mark.django_db
IMPORT = "library_glossary_import"


def write(formal: str, *forms: str, **more: Any) -> GlossaryEntry:
    return GlossaryEntry.objects.create(formal=formal, forms="\n".join(forms), **more)


def csv(*rows: str) -> Any:
    return SimpleUploadedFile("词条.csv", "\n".join(rows).encode("utf-8-sig"))


def test_what_ships_is_there_for_editors_and_is_asked_with() -> None:
    assert set(current().pairs) == set(Glossary.bundled().pairs)
    assert seed() == 0
    GlossaryEntry.objects.filter(formal="腹泻").delete()
    assert "拉肚子" not in current().meanings("员工拉肚子")
    call_command("glossary")
    assert current().meanings("员工拉肚子")["拉肚子"] == ("腹泻",)


def test_a_site_without_entries_has_the_list_that_ships() -> None:
    GlossaryEntry.objects.all().delete()
    assert current() == Glossary.bundled()


def test_a_changed_entry_is_asked_with_at_once() -> None:
    entry = write("风味茄子", "烧茄")
    assert knowledge_base().glossary.meanings("烧茄好了") == {"烧茄": ("风味茄子",)}
    entry.is_active = False
    entry.save()
    assert knowledge_base().glossary.meanings("烧茄好了") == {}


def test_a_form_with_two_meanings_and_one_that_is_a_formal_term_are_shown() -> None:
    one, other = write("甲词", "共用说法"), write("乙词", "共用说法", "甲词")
    found = conflicts()
    assert ["乙词" in words for words in found[one.pk]] == [True]
    assert len(found[other.pk]) == 2
    other.is_active = False
    other.save()
    assert one.pk not in conflicts()


def test_a_term_that_stands_in_no_text_is_shown() -> None:
    text = Passage("page:1", 0, "规定", (), "紫薯泥应当当餐用完。")
    knowledge_base().replace("page:1", [text])
    used, not_used = write("紫薯泥", "薯泥"), write("绿薯泥", "绿泥")
    assert used.pk not in unused()
    assert not_used.pk in unused()


def test_a_form_inside_a_longer_one_of_another_term_is_shown() -> None:
    short, longer = write("甲词", "怪说法"), write("乙词", "怪说法再卖", "怪怪词")
    assert ["怪说法再卖" in words for words in swallowed()[short.pk]] == [True]
    assert longer.pk not in swallowed()


def test_entries_that_questions_use_are_counted_and_the_others_listed(staff_client: Client) -> None:
    asked, never = write("风味茄子", "烧茄"), write("紫薯泥", "薯泥")
    before = current()
    ask("烧茄能放几天")
    gather.func()
    asked.refresh_from_db()
    assert (asked.used, asked.used_at is None) == (1, False)
    assert current() is before
    listed = staff_client.get(reverse(LIST), {"look_at": "unasked", "q": "泥"}).content.decode()
    assert never.formal in listed
    assert (
        asked.formal
        not in staff_client.get(reverse(LIST), {"look_at": "unasked", "q": "茄"}).content.decode()
    )


def test_the_list_says_what_to_look_at_and_filters_by_it(staff_client: Client) -> None:
    write("甲词", "共用说法")
    write("乙词", "共用说法")
    page = staff_client.get(reverse(LIST), {"q": "甲词"}).content.decode()
    assert "共用说法" in page
    filtered = staff_client.get(reverse(LIST), {"look_at": "conflict", "q": "词"}).content.decode()
    assert "甲词" in filtered
    assert "乙词" in filtered


def test_an_entry_needs_kitchen_forms_that_are_not_itself() -> None:
    for forms in (" 、\n", "甲词、别的"):
        with pytest.raises(Exception, match="forms"):
            GlossaryEntry(formal="甲词", forms=forms).full_clean()
    entry = GlossaryEntry(formal=" 甲词 ", forms="一，二、二\n三")
    entry.full_clean()
    assert (entry.formal, entry.spellings) == ("甲词", ["一", "二", "三"])


def test_a_file_adds_and_extends_and_twice_changes_nothing(staff_client: Client) -> None:
    write("甲词", "甲一", note="旧")
    rows = ("规范说法,厨房说法,说明", "甲词,甲一、甲二,新", "丁词,丁一,", "丁词,丁二,")
    for _time in range(2):
        assert staff_client.post(reverse(IMPORT), {"file": csv(*rows)}).status_code == 302
        entry = GlossaryEntry.objects.get(formal="甲词")
        assert (entry.spellings, entry.note) == (["甲一", "甲二"], "旧")
        assert GlossaryEntry.objects.get(formal="丁词").spellings == ["丁一", "丁二"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (("规范说法,厨房说法", "甲词,"), "第 2 行"),
        (("规范说法,厨房说法", "甲词,甲词"), "第 2 行"),
        (("规范说法,厨房说法", ",甲"), "第 2 行"),
        (("规范说法,厨房说法", f"{'甲' * 61},一"), "60"),
        (("别的,列",), "列名"),
        (("规范说法,厨房说法",), "没有词条"),
    ],
)
def test_a_file_with_a_mistake_imports_nothing(
    staff_client: Client, rows: tuple[str, ...], words: str
) -> None:
    before = GlossaryEntry.objects.count()
    page = staff_client.post(
        reverse(IMPORT), {"file": csv(*rows, *(["好词,好说法"] if len(rows) > 1 else []))}
    )
    assert words in page.content.decode()
    assert GlossaryEntry.objects.count() == before


def test_only_editors_import(client: Client) -> None:
    assert client.get(reverse(IMPORT)).status_code == 302
