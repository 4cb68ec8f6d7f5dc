"""The hand-written part of the client: everything that the generated code stands on."""

__all__: list[str] = []
