"""What the chat could not answer: gathered by meaning, put before editors, counted by the week."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from academy.accounts.models import User
from academy.accounts.roles import EDITORS, STAFF, ensure_roles
from academy.chat.models import Asking, Conversation, Feedback, Message, Topic
from academy.chat.topics.figures import by_week, last_weeks
from academy.chat.topics.gathering import gather, masked
from academy.core.workers import minute
from academy.library.models import FAQ
from academy.organisations.models import Jurisdiction
from tests.conftest import Commit
from tests.factories import CityFactory, DistrictFactory, UserFactory, make_asking

pytestmark = [
    pytest.mark.django_db,
    # A file is streamed for an asynchronous server; the test client is a synchronous one
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]

WEEK = timedelta(weeks=1)
QUEUE, FIGURES = "/staff/questions/", "/staff/questions/figures/"


def gathered() -> list[Topic]:
    gather.func()
    return list(Topic.objects.order_by("pk"))


def vote(asking: Asking, verdict: str, reason: str = "") -> Feedback:
    return Feedback.objects.create(asking=asking, given_by="somebody", verdict=verdict, reason=reason)


@pytest.fixture
def editor(db: Any) -> Client:
    ensure_roles()
    user = UserFactory(email="editor@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name=EDITORS))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# Gathering


def test_questions_that_mean_the_same_are_one_topic() -> None:
    for question in (
        "停车费多少",
        "请问停车费多少？",
        "停车费多少啊",
        "停车场几点关门",
        "洗碗机哪个牌子好",
    ):
        make_asking(question)
    assert [(topic.question, topic.askings.count()) for topic in gathered()] == [
        ("停车费多少", 3),
        ("停车场几点关门", 1),
        ("洗碗机哪个牌子好", 1),
    ]


def test_how_much_and_how_long_are_two_topics() -> None:
    for question in ("样品要留多少克", "样品要留多久", "冷藏柜要几度", "冷藏柜能放几天"):
        make_asking(question)
    assert len(gathered()) == 4


def test_only_what_was_refused_or_did_not_help_waits() -> None:
    make_asking("停车费多少")
    make_asking("洗碗机哪个牌子好", found=True)
    vote(make_asking("油烟机多久洗一次", found=True), Feedback.Verdict.WRONG)
    vote(make_asking("地漏多久清一次", found=True), Feedback.Verdict.HELPED)
    gathered()
    assert {topic.question for topic in Topic.objects.waiting()} == {"停车费多少", "油烟机多久洗一次"}


def test_who_asked_is_not_told() -> None:
    make_asking("我是李明 电话13912345678 身份证11010119900101123X 停车费多少")
    assert gathered()[0].question == "我是李明 电话（略） 身份证（略） 停车费多少"
    assert masked("发到 li.ming@example.com") == "发到 （略）"
    assert masked("留样125克48小时，罚50000元") == "留样125克48小时，罚50000元"


def test_what_editors_publish_answers_what_waits(commit: Commit) -> None:
    make_asking("停车费多少")
    vote(make_asking("油烟机多久洗一次", found=True), Feedback.Verdict.NOT_HELPED)
    gathered()
    with commit():
        FAQ.objects.create(question="停车费多少", answer="<p>本店停车不收费。</p>")
        FAQ.objects.create(question="油烟机多久洗一次", answer="<p>每周清洗一次。</p>")
    assert [(topic.state, topic.decided_by) for topic in gathered()] == [
        ("answered", None),
        ("answered", None),
    ]


def test_texts_alone_do_not_answer_whom_they_did_not_help(commit: Commit) -> None:
    vote(make_asking("油烟机罩子多久洗一次", found=True), Feedback.Verdict.NOT_HELPED)
    gathered()
    with commit():
        FAQ.objects.create(question="怎样洗油烟机罩子", answer="<p>油烟机罩子每周洗一次。</p>")
    assert gathered()[0].state == Topic.State.WAITING


def test_what_is_refused_again_waits_again_unless_it_was_set_aside() -> None:
    make_asking("停车费多少")
    make_asking("洗碗机哪个牌子好")
    answered, aside = gathered()
    answered.decide(Topic.State.ANSWERED)
    aside.decide(Topic.State.SET_ASIDE)
    assert [topic.state for topic in gathered()] == ["answered", "set_aside"]
    make_asking("停车费多少")
    make_asking("洗碗机哪个牌子好")
    assert [topic.state for topic in gathered()] == ["waiting", "set_aside"]


def test_every_minute_it_is_looked_whether_anything_is_to_be_gathered() -> None:
    make_asking("停车费多少")
    minute.send(sender=None)
    assert Asking.objects.get().topic == Topic.objects.waiting().get()


def test_what_a_browser_asked_expires_and_stays_counted() -> None:
    old, new, own = (make_asking(question) for question in ("停车费多少", "油烟机多久洗", "地漏多久清"))
    Conversation.objects.filter(pk=own.message.conversation_id).update(user=UserFactory())
    long_ago = timezone.now() - timedelta(days=30)
    Conversation.objects.exclude(pk=new.message.conversation_id).update(last_at=long_ago)
    minute.send(sender=None)
    assert set(Message.objects.values_list("question", flat=True)) == {"油烟机多久洗", "地漏多久清"}
    assert Asking.objects.count() == 3
    assert Asking.objects.get(pk=old.pk).message is None


# The queue


def test_the_queue_is_for_those_who_answer_and_those_who_watch(
    client: Client, worker: User, editor: Client
) -> None:
    assert client.get(QUEUE).status_code == 302
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(QUEUE).status_code == 403
    assert editor.get(QUEUE).status_code == 200
    watching = UserFactory(email="staff@example.com")
    watching.groups.add(Group.objects.get(name=STAFF))
    Jurisdiction.objects.create(user=watching, district=CityFactory())
    client.force_login(watching, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(QUEUE).status_code == 200
    make_asking("停车费多少")
    topic = gathered()[0]
    assert client.post(f"{QUEUE}{topic.pk}/decide/", {"state": "answered"}).status_code == 403
    assert "写一个答复" not in client.get(topic.get_absolute_url()).content.decode()


def test_the_queue_counts_by_week_and_district(editor: Client) -> None:
    east, west = DistrictFactory(name="东关区"), DistrictFactory(name="西岭区")
    make_asking("停车费多少", district=east)
    make_asking("停车费多少", ago=3 * WEEK, district=west)
    make_asking("洗碗机哪个牌子好", ago=20 * WEEK)
    gathered()
    assert _listed(editor) == [["停车费多少", "2"], ["洗碗机哪个牌子好", "1"]]
    assert _listed(editor, weeks="1") == [["停车费多少", "1"]]
    assert _listed(editor, district=str(west.pk)) == [["停车费多少", "1"]]
    assert _listed(editor, district="-") == [["洗碗机哪个牌子好", "1"]]
    assert _listed(editor, q="洗碗") == [["洗碗机哪个牌子好", "1"]]
    assert _listed(editor, state="answered") == []
    html = editor.get(QUEUE).content.decode()
    assert "东关区 1" in html
    detail = editor.get(Topic.objects.get(question="停车费多少").get_absolute_url()).content.decode()
    assert "东关区" in detail
    assert "西岭区" in detail


def _listed(client: Client, **query: str) -> list[list[str]]:
    content = b"".join(client.get(QUEUE, {**query, "format": "csv"})).decode("utf-8-sig")
    return [[row[0], row[3]] for row in list(csv.reader(io.StringIO(content)))[1:]]


def test_a_wrong_filter_is_said_and_left_out(editor: Client) -> None:
    make_asking("停车费多少")
    gathered()
    html = editor.get(QUEUE, {"weeks": "x", "district": "999"}).content.decode()
    assert "停车费多少" in html
    assert "x" in html


def test_an_empty_queue_says_what_will_be_here(editor: Client) -> None:
    assert "没有等着的" in editor.get(QUEUE).content.decode()


def test_a_question_of_the_queue_leads_to_all_that_can_be_done(editor: Client) -> None:
    for question in ("停车费多少", "请问停车费多少"):
        make_asking(question)
    vote(make_asking("停车费多少", found=True), Feedback.Verdict.WRONG, "打13912345678问的不是这个数")
    topic = gathered()[0]
    html = editor.get(topic.get_absolute_url()).content.decode()
    assert "请问停车费多少" in html
    assert "打（略）问的不是这个数" in html
    assert "没查到" in html
    assert "/admin/snippets/library/glossaryentry/add/" in html
    form = editor.get(
        "/admin/snippets/library/faq/add/", {"question": topic.question, "wordings": "停车多少钱"}
    ).content.decode()
    assert 'value="停车费多少"' in form
    assert "停车多少钱</textarea>" in form


def test_an_editor_decides_and_may_take_it_back(editor: Client) -> None:
    make_asking("停车费多少")
    topic = gathered()[0]
    decide = f"{QUEUE}{topic.pk}/decide/"
    editor.post(decide, {"state": "set_aside", "note": "不归我们管"})
    topic.refresh_from_db()
    assert (topic.state, topic.note, topic.decided_by) == (
        "set_aside",
        "不归我们管",
        User.objects.get(email="editor@example.com"),
    )
    editor.post(decide, {"state": "waiting"})
    topic.refresh_from_db()
    assert topic.state == Topic.State.WAITING
    assert "没有记下" in editor.post(decide, {"state": "gone"}, follow=True).content.decode()


def test_the_list_takes_as_many_queries_for_ten_questions_as_for_one(
    editor: Client, django_assert_max_num_queries: Any
) -> None:
    for question in (
        "停车费多少",
        "洗碗机哪个牌子好",
        "油烟机什么价",
        "招工去哪里",
        "彩票怎么买",
        "股票怎么买",
    ):
        make_asking(question, district=DistrictFactory(name="东关区"))
    assert len(gathered()) == 6
    with django_assert_max_num_queries(15):
        editor.get(QUEUE)


def test_who_asked_sees_that_it_is_answered_since(client: Client, editor: Client) -> None:
    client.post("/ask/", {"question": "停车费多少"})
    topic = gathered()[0]
    assert "当时没查到" not in client.get("/ask/history/").content.decode()
    editor.post(f"{QUEUE}{topic.pk}/decide/", {"state": "answered"})
    assert "当时没查到" in client.get("/ask/history/").content.decode()


# Figures


def test_each_week_is_counted_by_itself() -> None:
    for took in (100, 200, 300, 4000):
        make_asking("停车费多少", took=took)
    vote(make_asking("豆角要煮多久", ago=WEEK, found=True), Feedback.Verdict.HELPED)
    weeks = last_weeks(3)
    counted = by_week(Asking.objects.all(), weeks)
    assert [counted[week][:5] for week in weeks] == [(0, 0, 0, 0, 0), (1, 1, 0, 1, 0), (4, 0, 4, 0, 0)]
    assert [(counted[week].median, counted[week].p95) for week in weeks] == [
        (None, None),
        (400, 400),
        (200, 4000),
    ]


def test_several_verdicts_on_one_answer_count_it_once() -> None:
    asking = make_asking("豆角要煮多久", found=True)
    for who in ("a", "b"):
        Feedback.objects.create(asking=asking, given_by=who, verdict=Feedback.Verdict.WRONG)
    assert by_week(Asking.objects.all(), last_weeks(1)).popitem()[1][:5] == (1, 1, 0, 0, 1)


def test_the_figures_have_a_page_a_chart_and_files(editor: Client) -> None:
    make_asking("停车费多少")
    make_asking("停车费多少", door=Asking.Door.API)
    gathered()
    html = editor.get(FIGURES).content.decode()
    assert "停车费多少" in html
    assert "<svg" in html
    sheet = b"".join(editor.get(FIGURES, {"format": "xlsx", "weeks": "4"}))
    rows = list(load_workbook(io.BytesIO(sheet)).active.values)
    assert [row[1] for row in rows[1:]] == [0, 0, 0, 2]


def test_a_week_without_questions_says_so(editor: Client) -> None:
    assert "这几周没有人提问" in editor.get(FIGURES).content.decode()
