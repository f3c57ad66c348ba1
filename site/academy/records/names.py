"""A name for strangers: enough to recognise who shows the certificate, not enough to learn who it is."""

import re

HAN = r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
SURNAMES = re.compile(
    "欧阳|上官|司马|司徒|司空|诸葛|东方|东郭|西门|南宫|皇甫|尉迟|公孙|公冶|慕容|令狐|长孙|宇文|轩辕|夏侯|钟离|端木|独孤|闻人|赫连|"
    "澹台|濮阳|淳于|单于|太史|申屠|仲孙|百里|呼延|万俟|鲜于|闾丘|亓官|司寇|拓跋|第五|梁丘|左丘|谷梁|宰父|巫马"
)


def masked(name: str) -> str:
    """王梅 → 王*, 王小梅 → 王*梅, 欧阳娜娜 → 欧阳*娜; in other names each part keeps its first letter."""
    name = name.strip()
    plain = re.sub(r"\s", "", name)
    if re.fullmatch(f"{HAN}+", plain):
        return _masked_chinese(plain)
    return re.sub(r"[^\s·•．.-]+", lambda part: part[0][0] + "*" * max(len(part[0]) - 1, 1), name) or "*"


def _masked_chinese(name: str) -> str:
    double = SURNAMES.match(name) if len(name) > 2 else None
    surname = double.group() if double else name[:1]
    given = name[len(surname) :]
    last = given[-1] if len(given) > 1 else ""
    return surname + "*" * max(len(given) - len(last), 1) + last
