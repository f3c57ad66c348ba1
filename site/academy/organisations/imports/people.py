"""The rosters of enterprises as a file: who works where, at what post, since when."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.core.cells import Cell
from academy.organisations.imports import staffing, values
from academy.organisations.imports.accounts import Accounts
from academy.organisations.imports.judging import (
    Field,
    Judged,
    Refused,
    Seen,
    distrust,
    exported,
    note_tidied,
    once,
    read_into,
)
from academy.organisations.imports.names import Named, posts
from academy.organisations.imports.places import (
    CODE,
    CODE_HEADS,
    LICENCE,
    LICENCE_HEADS,
    NAME,
    NUMBER,
    NUMBER_HEADS,
    PLACE_HEADS,
    Places,
    code_of,
    licence_of,
)
from academy.organisations.imports.reading import Line
from academy.organisations.models import Enterprise, ImportChange, ImportRow, Membership
from academy.organisations.scope import Scope

PHONE, PERSON, POST, SINCE, UNTIL = "手机号", "姓名", "岗位", "起始日期", "离职日期"
KEYS = (NUMBER, CODE, LICENCE)
# what other sheets call these columns; a name without more is a person's
PLACE_NAMES = tuple(head for head in PLACE_HEADS if head not in {"名称", "name"})
PERSON_HEADS = ("名字", "人员姓名", "员工姓名", "从业人员姓名", "从业人员", "员工", "name")
SINCE_HEADS = (
    "入职日期",
    "入职时间",
    "上岗日期",
    "上岗时间",
    "到岗日期",
    "开始日期",
    "起始时间",
    "任职日期",
    "since",
)
UNTIL_HEADS = ("离开日期", "离职时间", "离岗日期", "离岗时间", "结束日期", "until")
AT_A_TIME = 2000


class Works:
    """Somebody's place of work as the sheet has it."""

    def __init__(self, user: User, membership: Membership) -> None:
        self.membership = membership
        self.name, self.post_id = user.name, membership.post_id
        self.since = timezone.localdate(membership.joined_at)
        self.until = timezone.localdate(membership.left_at) if membership.left_at else None


class People:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.keys, self.said = _keys(), _said(posts())
        self.fields = (*self.keys, *self.said)
        own = [] if scope.whole or scope.districts else list(scope.register()[:2])
        # who keeps one enterprise need not name it
        self.only = own[0] if len(own) == 1 else None
        # whoever keeps staff lists invites: nobody is on a list by their word alone
        self.invites = not (scope.whole or scope.districts)

    def heads(self) -> dict[str, Sequence[str]]:
        return {one.head: one.spellings for one in self.fields}

    def judge(self, lines: Sequence[Line], seen: Seen, lock: bool = False) -> list[Judged]:
        places = Places(lines, self.scope.register())
        accounts = Accounts([line.cells.get(PHONE, "") for line in lines], self.scope, lock)
        return [self._judged(line, places, accounts, seen) for line in lines]

    def _judged(self, line: Line, places: Places, accounts: Accounts, seen: Seen) -> Judged:
        judged = Judged(line)
        try:
            enterprise, phone = self._enterprise(line, places), _phone(line)
        except Refused as refused:
            judged.problems.append(refused.args)
            return judged
        user = accounts.of(phone)
        if self.invites and user and user.pk not in accounts.insiders:
            # whether a number has an account, and whose it is, is not told
            user = None
        known = [Works(user, one) for one in accounts.places_of(user, enterprise)] if user else []
        _note_keys(judged, phone)
        judged.target = _meant(line, known)
        read_into(judged, self.said)
        judged.values |= {"phone": phone, "user": user, "enterprise": enterprise}
        judged.problems += _wrong_days(judged, known)
        judged.problems += _wrong_name(judged, user, accounts)
        if enterprise.closed_on and judged.target is None:
            judged.problems.append((CODE, _("This enterprise has closed.")))
        once(judged, seen, PHONE, f"{f'#{user.pk}' if user else phone} {enterprise.pk}")
        _one_name(judged, user, seen)
        if self.invites and judged.state == ImportRow.State.NEW:
            judged.target = accounts.invited.get((phone, enterprise.pk))
        return judged

    def _enterprise(self, line: Line, places: Places) -> Enterprise:
        """Raises Refused."""
        named = [head for head in KEYS if line.cells.get(head) or head in line.troubles]
        for head in named:
            _trust(line, head)
        found = places.meant(line) if named else self.only
        if found is None and named:
            raise Refused(named[0], _("There is no such enterprise among those that you look after."))
        if found is None:
            raise Refused(
                CODE,
                _("Say which enterprise, by its credit code, its licence or its number in the register."),
            )
        return found

    def write(self, judged: Sequence[Judged], by: User) -> list[ImportChange]:
        new = [one for one in judged if self.invites and one.target is None]
        there = [one for one in judged if not self.invites or one.target is not None]
        return [*staffing.write(there), *staffing.invite(new, by)]

    def rows(self) -> Iterator[list[Cell]]:
        """Who works there now."""
        found = self.scope.staff(Membership.objects.current())
        related = found.select_related("enterprise__merged_into", "user__merged_into")
        for one in related.order_by("enterprise_id", "pk").iterator(chunk_size=AT_A_TIME):
            user, place = one.user.merged_into or one.user, one.enterprise.merged_into or one.enterprise
            works = Works(user, one)
            said = [exported(field, works) for field in self.said]
            yield [str(place.pk), place.credit_code, place.licence, place.name, user.phone or "", *said]


def _note_keys(judged: Judged, phone: str) -> None:
    line, kept = judged.line, {PHONE: phone}
    kept |= {CODE: code_of(line), LICENCE: licence_of(line), NUMBER: values.typed(line.cells.get(NUMBER, ""))}
    for head, text in kept.items():
        note_tidied(judged, head)
        judged.note(head, text)


