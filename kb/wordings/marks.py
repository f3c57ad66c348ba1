"""Marks of a conversation with a machine, and who speaks in it.

All are searched in a text in lower case, a line end before it.
"""

import re

from kb.wordings.choice import each
from kb.wordings.terms import FIGURE

# What a program tells who works with it is no such voice: 「系统提示：保存成功」.
_PROGRAM = "请输入|保存|提交|成功|失败|错误|密码|登[录陆]|操作|网络|上传|下载|确认|是否|账号|数据|未|验证|审核|不存在|重复|已|超时|更新"
_ORDER = r"(?:you\b|ignore|disregard|new (?:instruction|rule|prompt|task|directive)|override|from now|answer|always|never|do not|respond|reply|say\b)"
# at the beginning of a line or a sentence
VOICE = re.compile(
    r"[\n。！？!?;；.：\"“”「」<\[{#|【](?=[\s#>*\-\[<(“\"|/]{0,9}+[adeirs系智问助管开模])(?:"
    r"\|(?:im_start|im_end|im_sep|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id)\|?>?"
    r"|/?(?:inst|/inst|/?s?sys)\s*[\]>]{1,2}|<sys>>"
    r"|/?(?:system|assistant|system_prompt|tool_call|function_calls?)\s*[\]>]|/?instructions?\s*>|instructions?\s*\]\s*(?:回答|答复|忽略|输出|answer|say|ignore|respond|output|reply)"
    r"|[\s#>*\-\[<(“\"|]*(?:"
    rf"assistant(?:[\]>*\s]*[:：]|\s*[,，]\s*(?:please )?{_ORDER}|\s*[,，]\s*(?:when|if) you\b)|(?:ai|bot|chatbot|llm)\s*[:：,，]\s*(?:please )?(?:answer|always|ignore|respond|reply|say\b|you (?:must|should))|(?:system|developer)(?: ?(?:prompt|message|instructions?))?[\]>*\s]*[:：]\s*{_ORDER}"
    r"|#{1,6}\s*(?:system prompt|instruction|response|系统指令|系统提示|指令)s?\s*[:：\n]|#{1,6}\s*(?:system|系统)\s*\n\s*(?:你|you\b)"
    rf"|系 ?统 ?(?:提 ?示 ?词?|指令|命令)[\]】*\s]*[:：](?!.{{0,14}}(?:{_PROGRAM}))"
    r"|系 ?统 ?(?:提 ?示 ?词?|消息|指令|命令|通知)?[\]】*\s]*[:：]\s*(?:你(?:是|现在|必须)|忽略|从现在|无视|回答时)"
    r"|系统(?:指令|提示词|命令)\s*[\]】](?!\s*(?:按钮|菜单|键|页|栏|选项))"
    r"|系统(?:提示|消息|通知)\s*[\]】][^\n。！？]{0,16}(?:回答|答复|忽略|输出|你必须|你现在)"
    r"|(?:管理员|开发者|ai|模型)(?:指令|命令)\s*[\]】:：]"
    r"|系统\s*[\]】]\s*(?:你|忽略|无视|从|回答|输出|必须)"
    r"|(?:ai|智能|问答)?助手[\]】*\s]*[:：]\s*(?:好的|当然|明白|没问题)"
    r"|role\"?\s*:\s*\"?(?:system|assistant)))"
)
# anywhere
MARKS = [
    *each(
        "<",
        "/?(?:thinking|prompt|instructions?\\b[^>]{0,40}|(?:ai|llm|bot|system|assistant)[_-](?:directive|instruction|prompt|command|note)s?)>",
    ),
    *each(
        "<!--",
        "[^>]{0,60}?(?:\\b(?:ai|llm|gpt|bot|chatbot|assistant)s?\\s*[:：,]|\\bignore\\b|\\b(?:answer|respond|reply)\\b[^>]{0,20}\\d"
        f"|(?:回答|答复|输出)[^>]{{0,12}}{FIGURE}|忽略|[:：]\\s*(?:回答|答复))",
    ),
    *each(
        '"',
        '(?:instructions?|directive|system(?:_?prompt)?|prompt|command)"\\s*:\\s*"[^"]{0,20}?(?:回答|答复|忽略|输出|answer|say\\b|ignore|you\\b|respond)',
    ),
    *each("#", "\\s*(?:助手|机器人|assistant)\\s*[:：]"),
    *each("@", "(?<![a-z\\d.]@)(?:bot|ai|gpt|assistant|小助手|机器人|智能客服)(?![a-z\\d.])"),
    *each(
        "[",
        "\\[?(?:ai|llm|chatbot|bot|gpt)\\]{1,2}\\s*[:：]?\\s*(?:回答|答|请|忽略|you|ignore|say|answer|output|reply)",
    ),
    *each("%", "system%"),
    *each("qa", "[-_ ]?bot\\b"),
    *each("system_", "(?:directive|override)\\b"),
]
