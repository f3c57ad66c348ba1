"""Asking: a cited answer, an honest "not found", and clear words for what cannot be asked."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from academy.chat.emergency import is_emergency
from academy.chat.models import Asking, ChatSettings, Conversation, Message
from academy.library.models import FAQ
from academy.library.tree import ensure_tree

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("retained_samples")]


def post(client: Client, question: str, **more: Any) -> Any:
    return client.post("/ask/", {"question": question, **more}, follow=True)


def main_of(response: Any) -> str:
    html: str = response.content.decode()
    return html[html.index("<main") : html.index("</main>")]


def test_an_answer_has_an_address_of_its_own_and_cites_its_source(client: Client) -> None:
    response = post(client, "留样要留多少，留多久？")
    html = response.content.decode()
    message = Message.objects.get()
    assert response.redirect_chain == [(f"/ask/{message.pk}/", 302)]
    assert "125克以上" in html
    assert f"/faq/#faq-{FAQ.objects.get().pk}" in html
    assert "留样" in client.get("/faq/").content.decode()


def test_what_is_not_written_is_not_found_and_is_kept_for_editors(client: Client) -> None:
    html = post(client, "怎么炒股票能赚钱").content.decode()
    assert "没查到，我们不猜" in html
    post(client, "留样要留多少，留多久？")
    assert [asking.message.question for asking in Asking.objects.filter(found=False)] == ["怎么炒股票能赚钱"]


@pytest.mark.parametrize("question", ["", "   ", "\u200b\u200b"])
def test_an_empty_question_is_told_what_to_do(client: Client, question: str) -> None:
    response = client.post("/ask/", {"question": question})
    assert response.status_code == 422
    assert "先写一句话" in response.content.decode()
    assert not Message.objects.exists()


def test_a_question_of_5000_characters_is_kept_in_the_box_and_told_to_be_shorter(client: Client) -> None:
    response = client.post("/ask/", {"question": "豆" * 5000})
    html = response.content.decode()
    assert response.status_code == 422
    assert "一次最多写500字，现在是5000字" in html
    assert "豆" * 5000 in html


def test_a_further_question_stays_in_the_conversation(client: Client) -> None:
    post(client, "留样要留多少？")
    first = Message.objects.get()
    html = post(client, "要留多久？", conversation=first.conversation_id).content.decode()
    assert Conversation.objects.count() == 1
    assert f"/ask/{first.pk}/" in html


def test_an_unknown_conversation_is_refused_politely(client: Client) -> None:
    assert client.post("/ask/", {"question": "留样", "conversation": "no"}).status_code == 422


def test_a_signed_in_worker_owns_the_conversation(worker_client: Client, worker: Any) -> None:
    post(worker_client, "留样要留多少？")
    assert Conversation.objects.get().user == worker


def test_an_answer_may_be_passed_on_but_not_the_conversation_of_its_owner(
    worker_client: Client, client: Client
) -> None:
    post(worker_client, "留样要留多少？")
    mine = Conversation.objects.get()
    post(worker_client, "我自己的另一个问题", conversation=mine.pk)
    first, _second = mine.messages.all()
    client.logout()
    html = client.get(f"/ask/{first.pk}/").content.decode()
    assert "留样要留多少" in html
    assert "我自己的另一个问题" not in html
    post(client, "外人接着问", conversation=mine.pk)
    assert mine.messages.count() == 2


def test_first_aid_needs_no_editor_and_speaks_the_readers_language(client: Client) -> None:
    assert "马上打120" in main_of(post(client, "客人吃了豆角一直吐"))
    client.post("/i18n/setlang/", {"language": "en"})
    assert "call 120 at once" in main_of(post(client, "客人吃了豆角一直吐"))


def test_when_somebody_is_ill_first_aid_comes_before_everything(client: Client) -> None:
    site_settings = ChatSettings.for_site(ensure_tree().get_site())
    site_settings.emergency_title = "先救人"
    site_settings.emergency_steps = '[{"type": "step", "value": {"lead": "救人。", "detail": "马上打120。"}}]'
    site_settings.save()
    html = main_of(post(client, "客人吃了豆角一直吐"))
    assert "先救人" in html
    assert html.index("先救人") < html.index("原文这么说" if "原文这么说" in html else "没查到")
    assert "先救人" not in main_of(post(client, "留样要留多少？"))


@pytest.mark.parametrize(
    "question",
    [
        "客人吃了吐咋办",
        "好几个人拉肚子",
        "有人中毒了",
        "kids vomit after lunch",
        "学生吃完面包吐了",
        "呕吐",
        "吃了蘑菇头晕，怎么预防",
        "孩子花生过敏喘不上气",
        "有人吃了不舒服怎么办",
        "好多客人吃完饭都不舒服",
        "好几个客人吃了以后恶心",
        "几个学生吃完胃疼",
        "有人吃了蘑菇呼吸困难",
        "吃完河豚嘴麻",
        "客人休克了",
        "客人倒在地上了",
        "孩子吃完肚子绞痛",
        "有客人拉血",
        "客人抽筋了",
        "好多人病倒了",
        "误食亚硝酸盐",
        "学生拉肚",
        "学生吃完嘴唇乌紫",
        "many guests feel unwell",
        "several students have nausea",
        "guest collapsed",
        "豆角没炒熟吃了吐咋办",
        "三个顾客说肚子疼",
        "员工吃完午饭都吐了",
        "吃坏肚子的人越来越多咋整",
        "有客人打电话来说全家都拉",
        "客人嘴唇发紫",
        "一桌人吃完都倒了",
        "食堂吃完饭好多人不对劲",
        "吃了凉菜浑身起疹子",
        "客人吃花生过敏了脸肿了",
        "five guests are vomiting",
        "a customer is sick after eating shrimp",
        "小朋友集体发烧拉肚子",
        "老人吃饭噎住了",
        "同事晕倒了",
        "客人吃完海鲜嘴唇麻",
        "两个学生吃完饭头疼恶心",
        "食客投诉说吃完上吐下泻",
        "中毒了咋办",
        "刚吃完就吐了",
        "有学生中毒了，谁来负责上报",
        "我吃了四季豆一直吐，我能做什么",
        "员工上班时昏倒怎么办",
        "my coworker fainted at work",
    ],
)
def test_symptom_words_are_an_emergency(question: str) -> None:
    assert is_emergency(question)


@pytest.mark.parametrize(
    "question",
    [
        "什么是食物中毒",
        "早起窜稀了还能上灶不",
        "发烧能上班吗",
        "食物中毒不报告罚多少",
        "吐司能放几天",
        "how to prevent food poisoning",
        "土豆发青能吃吗",
        "蛤蜊吐沙要多久",
        "过敏原要不要告诉客人",
        "员工拉肚子能上班吗",
        "发烧的员工能切熟菜吗",
        "豆角会不会中毒",
        "发芽土豆会中毒吗",
        "留样要留多少",
        "豆角没烧透是什么症状",
        "麻婆豆腐要烧到多少度",
        "客人要求少放辣行吗",
        "口味麻辣怎么标",
        "肉解冻到一半能用吗",
        "预防食物中毒的五要点",
        "拉肚子几天能回来上班",
        "亚硝酸盐中毒是什么样",
        "食物中毒为啥夏天多",
        "客人点多了怎么办",
        "上菜慢客人不满意",
        "黄曲霉素会致癌吗",
        "客人剩了半桌能收钱吗",
        "手上有伤口能切菜吗",
        "厨师感冒咳嗽能上班吗",
        "呕吐物怎么清理消毒",
        "健康证过期能上班吗",
        "冰箱出现异味",
        "现在检查多吗",
        "今天的剩菜明天能卖吗",
        "肿瘤病人能吃吗",
    ],
)
def test_reading_up_is_no_emergency(question: str) -> None:
    assert not is_emergency(question)


def test_the_question_is_shown_as_text_and_never_as_markup(client: Client) -> None:
    html = post(client, "<script>alert(1)</script>留样").content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;" in html


def test_nobody_elses_answer_can_be_guessed(client: Client) -> None:
    assert client.get("/ask/00000000-0000-4000-8000-000000000000/").status_code == 404


@given(st.text(max_size=600))
def test_no_question_breaks_the_emergency_check(text: str) -> None:
    assert is_emergency(text) in (True, False)