def _trust(line: Line, head: str) -> None:
    try:
        distrust(line, head)
    except ValidationError as error:
        raise Refused(head, error.messages[0]) from None


def _phone(line: Line) -> str:
    """Raises Refused."""
    _trust(line, PHONE)
    text = line.cells.get(PHONE, "")
    if not text:
        raise Refused(PHONE, _("This has to be filled in."))
    try:
        return values.phone(text)
    except ValidationError as error:
        raise Refused(PHONE, error.messages[0]) from None


def _meant(line: Line, known: Sequence[Works]) -> Works | None:
    """Where they are now; where the line says when they left, and that is known, the place they left then."""
    now = next((one for one in known if one.until is None), None)
    try:
        until = values.day(line.cells[UNTIL]) if line.cells.get(UNTIL) else None
    except ValidationError:
        until = None
    left = next((one for one in known if until and one.until == until), None)
    return left or now


def _wrong_days(judged: Judged, known: Sequence[Works]) -> Iterator[tuple[str, str]]:
    """What contradicts what is known, or itself."""
    given, target = judged.values, judged.target
    since, until = given.get("since"), given.get("until")
    earlier = max((one.until for one in known if one.until and one is not target), default=date.min)
    if since and since < earlier:
        yield SINCE, _("They left there on %(day)s. Write since when they are back.") % {"day": earlier}
    if target is None:
        if until:
            yield UNTIL, _("Nobody with this number works there now, so nobody can leave.")
    elif target.until and {"post_id", "since", "until"} & set(given):
        yield UNTIL, _("They have left there on %(day)s; that stays as it is.") % {"day": target.until}
    elif "post_id" in given:
        yield from _wrong_move(judged)
    elif until and until < (since or target.since):
        yield UNTIL, _("This day is before they came.")


def _wrong_move(judged: Judged) -> Iterator[tuple[str, str]]:
    given, target = judged.values, judged.target
    if given.get("until"):
        yield UNTIL, _("Either the post changes or they leave, not both in one row.")
    if judged.line.cells.get(SINCE) and given.get("since", target.since) <= target.since:
        words = _(
            "The post is another now: write since when, later than %(day)s, or leave it empty for today."
        )
        yield SINCE, words % {"day": target.since}


def _wrong_name(judged: Judged, user: User | None, accounts: Accounts) -> Iterator[tuple[str, str]]:
    """An empty name is filled in; another is put right where whoever does it may."""
    said = judged.values.get("name", "")
    is_silent = (
        judged.target is None and not said and not any(head == PERSON for head, _words in judged.problems)
    )
    # whoever does not work here is named by the sheet: a number alone tells nobody's name
    if is_silent and not (user and user.name and user.pk in accounts.insiders):
        yield PERSON, _("This has to be filled in.")
    if said and user and user.name and user.name != said:
        judged.changes[PERSON] = [user.name, said]
        if not accounts.may_rename(user):
            del judged.changes[PERSON]
            yield PERSON, _("The account with this phone number has another name.")


def _one_name(judged: Judged, user: User | None, seen: Seen) -> None:
    name = judged.values.get("name") or (user.name if user else "")
    phone, number = judged.values["phone"], judged.line.number
    first = seen.setdefault(f"{phone} is", number) if not judged.problems else seen.get(f"{phone} is", number)
    if first == number:
        seen[f"{phone} is {name}"] = number
    elif f"{phone} is {name}" not in seen:
        words = _("Row %(n)d has this phone number with another name.")
        judged.problems.append((PERSON, words % {"n": first}))


def _as_it_is(text: str) -> str:
    return text


def _keys() -> tuple[Field, ...]:
    return (
        Field(head=NUMBER, read=_as_it_is, width=10, spellings=NUMBER_HEADS, note="企业在名册里的编号，导出时带着。写了信用代码可以不写。"),
        Field(
            head=CODE, read=_as_it_is, is_text=True, width=24, spellings=CODE_HEADS,
            note="在哪家做。编号、信用代码、许可证编号写一个就行。",
        ),
        Field(head=LICENCE, read=_as_it_is, is_text=True, width=22, spellings=LICENCE_HEADS),
        Field(head=NAME, read=_as_it_is, width=32, spellings=PLACE_NAMES, note="只给人看，认企业不靠它。"),
        Field(
            head=PHONE, read=values.phone, needed=True, is_text=True, width=16, spellings=(
                "手机", "手机号码", "联系电话", "联系方式", "电话", "电话号码", "本人手机", "本人手机号", "移动电话", "phone",
            ), note="必填，11位。认人靠它。这一列是文本格式，别改成数字。",
        ),
    )  # fmt: skip


def _said(listed: Named) -> tuple[Field, ...]:
    return (
        Field(head=PERSON, attr="name", read=values.person, is_name=True, spellings=PERSON_HEADS, note="和身份证上一样。第一次登记必填。"),
        Field(
            head=POST, attr="post_id", read=listed.read, show=listed.show, needed=True,
            options=list(listed.names.values()), is_listed=True, spellings=("工种", "职务", "职位", "工作岗位", "岗位名称", "从事岗位", "post"), note="必填。从下拉里选。",
        ),
        Field(
            head=SINCE, attr="since", read=values.past_day, is_text=True, spellings=SINCE_HEADS,
            note="在这个岗位从哪天起，写成2026-03-01。留空就从导入那天起。换岗要改这一天。",
        ),
        Field(
            head=UNTIL, attr="until", read=values.past_day, is_text=True, spellings=UNTIL_HEADS,
            note="走了的写最后一天，还在的留空。",
        ),
    )  # fmt: skip
