"""Chat templates by the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amocrm_gen.v4 import (
    ChatTemplateCreate,
    ChatTemplateReviewWrite,
    ChatTemplateUpdate,
    EntityId,
    SourceCreate,
    SourcePage,
    SourceServiceParams,
    SourceServiceWrite,
)

if TYPE_CHECKING:
    from amocrm_gen import AmoCRM


def test_life_of_a_template(amocrm: AmoCRM) -> None:
    """Made, changed in all ways, reviewed, deleted alone and with others."""
    params = SourceServiceParams(waba=True, is_supports_list_message=False)
    page = SourcePage(id="1", name="n", link="1")
    service = SourceServiceWrite(type="whatsapp", params=params, pages=[page])
    source = amocrm.sources.create(SourceCreate(name="W", external_id="w", services=[service]))
    templates = amocrm.chat_templates
    made = templates.create(
        [
            ChatTemplateCreate(name=name, content="Hi", external_id=name, type="waba")
            for name in ("a", "b", "c")
        ]
    )
    first, second, third = (each.id for each in made)
    templates.update_one(ChatTemplateUpdate(id=first, content="Hello"))
    templates.update([ChatTemplateUpdate(id=second, content="Hallo")])
    with templates.edit(third) as template:
        template.content = "Hey"
    found = templates.find(filter={"external_id": ["a", "b"]}, with_=["reviews"])
    assert [(each.content, each.is_on_review) for each in found] == [
        ("Hello", False),
        ("Hallo", False),
    ]
    [review] = templates.send_to_review(first)
    assert (review.source_id, review.status) == (source.id, "review")
    assert templates.get(first, with_=["reviews"]).review_status == "review"
    rejected = ChatTemplateReviewWrite(status="rejected", reject_reason="too long")
    assert templates.update_review(first, review.id, rejected).reject_reason == "too long"
    assert templates.get(first, with_=["reviews"]).review_status == "rejected"
    templates.delete(first)
    templates.delete_many([EntityId(id=second), EntityId(id=third)])
    assert list(templates.find()) == []
