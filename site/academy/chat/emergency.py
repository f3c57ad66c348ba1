"""Whether somebody may be ill now. Erring towards yes costs a card; erring towards no may cost a life."""

import re

_SYMPTOMS = re.compile(
    r"吐|呕|拉肚子|拉稀|窜稀|跑肚|闹肚子|腹泻|腹痛|肚子[疼痛]|中毒|吃坏|发烧|发热|昏|晕|抽搐|发青|发紫|喘不|送医|住院|救护|急救"
    r"|\b(vomit|diarrh|poison|sick|ill|faint)",
    re.IGNORECASE,
)


def is_emergency(question: str) -> bool:
    return bool(_SYMPTOMS.search(question))
