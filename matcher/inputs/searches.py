"""Inputs of saved searches."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from matcher.inputs.base import Input, Line

NAME = 60
Name = Annotated[Line, Field(min_length=1, max_length=NAME)]
Code = Annotated[str, Field(min_length=1, max_length=24)]


class SearchInput(Input):
    """Words, filters (facet's name → codes, as `indexes.facets.chosen` admits them) and a name."""

    name: Name
    q: Annotated[Line, Field(max_length=400)] = ""
    filters: Annotated[dict[Code, Annotated[list[Code], Field(max_length=50)]], Field(max_length=12)] = {}


class SearchName(Input):
    """Another name."""

    name: Name
