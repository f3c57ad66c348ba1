"""What a line would do to the register, column by column. What stands there already is not judged."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.core.cells import Cell, bare, neutral
from academy.core.sheets import Column
from academy.organisations.imports import values
from academy.organisations.imports.reading import Line
from academy.organisations.models import ImportChange, ImportRow
from kb.text import clean

# an empty cell leaves what is there; this empties it, where the column may be empty
EMPTY, KEPT = "清空", object()
State = ImportRow.State
Problem = tuple[str, str]
# what an earlier line of the file has named, and in which line
Seen = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Column):
    """A column of ours: where it is kept, how it is read and shown. `spellings` are other heads for it.

    `is_name`: in it a word for nothing is a word. `is_listed`: what it names has several names.
    """

    attr: str = ""
    read: Callable[[str], Any]
    show: Callable[[Any], str] = values.shown
    needed: bool = False
    empty: Any = KEPT
    is_name: bool = False
    is_listed: bool = False
    spellings: Sequence[str] = ()


@dataclass(slots=True)
class Judged:
    line: Line
    target: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def note(self, head: str, kept: str) -> None:
        """Whatever is not kept as it was written is said."""
        text = bare(self.line.cells.get(head, ""))
        if text != kept:
            kept = kept or _("(empty)")
            words = _("“%(said)s” was read as “%(kept)s”.")
            self.notes.append((head, words % {"said": text[:100], "kept": kept}))

    @property
    def state(self) -> State:
        if self.problems:
            return State.WRONG
        if self.target is None:
            return State.NEW
        return State.CHANGED if self.changes else State.UNCHANGED


class Refused(Exception):
    """A line that cannot be matched: the head of the column, and why."""


class Kind(Protocol):
    """A kind of file. `judge` asks the register as it is now, some lines at a time; `write` does what it found."""

    @property
    def fields(self) -> Sequence[Field]: ...

    def heads(self) -> dict[str, Sequence[str]]: ...
    def judge(self, lines: Sequence[Line], seen: Seen, lock: bool = False) -> list[Judged]: ...
    def write(self, judged: Sequence[Judged], by: User) -> list[ImportChange]: ...
    def rows(self) -> Iterator[list[Cell]]: ...


def read_into(judged: Judged, fields: Iterable[Field]) -> None:
    """What the line says otherwise than its target; for a new one, what it says at all."""
    for one in fields:
        text = judged.line.cells.get(one.head, "")
        standing = exported(one, judged.target) if judged.target else ""
        is_there = bool(text and judged.target) and text == written(standing)
        # what stands in the register with signs that cannot be seen keeps them
        if text and (not is_there or text == standing):
            note_tidied(judged, one.head)
        if is_there:
            continue
        if text and not one.is_name and values.is_blank(text):
            judged.note(one.head, "")
            text = ""
        before = one.show(getattr(judged.target, one.attr)) if judged.target else ""
        try:
            _read_cell(judged, one, text, before)
        except ValidationError as error:
            judged.problems.append((one.head, error.messages[0]))


def _read_cell(judged: Judged, one: Field, text: str, before: str) -> None:
    distrust(judged.line, one.head)
    if not text:
        if one.needed and judged.target is None:
            raise ValidationError(_("This has to be filled in."))
        return
    value = _emptied(one) if text == EMPTY else one.read(text)
    if text != EMPTY and not (one.is_listed and _is_name_of(text, one.show(value))):
        judged.note(one.head, one.show(value))
    if judged.target is None:
        judged.values[one.attr] = value
    elif value != getattr(judged.target, one.attr):
        judged.values[one.attr] = value
        judged.changes[one.head] = [before, one.show(value)]


def _is_name_of(text: str, shown: str) -> bool:
    """Whether it names what it names without being put right first."""
    return bare(text) in shown or bare(text) == values.plain(text)


def note_tidied(judged: Judged, head: str) -> None:
    if head in judged.line.tidied:
        judged.notes.append((head, _("Signs that cannot be seen were taken out.")))


def _emptied(one: Field) -> Any:
    if one.empty is KEPT:
        raise ValidationError(_("This cannot be emptied."))
    return one.empty


def distrust(line: Line, head: str) -> None:
    """Raises ValidationError for a cell that does not hold what it seems to."""
    if trouble := line.troubles.get(head):
        words = {
            "formula": _("This is a formula. Copy the column and paste it as values."),
            "error": _("The spreadsheet reports an error here."),
            "digits": _(
                "This number is too long for a spreadsheet: digits at its end are lost. Format the column as text and write it anew."
            ),
            "merged": _("This cell is merged with others. Unmerge them and fill in each."),
        }
        raise ValidationError(words[trouble])


def once(judged: Judged, seen: Seen, head: str, *keys: str) -> None:
    """Of two lines about the same, the later is wrong."""
    said, number = hash(frozenset(judged.line.cells.items())), judged.line.number
    for key in keys:
        if key in seen and seen[key] != number:
            is_same = seen.get(f"said in {seen[key]}") == said
            words = (
                _("Row %(n)d says the same.") if is_same else _("Row %(n)d has the same, and says otherwise.")
            )
            judged.problems.append((head, words % {"n": seen[key]}))
            return
    if not judged.problems:
        seen |= dict.fromkeys(keys, number) | {f"said in {number}": said}


def exported(field: Field, row: Any) -> str:
    value = field.show(getattr(row, field.attr))
    return f"'{value}" if value == EMPTY else value


def written(value: str) -> str:
    """What stands in a cell of an export, once it is read again."""
    return clean(str(neutral(value))).strip()


def journal(number: int, model: str, row: Model, fields: Mapping[str, list[Any]], made: bool) -> ImportChange:
    fields = {name: [_kept(value) for value in pair] for name, pair in fields.items()}
    return ImportChange(number=number, model=model, key=row.pk, made=made, fields=fields)


def _kept(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def set_all(row: Model, changed: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Each field with what it was and what it is."""
    pairs = {name: [getattr(row, name), value] for name, value in changed.items()}
    for name, value in changed.items():
        setattr(row, name, value)
    return pairs
