"""The kinds of file there are, each seen through a scope."""

from academy.organisations.imports.enterprises import Enterprises
from academy.organisations.imports.judging import Kind
from academy.organisations.imports.people import People
from academy.organisations.models import RegisterImport
from academy.organisations.scope import Scope, scope_of

KINDS: dict[str, type[Enterprises] | type[People]] = {
    RegisterImport.Kind.ENTERPRISES: Enterprises,
    RegisterImport.Kind.PEOPLE: People,
}


def kind_of(batch: RegisterImport) -> Kind:
    """With what its user may do now, not when they brought it in; once it is undone, with what whoever undoes it may."""
    return KINDS[batch.kind](scope_for(batch))


def scope_for(batch: RegisterImport) -> Scope:
    scope = scope_of(batch.undone_by or batch.user)
    if batch.enterprise_id is None:
        return office(scope)
    is_theirs = scope.register().filter(pk=batch.enterprise_id).exists()
    return Scope(enterprises=frozenset([batch.enterprise_id])) if is_theirs else Scope()


def office(scope: Scope) -> Scope:
    """Of an official: what they keep as managers besides is none of this."""
    return Scope(districts=scope.districts, whole=scope.whole)
