"""Buttons for sites by the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_gen.v4 import TrustedWebsitesChange, WebsiteButtonChange, WebsiteButtonCreate

if TYPE_CHECKING:
    from amocrm_gen import AmoCRM


def test_life_of_a_button(amocrm: AmoCRM) -> None:
    """Made with a source, found, renamed, given a chat."""
    buttons = amocrm.website_buttons
    [pipeline, *_] = amocrm.pipelines.find()
    made = buttons.create(
        WebsiteButtonCreate(
            pipeline_id=pipeline.id,
            trusted_websites=["example.com"],
            is_used_in_app=False,
            name="Main",
        )
    )
    assert made.trusted_websites == ["example.com"]
    assert [each.source_id for each in buttons.find(with_=["scripts"])] == [made.source_id]
    more = TrustedWebsitesChange(add=["shop.example.com"])
    buttons.update(made.source_id, WebsiteButtonChange(name="Shop", trusted_websites=more))
    assert buttons.get(made.source_id).name == "Shop"
    buttons.add_online_chat(made.source_id)
    assert amocrm.sources.get(made.source_id).pipeline_id == pipeline.id
