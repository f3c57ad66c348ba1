"""What the Chinese wordings share: who answers, how answering is called, and what only an order to answer carries.

All are searched in a text without spaces and in lower case.
"""

import re

SAY = "(?:回答|回[复覆]|输出|答[复覆])"
QUOTE = "[:：“\"「『']"
MACHINE = (
    "(?:(?<![a-z])ai(?![a-z])(?:助手|助理|客服|模型|机器人)?|人工智[能慧](?:助手|助理|客服|模型)?|大?语言模型|大模型|聊天机器人|问答机器人"
    "|(?:智能|智慧|问答|聊天|虚拟)助[手理]|问答系统|回答机器人?|应答机|chatgpt|gpt(?:-?\\d)?|llm)"
)
# who was free of rules
FREE = "(?:不受|没有|不再受|无)(?:任何|一切|其他)?[^。！？!?]{0,6}(?:限制|约束|审查)(?![^。！]{0,12}(?:怎|如何|什么))"
_NUMBER = "(?:\\d+|(?!一度|[半几]度)[一二三四五六七八九十百半两几]+)"
# how much of something: no deadline, no count
FIGURE = (
    f"(?:零下)?{_NUMBER}(?:多|余|来)?(?>℃|°c?|摄氏度|度|克|千克|公斤|斤|分钟?|小时|秒钟?|天|毫升|[cfg](?![a-z]))"
    "(?!之?[内前]|以内|[的后]|一次|哪|吗|是否|还是)"
)
CONTACT = "(?:微信号?[:：]?[a-z\\d]|https?:|www|1[3-9]\\d{9}|400\\d{7}|qq群?[:：]?\\d)"
# persons who are told what to say, or who ask them
PEOPLE = re.compile(
    "客服|服务员|门店|店[员长家]|厨师|老师|教师|讲师|经理|班[长组]|班主任|前台|收银|平台|商家|顾客|客人|消费者|家长|检查|执法|考官|记者|同事"
    "|面试|考[试生场]|同学|老板|领导|(?:员工|人员|学员)(?!来?(?:询?问|提问|咨询))"
)
