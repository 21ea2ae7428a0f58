"""Which owners must publish an agreed price: institutions set up by the state, which a private owner is not."""

from __future__ import annotations

from matcher.models import Organisation
from matcher.vocabulary import OrgKind

PUBLIC_KINDS = frozenset({OrgKind.INSTITUTE, OrgKind.GOVERNMENT})


def is_public(organisation: Organisation) -> bool:
    """An operator's word where there is one (a private institute, a state-run agency), else by the kind."""
    if organisation.is_public is not None:
        return organisation.is_public
    return organisation.kind in PUBLIC_KINDS
