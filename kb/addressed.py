"""Text that speaks to an answering machine instead of to a reader.

Wordings, not meanings: a rule for people must never be taken for one, so each wording names what only a machine
has (a prompt, an answer to give out, a role to play) or what only its orders say.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import groupby

from kb.text import clean

# passages that are remembered: each question brings much the same ones
REMEMBERED = 4096

# Beyond these, characters may be disguised: full-width and mathematical letters, hidden ones. To fold every text
# would cost more than to read it.
_DISGUISED = re.compile(
    "[^\t\n\r -~\xa0-\xac\xae-\xff\u0391-\u03c9\u2010-\u2027\u2030-\u205e\u2100-\u2138\u2150-\u24b5\u2500-\u2bff"
    "\u3000-\u30ff\u3220-\u33ff\u3400-\u9fff\uff01-\uff20\uff3b-\uff40\uff5b-\uff5e\uffe0-\uffe6]"
)
# letters that stand alone one by one: 「i g n o r e」
_SPELLED = re.compile(r"[a-z](?<![a-z][a-z])(?:[\W_]+[a-z](?![a-z])){5,}")
_GAPS = re.compile(r"[*_~`·•+/\\.\-]")
# what the wordings below hold of characters that are also written otherwise
_PAIRS = (
    "無視統請戶從現內則個們這說話語複給號碼應會過將後樣為規據題員動讓記對設輸問開發啟結須務約審詞別聽變沒調試維護創顯譯訴讀閱處總檢標點鏈掃機擬虛當執繞拋裝換僅終遠轉匯賬錯於並裡裏復許權",
    "无视统请户从现内则个们这说话语复给号码应会过将后样为规据题员动让记对设输问开发启结须务约审词别听变没调试维护创显译诉读阅处总检标点链扫机拟虚当执绕抛装换仅终远转汇账错于并里里复许权",
)
_TRADITIONAL, _SIMPLIFIED = re.compile(f"[{_PAIRS[0]}]"), str.maketrans(*_PAIRS)


def _each(words: str, rest: str = "") -> list[str]:
    """One pattern a word, so that all begin with letters: such a choice is searched ten times as fast. `@` is the word."""
    return [word + rest.replace("@", word) for word in words.split()]


def _english(words: str, rest: str = "") -> list[str]:
    """The same with `_` between words and anything between them that is no end of a sentence."""
    return [pattern.replace("_", r"[\s*~,'\"_\-]*") for pattern in _each(words, rest)]


_MACHINE = (
    "(?:(?<![a-z])ai(?![a-z])(?:助手|助理|模型|机器人)?|人工智能(?:助手|模型)?|大?语言模型|大模型|聊天机器人|问答机器人"
    "|(?:智能|问答|聊天|虚拟)助[手理]|问答系统|回答机器人?|应答机|chatgpt|gpt(?:-?\\d)?|llm)"
)
_FREE = "(?:不受|没有|不再受|无)(?:任何|一切|其他)?[^。！？!?]{0,6}(?:限制|约束|审查)"
_BEFORE = (
    "(?:你|您|的|了|掉|之前|以前|此前|先前|前面|上面|以上|上述|上文|前述|原来|原有|原先|所有|全部|一切|任何|系统|开发者"
    "|收到|给|被|其他|这些|那些|安全|预设|既定|内置|已有)"
)
_NOT_FORBIDDEN = (
    "(?<![勿别莫未若]@)(?<!不[得能应可要容许该]@)(?<!禁止@)(?<!严禁@)(?<!如果@)(?<!往往@)(?<!容易@)"
)
_NO_CONSEQUENCE = "(?![,，]?(?:可能|会|将会|将导致|就会|容易|易|导致|造成|引起|者|的(?:人|行为|后果)))"
_SAY = "(?:回答|回复|输出|答复)"
_QUOTE = "[:：“\"「『']"
_THEN_SAY = f"(?:[,，。;；:：!！、]|并|且|然后|直接|而是|改为|请|只|现在|接下来|转而|你|要|必须){{0,5}}(?:{_SAY}|[说答]{_QUOTE}|告诉(?:提问者?|提问的人|用户|我)|扮演|听我的)"

_CHINESE = [
    # forget what you were told
    *_each(
        "忽略 忽视 无视 忘记 忘掉 忘了 抛开 抛弃 绕过",
        f"{_NOT_FORBIDDEN}{_BEFORE}{{1,8}}(?:(?:指令|指示|提示词|命令|设定|人设|对话|prompt){_NO_CONSEQUENCE}"
        f"|(?:要求|规定|规则|内容|说明|限制|文字|资料|材料|段落|文档|文件|信息|约束|提示|原则|话|东西)?{_THEN_SAY})",
    ),
    *_each(
        "不要理会 不用理会 不必理会 别理会 不要管 不用管 别管 不要遵守 不必遵守 不再遵守 停止遵守 不要听从 勿遵守 不要遵循 不必遵循 不再遵循 停止遵循",
        f"{_BEFORE}{{1,8}}(?:(?:指令|指示|提示词|命令|设定)|(?:要求|规定|规则|内容|限制|资料|材料|文字)?{_THEN_SAY})",
    ),
    *_each("文档 资料 材料 正文 段落", "(?:到此)?结束.{0,8}(?:系统|新的?)(?:指令|提示|消息|任务|对话)"),
    *_each("新指令 新的指令 系统指令 新的系统指令 新提示词 新的提示词", "(?:[:：]|如下)"),
    *_each("以下是 以下为 下面是", "(?:给你的)?(?:系统|开发者)的?(?:指令|提示|提示词|命令)"),
    # be another
    f"你(?:现在|已经|将|不再|不)?(?:就|只)?(?:是|扮演|充当|变成|成为|叫|作为)[^。！？!?，,]{{0,8}}(?:{_MACHINE}|{_FREE})",
    f"你的(?:新|真正|唯一|最高|首要|下一个)的?(?:指令|身份|角色|设定|人设|名字|任务(?=[^。！？]{{0,14}}{_SAY}))(?:[是为:：])",
    f"从现在(?:起|开始)[^。！？]{{0,10}}(?:你(?:叫|不再是|将?扮演|不受|没有限制)|你?(?:必须|只能|要|都|只|一律)*{_SAY}(?:任何|所有|每|用户|一切|都|时|只|一律|[:：“]))",
    f"扮演[^。！？]{{0,8}}(?:{_MACHINE}|{_FREE})",
    *_each("假装你 假设你 想象你", f"(?:是|没有|不受|不再)?[^。！？]{{0,8}}(?:{_MACHINE}|{_FREE})"),
    *_each("进入 切换到 切换为 开启 启用 激活", "(?:了)?(?:越狱|无限制|不受限|上帝|dan|无审查)模式"),
    "你(?:现在)?(?:已经?|正)?(?:处于|进入|切换到|在)了?(?:开发者|管理员|调试|维护)模式",
    "我是你的(?:开发者|创造者|创建者|主人|管理员)",
    # whoever is a machine
    *_each("如果你是 若你是 假如你是 只要你是 你若是 既然你是", f"(?:一[个名款])?{_MACHINE}"),
    *_each(
        "ai 人工智能 语言模型 大模型 聊天机器人 问答机器人 智能助手 问答助手 问答系统 智能助理",
        "(?<![a-z]@)(?:助手|助理|模型|机器人|系统|阅读者|读者)?们?[:：,，]?(?:请(?!求|教|输入|稍|点|登|问)|务必|你(?:必须|要|应|只|现在))",
    ),
    *_each(
        "给 致 亲爱的 告诉 提醒 通知 请 所有 任何 凡是 各位",
        "(?:所有|任何|各位|正在|阅读|处理|读到|看到|检索|引用|总结|本文|此文|这段话?|本段|文档|文件|内容|的|到|一个|每个|各|这份|本)"
        f"{{0,8}}{_MACHINE}们?(?:的(?:指令|提示|留言|备注)|[:：]|[,，](?:你|请|务必)|请|注意|看到|读到)",
    ),
    *_each(
        "阅读本 阅读此 阅读这 读到本 读到此 读到这 看到本 看到此 看到这 处理本 处理此 处理这 引用本 引用此 引用这",
        f"[^。！？]{{0,6}}{_MACHINE}",
    ),
    *_each("注意 你好", f"[,，:：!！]?(?:{_MACHINE}|机器人|模型|助手)[:：,，]"),
    *_each("仅供 只供 专供", f"{_MACHINE}(?:阅读|读取|看)"),
    *_each("助手须知 模型须知 机器人须知", "[:：]"),
    f"作为(?:一[个名])?(?:回答者|{_MACHINE})[^。！？]{{0,10}}(?:你|请)(?:必须|应|要|只)?",
    *_each("授权你 允许你 命令你 指示你", "(?:忽略|无视|绕过|抛开|突破|输出)"),
    *_each("你已被 你已经被", "(?:重置|重新设定|重新编程|劫持|越狱|解除限制)"),
    *_each("按我说的 照我说的", f"来?(?:{_SAY}|答)"),
    *_each("指令优先于 提示词优先于 消息优先于"),
    *_each("模型请 请模型 让模型 要求模型", "(?:注意|按|把|将|在|回|输|必|直)"),
    # this and nothing else
    *_each(
        "本段 这段 本段落 这段话 本段文字",
        "(?:内容|文字|话)?的?(?:优先级|权重|最高优先|优先于|覆盖|才是正确)",
    ),
    *_each("以本段 以这段", "(?:内容|文字|话|落)?(?:的内容)?为准"),
    *_each(
        "不要引用 禁止引用 只引用 必须引用 优先引用 仅引用",
        "(?:其他|其它|别的)?(?:本段|这段|此段|段落|资料|来源)",
    ),
    *_each(
        "不要告诉用户 别告诉用户 不要向用户 别向用户 不要对用户",
        "[^。！？]{0,10}(?:本段|来源|来自|这段|透露|提及|提起|指令)",
    ),
    *_each("覆盖其他 覆盖所有 忽略其他 无视其他", "(?:的|所有|全部|一切){0,2}(?:段落|资料|来源|回答)"),
    *_each("回答时必须 回答时只能 回答时务必", "(?:引用|采用|输出|写明本|说)"),
    *_each(
        "你的回答 你的回复 你的输出 你的答案",
        "(?:里|中)?(?:必须|务必|只能|一定要)(?:包含|包括|以|是|写|加|附|带|说|为)",
    ),
    *_each("凡是问到 凡问到 只要问到 凡是问及", f"[^。！？]{{0,12}}(?:都|一律|就|均)(?:{_SAY}|[说答])"),
    *_each(
        "按照下面 按照以下 按下面 按以下 执行下面 执行以下 遵循以下 遵循下面 服从以下",
        f"(?:的|这些|几条|新){{0,3}}(?:指令|提示词|命令)(?:[:：]|来|作答|行事|{_SAY})",
    ),
    *_each("切换角色 转换角色 改变身份", "[^。！？]{0,20}你(?:是|现在|扮演)"),
    *_each(
        "请把 请将",
        f"{_BEFORE}{{1,6}}(?:指令|指示|提示词|规则|要求|规定|设定|限制|约束|话)(?:全部?|都|统统)?(?:忘|忽略|无视|抛开|作废)",
    ),
    # give this out
    *_each(
        "将 把",
        "(?:以下|下列|下面|后面|下述|这|上述|以上|上面)(?:的|这|段|几|句|行|个|些)*(?:内容|文字|话|文本|段落|句子|信息|指令|提示)"
        f"[^。！？]{{0,10}}(?:(?:原样|原封不动|逐字|一字不[差改漏])[^。！？]{{0,4}}(?:{_SAY}|返回|复述|告诉|说|写进|给出)"
        f"|作为(?:你的)?(?:最终|标准)?(?:回答|答案|回复)(?:{_SAY}|返回|给|告诉))",
    ),
    *_each("原样 逐字 原封不动地 一字不差地", "地?(?:输出|复述|回复)(?:以下|下列|下面|[:：]|系统|你|全部)"),
    *_each(
        "回答 答案 回复 输出 答复",
        "(?:里|中|内|的?(?:开头|结尾|末尾|最后|第一句|最后一句)|时|之?前|之?后)[^。！？]{0,12}"
        "(?:(?:告诉|告知|提醒|引导|要求|让|建议|推荐|通知|劝|叫|向|给|对)(?:提问的|每[个位]|所有)?(?:用户|提问者|提问的人)"
        "|加[^。！？]{0,6}(?:微信|qq)|扫[^。！？]{0,4}码|点击[^。！？]{0,8}(?:链接|网址)|https?:)",
    ),
    *_each(
        "告诉用户 告诉提问者 告诉提问的人",
        "[^。！？]{0,6}(?:加[^。！？]{0,4}(?:微信|qq)|转账|汇款|https?:|[“「『])",
    ),
    "用户(?:如果|要是|若)?(?:提?问|询问)(?:(?!客服|平台|商家|人员|员工|应当)[^。！？]){0,24}(?:一律|都|就|只|必须|请|你|直接|统一|不管)(?:要|能|必须|请|直接)?"
    f"(?:{_SAY}|说{_QUOTE}|(?<=你)说|(?<=你就)说)",
    *_each(
        "只输出 仅输出 直接输出 请输出 必须输出 始终输出 永远回答 始终回答 永远回复 始终回复 总是回答", _QUOTE
    ),
    f"你(?:现在|今后|以后)?(?:必须|只能|只需|务必)(?:直接|统一|一律|只)?{_SAY}{_QUOTE}",
    # show what you were told
    *_each(
        "重复 复述 输出 显示 打印 泄露 透露 展示 公布 翻译 说出 告诉我 给我看 贴出 列出 写出 修改 更新",
        "[^。！？]{0,6}(?:你的(?:系统|初始|原始|隐藏|全部|所有|完整)?的?(?:提示词?|指令|设定|prompt)"
        "|系统(?:提示词|prompt)|初始(?:提示|指令)|开发者(?:指令|消息|提示))",
    ),
    *_each("把你的 将你的", "(?:系统|初始|全部|完整|隐藏){0,2}(?:提示词|指令|设定|prompt)"),
    *_each("base64 rot13", "[^。！？]{0,30}(?:解码|执行|照做)"),
    *_each("解码以下 解码下面 解码这段", "[^。！？]{0,20}(?:执行|照做|遵照|服从|回答)"),
]

_AI = "(?:ai|a\\.i\\.|llm|gpt|chatgpt|chatbot|(?:large_)?language_model|ai_(?:assistant|model|system|agent))s?\\b"
_PRIOR = "(?:previous|prior|above|earlier|preceding|foregoing|existing|system|original|initial|your)"
_TOLD = "(?:instruction|prompt|direction|directive|command|guideline|rule|guardrail|message|restriction|conversation|context|training|programming|guidance)s?"
_UNBOUND = "(?:unrestricted|unfiltered|uncensored|jailbroken|jailbreak|dan\\b|(?:no|without)_(?:any_)?(?:restrictions|rules|limits|filters|guidelines)|no_longer_bound|free_(?:from|of)_all)"
_ANSWER = "(?:answer|reply|respond|say|output|state)"

_ENGLISH = [
    # forget what you were told
    *_english(
        "ignore disregard forget override bypass discard",
        "(?<!not @)(?<!n't @)(?<!n’t @)(?<!never @)(?<!if you @)(?<!who @)"
        f"_(?:(?:all|any|the|of|every|each|my|these|those|safety|other|and|or)_)*(?:(?:{_PRIOR}_)(?:(?:{_PRIOR}|and|or|system|safety|the)_)*{_TOLD}"
        "|(?:(?:instructions|prompts?|rules|guidelines|directions|everything|context|text|anything)_)(?:that_)?(?:above|before|you_(?:were|have|ve|are|been)|given_(?:to_you|above)))",
    ),
    *_english(
        "stop do_not don't", f"_(?:following|follow|obey|obeying)_(?:(?:any|all|the)_)*{_PRIOR}_{_TOLD}"
    ),
    *_english("new updated real actual", "_(?:system_)?(?:instructions?|prompt)\\s*:"),
    *_english(
        "end",
        "_of_(?:the_)?(?:document|context|passages?|system_prompt|instructions)\\b.{0,20}(?:system|new|user|assistant)",
    ),
    # be another
    *_english(
        "you_are_now you're_now from_now_on_you_are you_will_now_be",
        f"_(?:an?_|the_|my_|called_|named_|in_|acting_as_)?(?:[^.!?\n]{{0,40}}?(?:{_AI}|{_UNBOUND}|assistant\\b(?!_(?:chef|cook|manager))|pirate|hacker|(?:developer|god|debug|admin)_mode)"
        f"|[^.!?\n]{{0,60}}\\b{_ANSWER}_(?:with|only|every|all|that|:))",
    ),
    *_english(
        "from_now_on from_this_point_on from_this_point_forward henceforth",
        f"_(?:you_)?(?:must_|will_|should_|always_|only_)*{_ANSWER}\\b",
    ),
    *_english("pretend act_as roleplay role-play simulate imagine", f"[^.!?\n]{{0,30}}(?:{_AI}|{_UNBOUND})"),
    *_english("enter activate enable switch_to", "_(?:the_)?(?:dan|jailbreak|unrestricted|god)_mode"),
    # whoever is a machine
    *_english(
        "if_you_are if_you're as",
        f"_(?:an?_|the_)?{_AI}_[^.!?\n]{{0,40}}(?:you_(?:must|should|will|have)|{_ANSWER}|please|ignore)",
    ),
    *_english(
        "attention note message instructions instruction notice dear hey hello important memo",
        f"_(?:(?:to|for)_|[:,]_)?(?:(?:all|any|the|every)_)*{_AI}",
    ),
    *_english("the any every all", f"_{_AI}_(?:reading|processing|that_reads|must|should|shall|has_to)_"),
    # give this out
    *_english("respond reply", "_(?:only_with|with_only|with_exactly|exactly_with|only)\\b"),
    *_english(
        "your",
        "_(?:answer|reply|response|output)_(?:to_(?:the_)?users?_)?(?:must|should|shall)_(?:only|always|begin|start|end|say)",
    ),
    *_english(
        "when_the_user when_a_user if_the_user if_a_user whenever_the_user when_users if_users",
        f"_asks?\\b[^.!?\n]{{0,60}}\\b{_ANSWER}\\b",
    ),
    *_english(
        "tell_the_user tell_users",
        "_(?:to_(?:visit|add|call|click|send|pay|open)|that_(?:it|the_meat|they)|the_following|:)",
    ),
    *_english(
        "repeat output print say",
        "_the_(?:following|above|text_below)_(?:text_|words_)?(?:verbatim|exactly|word_for_word)",
    ),
    *_english("and instead then", "_(?:only_|just_)?(?:say|output)_[\"“'‘]?(?:hacked|pwned|yes_to)"),
    *_english(
        "you_must you_will you_should you_shall you_have_to",
        "_(?:always_|only_|now_|simply_)*(?:respond|reply|answer|output|say)_(?:only_)?(?:with|that|:|yes|\\d)",
    ),
    *_english("the_model the_bot", f"_(?:must|should|shall|will)_(?:always_|only_|now_)*{_ANSWER}\\b"),
    *_english(
        "when_answering when_responding when_replying in_your_answer in_your_reply in_your_response",
        "(?!_(?:the_)?(?:phone|telephone|call|guest|customer|question))[^.!?\n]{0,20}\\b(?:must|always|only|never|cite|do_not)\\b",
    ),
    *_english(
        "what_is what's what_are", "_your_(?:system|initial|hidden|original)_(?:prompt|instructions|message)"
    ),
    *_english(
        "ignore disregard forget",
        f"_(?:all_)?(?:of_)?(?:the_|what_is_)?(?:above|previous|preceding)_(?:text_|content_)?(?:and_|then_)+(?:{_ANSWER}|write|tell|act)\\b",
    ),
    *_english(
        "you_are_no_longer you're_no_longer", f"_[^.!?\n]{{0,30}}(?:{_AI}|assistant\\b|bound_by|restricted)"
    ),
    # this and nothing else
    *_english("trust prefer prioritize prioritise", "_this_(?:passage|document|source|text)_(?:over|above)"),
    *_english("cite quote", "_(?:only_this|this_(?:document|passage|source|text)_only)"),
    *_english(
        "do_not don't never",
        "_(?:mention|cite|quote|use|reveal|reference)_(?:(?:any|the|this|these|your)_)*(?:other_(?:passage|source|document)s?|(?:system_)?prompt)",
    ),
    *_english(
        "disregard ignore",
        "_(?:what|everything|anything)_(?:that_)?(?:the_)?(?:handbook|manual|rules?|law|other_passages?)_says?",
    ),
    *_english("system admin", "_override\\s*:"),
    # show what you were told
    *_english(
        "reveal repeat print show output leak display disclose translate summarize summarise tell_me give_me",
        "_(?:me_)?(?:(?:your|the|all|full|entire|of)_)*(?:your_(?:(?:system|initial|hidden|original|full)_)*(?:prompt|instructions)|(?:system|hidden|initial)_prompt(?!s))",
    ),
    *_english("translate", "[^.!?\n]{0,50}\\b(?:execute|obey|follow)_(?:it|them|this)\\b"),
    *_english("decode decrypt", "[^.!?\n]{0,40}(?:base_64|follow|execute|obey)"),
]

# Marks of a conversation with a machine, and who speaks in it at the beginning of a line or a sentence. What a program
# tells who works with it is no such voice: 「系统提示：保存成功」.
_PROGRAM = "请输入|保存|提交|成功|失败|错误|密码|登[录陆]|操作|网络|上传|下载|确认|是否|账号|数据|未|验证|审核|不存在|重复|已|超时|更新"
_ORDER = r"(?:you\b|ignore|disregard|new\b|override|from now|answer|always|never|do not|respond|reply|say\b)"
_VOICE = (
    r"[\n。！？!?;；.：\"“”「」<\[{#|](?=[\s#>*\-\[<(“\"|/]{0,9}+[adeirs系智问助])(?:"
    r"\|(?:im_start|im_end|im_sep|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id)\|?>?"
    r"|/?(?:inst|/inst|/?s?sys)\s*[\]>]{1,2}|<sys>>"
    r"|/?(?:system|assistant|system_prompt|tool_call|function_calls?)\s*[\]>]|/?instructions?\s*>"
    r"|[\s#>*\-\[<(“\"|]*(?:"
    rf"assistant(?:[\]>*\s]*[:：]|\s*[,，]\s*(?:please )?{_ORDER})|(?:system|developer)(?: ?(?:prompt|message|instructions?))?[\]>*\s]*[:：]\s*{_ORDER}"
    r"|#{1,6}\s*(?:system prompt|instruction|response|系统指令|系统提示|指令)s?\s*[:：\n]"
    rf"|系 ?统 ?(?:提 ?示 ?词?|指令|命令)[\]】*\s]*[:：](?!.{{0,14}}(?:{_PROGRAM}))"
    r"|系 ?统 ?(?:提 ?示 ?词?|消息|指令|命令|通知)?[\]】*\s]*[:：]\s*(?:你(?:是|现在|必须)|忽略|从现在|无视|回答时)"
    r"|(?:ai|智能|问答)?助手[\]】*\s]*[:：]\s*(?:好的|当然|明白|没问题)"
    r"|role\"?\s*:\s*\"?(?:system|assistant)))"
)


def _one_of(patterns: list[str]) -> re.Pattern[str]:
    """Any of them; those that begin with the same letter are tried together."""
    together = groupby(sorted(patterns), key=lambda pattern: pattern[0])
    return re.compile(
        "|".join(f"{first}(?:{'|'.join(each[1:] for each in group)})" for first, group in together)
    )


_IN_CHINESE, _IN_ENGLISH, _SPEAKS = _one_of(_CHINESE), _one_of(_ENGLISH), re.compile(_VOICE)


@lru_cache(REMEMBERED)
def addresses_machine(text: str) -> bool:
    """Whether a text, of whatever length, gives orders to whoever answers from it."""
    plain = _undisguised(text.lower())
    return bool(
        _IN_CHINESE.search(_GAPS.sub("", "".join(plain.split())))
        or _IN_ENGLISH.search(plain)
        or _SPEAKS.search(f"\n{plain}")
    )


def _undisguised(text: str) -> str:
    if _DISGUISED.search(text):
        text = unicodedata.normalize("NFKC", clean(text)).lower()
    if _TRADITIONAL.search(text):
        text = text.translate(_SIMPLIFIED)
    return _SPELLED.sub(lambda spelled: re.sub(r"[\W_]", "", spelled.group()), text)
