"""Whether somebody may be ill now. Erring towards yes costs a card; erring towards no may cost a life."""

import re

_SYMPTOMS = re.compile(
    r"吐|呕|拉肚子|拉稀|窜稀|跑肚|闹肚子|腹泻|腹痛|肚子[疼痛]|中毒|吃坏|发烧|发热|昏|晕|抽搐|发青|发紫|喘不|送医|住院|救护|急救|不省人事|过敏|噎"
    r"|\b(vomit|throw(ing|s)? up|diarrh|poison|sick|ill\b|faint|unconscious|allerg|chok)",
    re.IGNORECASE,
)
# who is ill, or that it has happened
_HAPPENED = re.compile(
    r"客人|顾客|食客|学生|孩子|小孩|娃|老人|同事|员工|大家|[好几两三四五六七八九十多\d]+个?人|有人|吃了|吃完|吃过|喝了|刚才|刚刚|现在|今天|昨天|一直|不停|送医|住院"
    r"|\b(guests?|customers?|kids?|children|people|students?|somebody|someone|after)\b",
    re.IGNORECASE,
)
# what is asked by somebody who reads up, or about the health of those who work
_READING_UP = re.compile(
    r"什么[是叫]|怎么(?:预防|防)|如何预防|预防|为什么|为啥|处罚|罚款|罚多少|怎么罚|培训|健康证|晨检|上班|上岗|请假|面包|吐司|消毒|呕吐物|法律|法规|规定"
    r"|\b(prevent|penalt|fine[sd]?|toast)",
    re.IGNORECASE,
)


def is_emergency(question: str) -> bool:
    """Symptoms, unless the question only reads up on them and nobody is said to be ill."""
    if not _SYMPTOMS.search(question):
        return False
    return bool(_HAPPENED.search(question)) or not _READING_UP.search(question)
