"""Bodies that are a list, with a name or without."""

from __future__ import annotations

from pydantic import GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from copydesk.briefs import Noun


class Batch(Noun):
    """A body whose one field is a list; the bare list is the same."""

    @model_validator(mode="before")
    @classmethod
    def _bare_list(cls, data: object) -> object:
        (name,) = cls.model_fields
        return {name: data} if isinstance(data, list) else data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say that a list will do."""
        batch = handler.resolve_ref_schema(handler(schema))
        (name,) = cls.model_fields
        return {"anyOf": [batch, batch["properties"][name]]}
