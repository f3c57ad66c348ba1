"""A register of 50,000 rows with 400 bad ones: `python -m benchmarks.importing --rows 50000`.

Run with `DATABASE_URL` of an empty database of its own: it is migrated, filled and left as it is. Printed for each step:
seconds (by the clock, and of a processor here), queries and the largest memory so far; and what a bare `bulk_create` of as many rows takes, for a ratio.
"""

import argparse
import io
import os
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import django

BAD = 400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.settings.test")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _measure(asked.rows)


def _measure(count: int) -> None:
    from academy.accounts.models import User
    from academy.organisations.imports import beginning
    from academy.organisations.models import Enterprise, RegisterImport

    user = User.objects.create_superuser(f"officer{time.time()}@example.com")
    _places()
    data = _sheet(count)
    print(f"{count} rows, {BAD} of them bad, {len(data) / 1e6:.1f} MB")
    with _told("checking"):
        batch = beginning.bring("enterprises", "登记.xlsx", data, user)
    _say(batch)
    with _told("importing"):
        beginning.move(batch, (RegisterImport.State.CHECKED,), RegisterImport.State.APPLYING, only_good=True)
    with _told("checking again"):
        again = beginning.bring("enterprises", "登记.xlsx", data, user)
    _say(again)
    _measure_people(count, user)
    with _told("undoing"):
        beginning.move(batch, (RegisterImport.State.APPLIED,), RegisterImport.State.LOOKING)
        beginning.move(batch, (RegisterImport.State.LOOKED,), RegisterImport.State.UNDOING)
    print(f"left: {Enterprise.objects.count()}")
    with _told("bulk_create alone"):
        Enterprise.objects.bulk_create(_bare(count), batch_size=500)


def _measure_people(count: int, user: Any) -> None:
    """Somebody in each enterprise."""
    from academy.organisations.imports import beginning
    from academy.organisations.models import Membership, RegisterImport

    state = RegisterImport.State
    with _told("checking people"):
        batch = beginning.bring("people", "名单.xlsx", _packed(_roster(count)), user)
    with _told("importing people"):
        beginning.move(batch, (state.CHECKED,), state.APPLYING, only_good=True)
    print(f"    {Membership.objects.count()} places of work")
    with _told("undoing people"):
        beginning.move(batch, (state.APPLIED,), state.LOOKING)
        beginning.move(batch, (state.LOOKED,), state.UNDOING)


def _places() -> None:
    from academy.organisations.models import BusinessType, District, Post

    Post.objects.get_or_create(name="厨师")

    city, _made = District.objects.get_or_create(name="云汀市", parent=None)
    for n in range(9):
        District.objects.get_or_create(name=f"第{n}区", parent=city)
    BusinessType.objects.get_or_create(name="小餐饮")


def _sheet(count: int) -> bytes:
    heads = "企业名称 统一社会信用代码 辖区 业态 风险等级 地址 负责人 负责人电话 许可证有效期"
    return _packed([heads.split(), *_rows(count)])


def _roster(count: int) -> Iterator[list[str]]:
    yield ["统一社会信用代码", "手机号", "姓名", "岗位", "起始日期"]
    for n, row in enumerate(_rows(count)):
        yield [row[1], f"139{n:08d}", f"人{n}", "厨师", "2025-03-01"]


def _packed(rows: Iterable[list[str]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page: Any = book.create_sheet()
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _rows(count: int) -> Iterator[list[str]]:
    """Every so many rows one that is wrong, each in another way."""
    from academy.organisations.credit_codes import check_character

    every = count // BAD
    for n in range(count):
        body = f"91110101MA{n:07d}"
        code, place, day, name = body + check_character(body), f"第{n % 9}区", "2029-03-01", f"示例饭店{n}"
        if n % every == every - 1:
            kind = n // every % 5
            code = [body + "?", code, code, f"91110101MA{0:07d}{check_character('91110101MA0000000')}", code][
                kind
            ]
            place, day, name = [
                (place, day, name),
                ("第十区", day, name),
                (place, "不详", name),
                (place, day, name),
                (place, day, "=1+1"),
            ][kind]
        yield [name, code, place, "小餐饮", "B", f"东街{n}号", f"负责人{n}", f"139{n:08d}", day]


def _bare(count: int) -> list[Any]:
    from academy.organisations.models import BusinessType, District, Enterprise

    place, kind = District.objects.exclude(parent=None)[0], BusinessType.objects.all()[0]
    return [
        Enterprise(name=f"店{n}", licence=f"L{n}", district=place, business_type=kind) for n in range(count)
    ]


def _say(batch: Any) -> None:
    batch.refresh_from_db()
    print(f"    {batch.state}: {dict(Counter(batch.rows.values_list('state', flat=True)))} {batch.error}")


@contextmanager
def _told(name: str) -> Iterator[None]:
    from django.db import connection

    count = [0]

    def counted(execute: Callable[..., Any], *args: Any) -> Any:
        count[0] += 1
        return execute(*args)

    start, busy = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(counted):
        yield
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    busy = time.process_time() - busy
    passed = f"{time.perf_counter() - start:7.1f} s, {busy:6.1f} s of a processor"
    print(f"{name:20} {passed} {count[0]:7,} queries {memory:7.0f} MB at most", flush=True)


if __name__ == "__main__":
    main()
