"""What stands on a certificate. The paper is Chinese whatever language its reader has chosen."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from academy.records.models import Certificate

TITLE, SUBTITLE, SCAN, SEAL = "合格证书", "食品安全培训", "扫码验真伪", ("发证单位", "电子印章")
ENDLESS, REVOKED = "长期有效", "已撤销"


@dataclass(frozen=True)
class Paper:
    name: str
    sentence: str
    facts: list[tuple[str, str]]
    issuer: str
    issued: str
    code: str
    url: str
    is_revoked: bool

    title, subtitle, scan, seal, salutation, revoked = TITLE, SUBTITLE, SCAN, SEAL, "同志：", REVOKED


def paper(certificate: Certificate, with_score: bool = True) -> Paper:
    work = certificate.completion
    facts = [
        ("编号", certificate.number),
        ("单位", work.enterprise_name),
        ("岗位", work.post_name),
        ("有效期", f"自{chinese(certificate.starts_on)}起"),
        ("有效期至", chinese(certificate.expires_on) if certificate.expires_on else ENDLESS),
    ]
    begins_later = certificate.starts_on > certificate.issued_on
    return Paper(
        name=certificate.person_name,
        sentence=_sentence(certificate, with_score),
        facts=[(label, words) for label, words in facts if words and (label != "有效期" or begins_later)],
        issuer=certificate.issuer,
        issued=chinese(certificate.issued_on),
        code=certificate.code_in_groups,
        url=certificate.verify_url,
        is_revoked=certificate.is_revoked,
    )


def chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _sentence(certificate: Certificate, with_score: bool) -> str:
    hours = (
        f"{certificate.hours:f}".rstrip("0").rstrip(".")
        if certificate.hours % 1
        else _whole(certificate.hours)
    )
    is_told = with_score and certificate.score is not None
    score = f"考试{certificate.score}分，" if is_told else ""
    course = f"“{certificate.course_title}”（第{certificate.edition}版）"
    return f"参加{course}学习，计{hours}学时，{score}成绩合格，特发此证。"


def _whole(hours: Decimal) -> str:
    return str(int(hours))
