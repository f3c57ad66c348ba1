"""What the style guide shows: words of our own, people and places made up."""

from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator

from academy.styleguide.questions import questions

ICONS = ("home", "learn", "ask", "me", "search", "close", "next", "back", "play", "warn", "file", "menu")
BOARD = "一块砧板，二十个病人"


class SampleForm(forms.Form):
    phone = forms.CharField(label="手机号", help_text="登记在食堂或店里的那个号码")
    post = forms.ChoiceField(label="岗位", choices=[("cook", "厨师"), ("cutter", "切配")], required=False)
    kind = forms.ChoiceField(
        label="怎么登录",
        choices=[("phone", "手机号"), ("mail", "邮箱")],
        widget=forms.RadioSelect,
        required=False,
    )
    note = forms.CharField(label="补充", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    remember = forms.BooleanField(label="下次不用再登录", required=False)

    def clean_phone(self) -> str:
        digits = str(self.cleaned_data["phone"]).replace(" ", "")
        if len(digits) != 11:
            raise forms.ValidationError(f"手机号要11位，现在是{len(digits)}位")
        return digits


class SampleFilters(forms.Form):
    period = forms.ChoiceField(label="时间", choices=[("", "今年1～11月"), ("m", "11月")], required=False)
    district = forms.ChoiceField(label="辖区", choices=[("", "全市"), ("e", "东关区")], required=False)
    trade = forms.ChoiceField(label="业态", choices=[("", "全部业态"), ("s", "学校食堂")], required=False)


def context() -> dict[str, Any]:
    return {**_reading(), **_lists(), **_learning(), **_asking(), **_staff(), "kinds": questions()}


def _reading() -> dict[str, Any]:
    return {
        "figures": [
            {"label": "烧熟、再加热", "before": "", "value": "70", "unit": "℃以上"},
            {"label": "热着卖", "before": "高于", "value": "60", "unit": "℃"},
            {"label": "冷藏目标", "before": "", "value": "5", "unit": "℃以下"},
            {"label": "5～60℃之间", "before": "", "value": "2", "unit": "小时以内"},
        ],
        "steps": [
            {"lead": "擦净、消毒探针。", "detail": "每换一锅菜都做一次。"},
            {"lead": "插到最厚处。", "detail": "不碰骨头，不碰锅底。"},
            {"lead": "等数字不再变，读数。", "detail": "不到70℃，接着烧，再量。"},
        ],
        "callouts": [
            {"kind": "forbidden", "title": "不要这样做", "lines": ["用手背、用嘴去试熟没熟", "没烧透先出锅"]},
            {"kind": "why", "title": "为什么热一热不一定保险", "text": "毒素耐热。菌煮死了，毒还在。"},
            {"kind": "superseded", "title": "以前的写法，不要再用", "text": "2011年版写的是“低于10℃”存放。"},
            {"kind": "explain", "title": "差一步：要量对地方", "text": "锅边的汤先热，肉的中心最后热。"},
            {"kind": "must", "title": "必须做到", "lines": ["先看证，再收货", "收货就记账"]},
            {"kind": "number", "title": "记住这个数", "text": "肉中心70℃以上，才算烧熟。"},
        ],
        "states": ["current", "stricter", "unverified", "superseded", "repealed", "teaching"],
        "quote": "需要熟制加工的食品应烧熟煮透，其加工时食品中心温度应不低于70℃。",
        "columns": ["情况", "怎么做", "记什么"],
        "rows": [
            ["2小时以内，还要再用", "分成小份，尽快冷却，放进冷藏", "品名、加工时间"],
            ["在5～60℃超过2小时", "不再用，扔掉。不加热，不试吃", "品名、数量、去向"],
        ],
        "chain": [
            {"title": "砧板上切了生海鲜", "text": "砧板沾上了副溶血性弧菌。", "state": "ok"},
            {"title": "断在这里：没换砧板", "text": "熟蹄髈改刀，用了同一块。", "state": "broken"},
            {"title": "婚宴上桌", "text": "带菌的熟菜，客人直接吃了。", "state": "ok"},
            {"title": "20人发病", "text": "真实事件，已隐去店名。", "state": "result"},
        ],
        "checks": ["生熟砧板分开放，颜色不一样", "切完生的，刀和砧板先洗再消毒", "熟食改刀只在专用台面"],
        "selfcheck": [
            {"question": "热着卖的菜，温度要多少？", "answer": "高于60℃", "why": "5～60℃之间细菌长得快。"},
            {"question": "锅边滚了，算烧熟吗？", "answer": "不算", "why": "要量肉的中心。"},
        ],
    }


def _lists() -> dict[str, Any]:
    titles = ["进货：看证、看货、记账", "存放：离墙离地", "生熟分开", "看温度，也看时间"]
    return {
        "crumbs": [{"title": "手册", "url": "#"}, {"title": "厨房操作卫生手册", "url": "#"}],
        "chapters": [
            {"title": title, "url": "#", "minutes": 4 + i % 3, "current": i == 3}
            for i, title in enumerate(titles)
        ],
        "board": BOARD,
        "page": Paginator(range(140), 10).page(2),
        "completed_on": date(2026, 11, 21),
        "icons": [
            "home",
            "learn",
            "ask",
            "me",
            "search",
            "close",
            "next",
            "back",
            "play",
            "warn",
            "file",
            "menu",
        ],
        "colours": ["blue", "red", "green", "amber", "old", "ink"],
    }


def _learning() -> dict[str, Any]:
    texts = ["看颜色变深、汤汁变稠", "插到锅边量，读数到70℃", "插到肉最厚的地方量，中心70℃以上", "夹一块尝尝"]
    options = [{"value": str(i), "text": text, "chosen": False, "state": ""} for i, text in enumerate(texts)]
    closed = [dict(option) for option in options]
    closed[1] |= {"chosen": True, "state": "wrong"}
    closed[2] |= {"state": "right"}
    pending = {10, 11, 12}
    return {
        "cells": ["done"] * 4 + ["now"] + ["todo"] * 2,
        "marked_cells": ["right", "wrong", "now", "todo", "todo"],
        "options": options,
        "chosen": [{**option, "chosen": i in (0, 2)} for i, option in enumerate(options)],
        "closed": closed,
        "sheet": [
            {
                "n": n,
                "url": "#",
                "state": "pending" if n in pending else ("answered" if n < 10 else "empty"),
                "flagged": n == 4,
                "current": n == 12,
            }
            for n in range(1, 21)
        ],
    }


def _asking() -> dict[str, Any]:
    return {
        "sources": [
            {
                "title": "食品安全法（2025修正）",
                "place": "第一百零三条",
                "state": "current",
                "quote": "发生食品安全事故的单位应当立即采取措施，防止事故扩大。",
                "mark": "立即采取措施，防止事故扩大",
            },
            {
                "title": "厨房操作卫生手册",
                "place": "第五章 四季豆",
                "state": "stricter",
                "quote": "先用开水烫煮10分钟以上再炒，颜色由鲜绿变暗绿，没有豆腥味。",
                "mark": "烫煮10分钟以上",
            },
        ],
    }


def _staff() -> dict[str, Any]:
    times = [820, 640, 1510, 1780, 2240, 2680, 3120, 3460, 2890, 2310, 1690]
    persons = [790, 610, 1390, 1560, 1840, 2050, 2210, 2290, 1960, 1640, 1180]
    wrong = SampleForm({"phone": "138 0000 000", "kind": "phone"})
    wrong.is_valid()
    return {
        "form": wrong,
        "filters": SampleFilters(),
        "months": [
            {"label": f"{i + 1}月", "solid": times[i], "outlined": persons[i], "partial": i == 10}
            for i in range(11)
        ],
        "districts": [
            {"name": name, "due": due, "persons": persons, "percent": percent}
            for name, due, persons, percent in [
                ("西渚县", "2,480", "1,302", 52.5),
                ("东关区", "3,120", "2,059", 66.0),
                ("文昌街道", "1,090", "928", 85.1),
            ]
        ],
        "table_columns": [
            {"label": "辖区", "url": "#", "sort": "ascending"},
            {"label": "参训人数", "numeric": True, "url": "#"},
            {"label": "参训人次", "numeric": True},
        ],
        "table_rows": [
            [{"text": "西渚县", "url": "#"}, {"text": "1,302"}, {"text": "2,011"}],
            [{"text": "东关区", "url": "#"}, {"text": "2,059"}, {"text": "3,155"}],
        ],
        "table_total": [{"text": "全市"}, {"text": "3,361"}, {"text": "5,166"}],
    }
