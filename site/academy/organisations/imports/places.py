"""Which enterprise a line means: by its number in the register, its credit code, its licence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from academy.organisations import credit_codes
from academy.organisations.imports.judging import Refused
from academy.organisations.imports.reading import Line
from academy.organisations.imports.values import typed, written_code, written_licence
from academy.organisations.models import Enterprise, EnterpriseQuerySet

NUMBER, CODE, LICENCE, NAME = "编号", "统一社会信用代码", "许可证编号", "企业名称"
LONGEST_NUMBER = 15
# what other sheets call these columns
NUMBER_HEADS = ("企业编号", "登记编号", "系统编号")
CODE_HEADS = (
    "信用代码", "社会信用代码", "统一信用代码", "统一社会信用代码证号", "信用代码证号", "企业信用代码", "营业执照号", "营业执照编号",
    "营业执照注册号", "credit_code",
)  # fmt: skip
LICENCE_HEADS = (
    "许可证号", "许可证号码", "许可证", "食品经营许可证", "食品经营许可证号", "食品经营许可证编号", "经营许可证编号", "经营许可证号",
    "食品许可证编号", "许可编号", "licence",
)  # fmt: skip
PLACE_HEADS = (
    "名称", "单位名称", "单位", "企业", "企业全称", "单位全称", "主体名称", "经营主体", "经营主体名称", "经营者名称", "市场主体名称", "店名",
    "工作单位", "所在单位", "所属单位", "所属企业", "name", "enterprise",
)  # fmt: skip


def number_of(line: Line) -> int | None:
    """Raises Refused."""
    text = typed(line.cells.get(NUMBER, ""))
    if text and not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise Refused(NUMBER, _("This is the number in the register. Leave it empty for a new one."))
    return int(text) if text else None


def code_of(line: Line) -> str:
    return written_code(line.cells.get(CODE, ""))


def licence_of(line: Line) -> str:
    return written_licence(line.cells.get(LICENCE, ""))


class Places:
    """All that some lines mean, in four questions to the database."""

    def __init__(self, lines: Sequence[Line], rows: EnterpriseQuerySet) -> None:
        rows = rows.filter(merged_into=None)
        texts = {typed(line.cells.get(NUMBER, "")) for line in lines}
        numbers = [
            int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
        ]
        self.numbers = {one.pk: one for one in _found(rows, "pk", numbers)}
        # said as the index on it says it
        coded = rows.filter(~Q(credit_code=""))
        self.codes = {one.credit_code: one for one in _found(coded, "credit_code", map(code_of, lines))}
        self.licences: dict[str, list[Enterprise]] = defaultdict(list)
        for one in _found(rows, "licence", map(licence_of, lines)):
            self.licences[one.licence].append(one)

    def meant(self, line: Line) -> Enterprise | None:
        """None where it is not in the register. Raises Refused."""
        number, code = number_of(line), code_of(line)
        by_number = self.numbers.get(number) if number else None
        if number and by_number is None:
            raise Refused(NUMBER, _("Nothing in the register has this number. Leave it empty for a new one."))
        by_code = self.codes.get(code) if code else None
        known = credit_codes.plain(by_number.credit_code) if by_number else ""
        if by_number and code and code != known and (by_code or known):
            raise Refused(CODE, _("The number and the credit code are not those of one enterprise."))
        return by_number or by_code or self._by_licence(licence_of(line), code)

    def _by_licence(self, licence: str, code: str) -> Enterprise | None:
        found = self.licences.get(licence, []) if licence else []
        free = [one for one in found if not (code and one.credit_code)]
        if len(free) > 1:
            raise Refused(LICENCE, _("Several enterprises have this licence number. Write the credit code."))
        if found and not free:
            raise Refused(LICENCE, _("An enterprise with another credit code has this licence number."))
        return free[0] if free else None


def _found(
    rows: EnterpriseQuerySet, field: str, keys: Iterable[object]
) -> EnterpriseQuerySet | list[Enterprise]:
    wanted = {key for key in keys if key}
    return rows.filter(**{f"{field}__in": wanted}).order_by("pk") if wanted else []
