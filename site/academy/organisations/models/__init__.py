from academy.organisations.models.change import Change
from academy.organisations.models.enterprise import (
    Enterprise,
    EnterpriseManager,
    EnterpriseQuerySet,
    entered_as,
    same_enterprise,
)
from academy.organisations.models.imports import (
    ImportChange,
    ImportRow,
    ImportRowQuerySet,
    RegisterImport,
    RegisterImportQuerySet,
)
from academy.organisations.models.joining import Invitation, JoinRequest
from academy.organisations.models.membership import Membership, MembershipQuerySet
from academy.organisations.models.placed import Placed
from academy.organisations.models.places import BusinessType, District, Jurisdiction, Post

__all__ = [
    "BusinessType",
    "Change",
    "District",
    "Enterprise",
    "EnterpriseManager",
    "EnterpriseQuerySet",
    "ImportChange",
    "ImportRow",
    "ImportRowQuerySet",
    "Invitation",
    "JoinRequest",
    "Jurisdiction",
    "Membership",
    "MembershipQuerySet",
    "Placed",
    "Post",
    "RegisterImport",
    "RegisterImportQuerySet",
    "entered_as",
    "same_enterprise",
]
