"""Whether somebody may be ill now, and what to do then. Erring towards yes costs a card; towards no it may cost a life."""

import re

from django.utils.translation import gettext_lazy as _

# words that nobody uses of food or kitchens
_SURE = re.compile(
    r"(?<!谈)吐(?!司|鲁|槽|沙|泥|奶|丝|籽|骨)|呕|拉肚|拉稀|拉水|拉血|便血|窜稀|跑肚|闹肚子|坏肚子|泻|腹痛|腹部绞痛|[肚胃]子?(?:里|都|很|一直)?[疼痛绞]|绞痛"
    r"|中毒|毒倒|吃坏|吃出(?:毛病|事)|放倒|昏|晕(?!血)|休克|抽搐|抽筋|痉挛|不省人事|没(?:了)?(?:意识|知觉)|病倒|倒下了|倒(?:在)?地(?!面)|[人客生].{0,4}都倒|都(?:在)?拉(?![黑面])"
    r"|[嘴唇脸指甲]{1,2}.{0,3}(?:[发变]?[青紫乌黑])|青紫|乌紫|发绀|喘不|呼吸困难|透不过气|上不来气|送医|送(?:到|去|进)?医院|住院|救护车|急救|抢救|打120|噎|误[食服喝]"
    r"|\b(?:vomit|throw(?:ing|s|n)? up|threw up|diarrh|poison|unconscious|faint|chok|collaps|seizure|convuls|hospital|ambulance)",
    re.IGNORECASE,
)
# words that need somebody who has eaten, or is ill
_MAYBE = re.compile(
    r"不舒服|不适|难受|恶心|不对劲|肚子|[嘴口舌唇手脚]头?(?:都|也|有点|发)?麻(?![辣婆油酱花])|头[疼痛]|胸闷|心慌|发烧|发热|烧到|浑身|皮疹|疹子|起疹|红疹|肿|过敏(?!原|源|史|信息|体质)"
    r"|乏力|看不清|看东西|出冷汗|有事|出事|病了"
    r"|\b(?:unwell|sick|ill|nause|stomach|cramps?|allerg|rash|fever|dizzy|swell)",
    re.IGNORECASE,
)
# who is ill
_SOMEBODY = re.compile(
    r"客人|顾客|食客|学生|孩子|小孩|小朋友|娃|老人|家长|[好几两三四五六七八九十多\d]+[个名位]?(?:客|学|孩|老|顾)?人|[好几两三四五六七八九十多\d]+个(?:同事|员工|工人)|有人|大家|全(?:班|桌)|一桌"
    r"|\b(?:guests?|customers?|diners?|kids?|children|child|people|students?|pupils?|somebody|someone|residents?)\b",
    re.IGNORECASE,
)
# that it has happened
_EATEN = re.compile(
    r"吃了|吃完|吃过|吃的是|喝了|喝完|喝过|误[食服喝]|饭后|刚才|刚刚|刚吃|现在|今天|昨天|昨晚|一直|不停"
    r"|\b(?:after|ate|eaten|eating|drank|drinking|now|just)\b",
    re.IGNORECASE,
)
# what is asked by somebody who reads up
_READING_UP = re.compile(
    r"什么[是叫]|是什么(?!.{0,4}办)|什么症状|啥症状|哪些症状|定义|算不算|怎么算|如何认定|几级|分级|潜伏期|怎么防|咋防|预防|避免"
    r"|处罚|罚款|罚多少|罚不罚|怎么罚|咋罚|培训|法律|法规|规定|哪一条|案例|面包|吐司|消毒|呕吐物"
    r"|\b(?:prevent|avoid|penalt|fine[sd]?|toast|what is|symptoms of)",
    re.IGNORECASE,
)
# that it might happen
_SUPPOSED = re.compile(
    r"为什么|为啥|要是|如果|万一|会不会|会.{0,6}[吗么嘛]|\b(?:why|could|would|can)\b", re.IGNORECASE
)
# or about the health of those who work
_AT_WORK = re.compile(
    r"(?:能|可以).{0,6}(?:上班|上岗|[切炒]|干活|上灶)|(?:上班|上岗|回来|来).{0,3}[吗么不]|请假|健康证|晨检|体检|(?:几天|多久).{0,4}(?:上班|上岗|回来)|接着干|回来干"
    r"|\b(?:can|may|should)\b.{0,30}\bwork\b",
    re.IGNORECASE,
)

# the card where editors have written no words of their own
TITLE = _("Somebody feels ill after eating? Help first")
STEPS = [
    {
        "lead": _("Help."),
        "detail": _("Very weak, vomiting badly, blue lips, or cannot see clearly: call 120 at once."),
    },
    {
        "lead": _("Stop."),
        "detail": _("Cook and sell no more of the suspected dish; take back what has been served."),
    },
    {
        "lead": _("Seal."),
        "detail": _(
            "Leftovers, ingredients, retained samples, pots: seal them as they are. Throw nothing away, wash nothing"
            " (Regulation for the Implementation of the Food Safety Law, article 56)."
        ),
    },
    {
        "lead": _("Report."),
        "detail": _(
            "Report to the county's market supervision and health departments at once, within 2 hours at the latest"
            " (the Food Safety Law, article 103, says “in time”; 2 hours is the strict reading). Hide nothing, put nothing"
            " off, destroy no evidence."
        ),
    },
]


def is_emergency(question: str) -> bool:
    """Somebody is said to be ill, or seems to be, and is not only read up on."""
    somebody = bool(_SOMEBODY.search(question))
    happened = somebody or bool(_EATEN.search(question))
    if _AT_WORK.search(question) and not somebody:
        return False
    is_supposed = bool(_SUPPOSED.search(question))
    is_read_up_on = is_supposed or bool(_READING_UP.search(question))
    if _SURE.search(question):
        return somebody or (happened and not is_supposed) or not is_read_up_on
    return happened and bool(_MAYBE.search(question)) and not is_read_up_on
