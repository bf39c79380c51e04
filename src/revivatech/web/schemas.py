"""The JSON schemas of the document where the framework's own would say less than the types do."""

from decimal import Decimal
from typing import Any

from litestar.openapi.spec import OpenAPIType, Schema
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition
from msgspec import Struct, inspect
from typing_extensions import override


class Amounts(OpenAPISchemaPlugin):
    """Money: a number with its decimals, as the encoder writes it."""

    @override
    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        return field_definition.annotation is Decimal

    @override
    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        return Schema(type=OpenAPIType.NUMBER, description="An exact amount with at most two decimals.")


class Structs(OpenAPISchemaPlugin):
    """Structs: those that forbid unknown fields say so, and a bound of zero is a bound."""

    @override
    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        return not field_definition.is_union and field_definition.is_subclass_of(Struct)

    @override
    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        framework = next(
            plugin
            for plugin in schema_creator.plugins
            if plugin is not self and schema_creator.plugin_supports_field(plugin, field_definition)
        )
        schema: Schema = framework.to_openapi_schema(field_definition, schema_creator)
        struct = inspect.type_info(field_definition.type_)
        assert isinstance(struct, inspect.StructType)  # noqa: S101 - what the plugin supports
        if struct.forbid_unknown_fields:
            schema.additional_properties = False
        for field in struct.fields:
            if isinstance(described := (schema.properties or {}).get(field.encode_name), Schema):
                _bound_by_zero(described, field.type)
        return schema


def _bound_by_zero(schema: Schema, kind: inspect.Type) -> None:
    if isinstance(kind, inspect.Metadata):
        _bound_by_zero(schema, kind.type)
    elif isinstance(kind, inspect.UnionType):
        for one in kind.types:
            _bound_by_zero(schema, one)
    elif isinstance(kind, inspect.IntType) and kind.ge == 0:
        schema.minimum = 0
