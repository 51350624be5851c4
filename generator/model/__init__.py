"""The frozen public types, an area a module. Must not know files' syntax, checking, or pages."""
