"""From the YAML spec to the OpenAPI document, the typed client and its reference."""
