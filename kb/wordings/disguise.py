"""Text as it would be without disguise: letters of other kinds, hidden ones, spelled ones, the other Chinese script."""

import re
import unicodedata

from kb.text import clean

# Beyond these, characters may be disguised: full-width and mathematical letters, hidden ones, letters of other
# alphabets that look Latin. To fold every text would cost more than to read it.
_DISGUISED = re.compile(
    "[^\t\n\r -~\xa0-\xac\xae-\xff\u03b1-\u03b4\u03b8\u03bb\u03bc\u03c0\u03c3\u03c6\u03c9\u2010-\u2027\u2030-\u205e\u2100-\u2138"
    "\u2150-\u24b5\u2500-\u2bff\u3000-\u30ff\u3220-\u33ff\u3400-\u9fff\uff01-\uff20\uff3b-\uff40\uff5b-\uff5e\uffe0-\uffe6]"
)
# by the Latin letters that they look like
_LATIN = str.maketrans("авеӏіјкмнорсԛѕтуѵԝхһԁցեօɡıαβεικνορτυχγ", "abelijkmhopcqstuvwxhdgeogiabeikvoptuxy")
# digits within a word that begins like those of an order: 「1gn0re」
_DIGITS = re.compile("1gn|ign0|1sre|f0rg|0verr|pr0mp|1nstr|ev1ous|vi0u|av0i|rul3|syst3|answ3|r3pl")
_LETTERS = str.maketrans("01345$@", "oieassa")
# letters that stand alone one by one: 「i g n o r e」
_SPELLED = re.compile(r"[a-z](?<![a-z][a-z])(?:[\W_]+[a-z](?![a-z])){5,}")
# a word of an order cut by marks: 「忽(略)以(上)」「忽略〔以上〕〔所有〕」
_CUT = re.compile(
    "忽[^\u4e00-\u9fff]|忘[^\u4e00-\u9fff]{1,3}[记掉]|无[^\u4e00-\u9fff]{1,3}视|忽略[〔【（(\\[〈《{。.][以之所前上]"
)
_GAPS = re.compile(r"[*_~`·•+/\\.\-]")
# what the wordings hold of characters that are also written otherwise
_PAIRS = (
    "無視統請戶從現內則個們這說話語複給號碼應會過將後樣為規據題員動讓記對設輸問開發啟結須務約審詞別聽變沒調試維護創顯譯訴讀閱處總檢標點鏈掃機擬虛當執繞拋裝換僅終遠轉匯賬錯於並裡裏復許權"
    "業東丟嚴眾傳擊辦勸單參喚夠頭學實導師帶歸錄徑報攝舊時測溫愛獄蓋監練組紹經絡絕編網薦營訓議講訪證識診該誤課敗貼費賽車載辯邊達進連適選釋針鈕銀鍵長門陸隱頂預領頻飛飪驗親圖場塊壇庫廢棄納術欄櫃確簽捨著係"
    "強論詢諮寫採稱優級條頁節檔資負責軟還誰備關聯憑認數鐘兩顧專屬盡準煩謝詳爾範來餘體項",
    "无视统请户从现内则个们这说话语复给号码应会过将后样为规据题员动让记对设输问开发启结须务约审词别听变没调试维护创显译诉读阅处总检标点链扫机拟虚当执绕抛装换仅终远转汇账错于并里里复许权"
    "业东丢严众传击办劝单参唤够头学实导师带归录径报摄旧时测温爱狱盖监练组绍经络绝编网荐营训议讲访证识诊该误课败贴费赛车载辩边达进连适选释针钮银键长门陆隐顶预领频飞饪验亲图场块坛库废弃纳术栏柜确签舍着系"
    "强论询咨写采称优级条页节档资负责软还谁备关联凭认数钟两顾专属尽准烦谢详尔范来余体项",
)
_TRADITIONAL, _SIMPLIFIED = re.compile(f"[{_PAIRS[0]}]"), str.maketrans(*_PAIRS)


def undisguised(text: str) -> str:
    """The text in plain lower-case letters and simplified characters."""
    text = text.lower()
    if _DISGUISED.search(text):
        text = unicodedata.normalize("NFKC", clean(text)).lower().translate(_LATIN)
    if _TRADITIONAL.search(text):
        text = text.translate(_SIMPLIFIED)
    return _SPELLED.sub(lambda spelled: re.sub(r"[\W_]", "", spelled.group()), text)


def joined(plain: str) -> str:
    """Without the spaces and marks that may stand between any two characters."""
    return _GAPS.sub("", "".join(plain.split()))


def uncut(text: str) -> str:
    """Nothing but Chinese characters, where marks cut a word of an order in two; else nothing."""
    return re.sub("[^\u4e00-\u9fff]+", "", text) if _CUT.search(text) else ""


def spelled_with_letters(plain: str) -> str:
    """Letters for the digits that stand for them, where a word of an order is so written; else nothing."""
    return plain.translate(_LETTERS) if _DIGITS.search(plain) else ""
