"""Bytes as text, in whatever encoding they come: the one that makes the most ordinary Chinese of them."""

import codecs
import unicodedata

from ingest.load.errors import Unreadable
from kb.text import clean

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# the likelier first, for two may read a few words equally well
GUESSES = ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
# a text has hardly any controls; what decodes with many is no text
MOST_CONTROLS = 0.01
# and in a damaged one no more than this cannot be read at all
MOST_DAMAGE = 0.01
# so much of a text tells its encoding (characters)
SAMPLE = 20_000
# The commonest characters, simplified and traditional, and Chinese punctuation. GB18030 and Big5 read each
# other's bytes without an error, but as characters that hardly anybody writes.
COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部"
    "度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正"
    "心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题程展五果料象员位入常文总次品式活设及管特件长求老"
    "头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志"
    "世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节"
    "话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史"
    "感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细"
    "引听该铁价严龙飞這個國時來們對會發動過說產種後學經進著電裡現實體機當點從業應開還樣與關線內數麼質氣變條沒結問無係軍題黨員總設長頭資邊級圖統較"
    "將組見計別論運農幾區強決幹則據處隊給門規熱領東導壓爭濟階術極聯認權證採轉單風帶場車務萬達積議聲報鬥類離華確張馬節話況溫傳許廣記觀織裝眾書復兒"
    "須際驗連斷難礦週備辦習響約勞團歷構稱準號維劃選標寫親養層專狀廠識適屬圓調滿縣參紅細聽該鐵價嚴龍飛並製衛為食卫飲饮餐厨廚房店菜肉蛋奶鱼魚饭飯洗"
    "毒留冷藏冻凍熟煮鲜鮮腐病菌虫蟲鼠检檢监監督罚罰款培训訓考试試健康师師客冰箱柜櫃盒请請勿禁止洁潔贮貯储儲签籤添剂劑污染操环環境垃圾废廢弃棄录錄"
    "間湿濕您，。、；：？！“”‘’（）《》〈〉「」『』【】—…·　％－"
)


def decode(data: bytes) -> str:
    """Cleaned text from UTF-8, UTF-16 (with or without its mark), GB18030 or Big5. Raises Unreadable."""
    return clean(decode_as_it_is(data))


def decode_as_it_is(data: bytes) -> str:
    """With whatever cannot be seen in it."""
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return _read(data, encoding, "replace") or _refuse()
    if (text := _read(data, "utf-8")) is not None and (text.isascii() or _plausibility(text) > 0):
        return text
    read = [text for guess in GUESSES if (text := _read(data, guess)) is not None]
    if not read:
        read = [text for guess in GUESSES if (text := _read(data, guess, "replace")) is not None]
    return max(read, key=_plausibility) if read else _refuse()


def _refuse() -> str:
    raise Unreadable("无法识别文字编码。请用记事本另存为 UTF-8 编码的文本后再上传。")


def _read(data: bytes, encoding: str, errors: str = "strict") -> str | None:
    """The text, or nothing where it cannot be one."""
    try:
        text = data.decode(encoding, errors)
    except UnicodeDecodeError:
        return None
    controls = sum(text.count(chr(code)) for code in range(32) if chr(code) not in "\t\n\r\f")
    if controls > MOST_CONTROLS * len(text) or text.count("\ufffd") > MOST_DAMAGE * len(text):
        return None
    return text


def _plausibility(text: str) -> float:
    """How much of what is not ASCII is common, less what nobody writes: 1 for ordinary Chinese, 0 for hardly any."""
    signs = [character for character in text[:SAMPLE] if character > "\x7f"]
    common = sum(character in COMMON for character in signs)
    unknown = sum(unicodedata.category(character) in {"Co", "Cn", "Cs", "Cc"} for character in signs)
    return (common - unknown) / max(len(signs), 1)
