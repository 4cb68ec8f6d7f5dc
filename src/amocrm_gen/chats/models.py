"""The parts of hooks to a chat channel."""

from datetime import datetime

from attrs import define, field

from amocrm_gen.runtime.types import JsonObject, JsonValue, OpenStrEnum
from amocrm_gen.runtime.unset import UNSET, Unset

__all__ = [
    "HookButton",
    "HookContact",
    "HookConversation",
    "HookForwards",
    "HookLetter",
    "HookLocation",
    "HookMarkup",
    "HookMessage",
    "HookMessageType",
    "HookPerson",
    "HookPost",
    "HookQuote",
    "HookReaction",
    "HookReactionMessage",
    "HookReply",
    "HookSource",
    "HookTemplate",
    "HookTemplateParam",
    "HookTyping",
    "no_extra",
]


class HookMessageType(OpenStrEnum):
    """What kind of message it is; others may come."""

    TEXT = "text"
    CONTACT = "contact"
    FILE = "file"
    VIDEO = "video"
    PICTURE = "picture"
    VOICE = "voice"
    AUDIO = "audio"
    STICKER = "sticker"
    LOCATION = "location"


def no_extra() -> JsonObject:
    """Return room for keys that are not known here."""
    return {}


@define(slots=True, kw_only=True)
class HookPerson:
    """Somebody who writes or reads, in amoCRM or outside."""

    id: str
    """amoCRM's id of the person: `ref_id` in what the channel sends."""
    client_id: str | Unset = field(default=UNSET)
    """The channel's own id of the person; absent where the channel has told none yet."""
    name: str | Unset = field(default=UNSET)
    phone: str | Unset = field(default=UNSET)
    """Empty where it is not known."""
    email: str | Unset = field(default=UNSET)
    """Empty where it is not known."""
    avatar: str | Unset = field(default=UNSET)
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookConversation:
    """The chat."""

    id: str
    """amoCRM's id of the chat: `conversation_ref_id` in what the channel sends."""
    client_id: str | Unset = field(default=UNSET)
    """The channel's own id of the chat; absent where a user writes first."""
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookSource:
    """By which source of the integration the chat came."""

    external_id: str
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookButton:
    """A button under a message."""

    text: str
    url: str | Unset = field(default=UNSET)
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookMarkup:
    """Buttons in rows, or a list to choose from."""

    mode: str | Unset = field(default=UNSET)
    """`inline` in what comes today."""
    buttons: list[list[HookButton]] | Unset = field(default=UNSET)
    list_message: JsonObject | Unset = field(default=UNSET)
    """Header, body, footer, button and sections; the choice goes back as `callback_data`."""
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookTemplateParam:
    """A marker in a template and what stands for it."""

    key: str
    value: JsonValue
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookTemplate:
    """The template that a message was made of."""

    id: int | str
    content: str | Unset = field(default=UNSET)
    params: list[HookTemplateParam] | Unset = field(default=UNSET)
    external_id: str | Unset = field(default=UNSET)
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookLocation:
    """A place."""

    lon: float
    lat: float
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookContact:
    """A contact that was sent."""

    name: str | Unset = field(default=UNSET)
    phone: str | Unset = field(default=UNSET)
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookPost:
    """The post under which a comment is answered."""

    id: str
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookQuote:
    """Another message; one of the ids is there."""

    id: str | Unset = field(default=UNSET)
    """amoCRM's id."""
    msgid: str | Unset = field(default=UNSET)
    """The channel's own id."""
    type: HookMessageType | Unset = field(default=UNSET)
    text: str | Unset = field(default=UNSET)
    media: str | Unset = field(default=UNSET)
    file_name: str | Unset = field(default=UNSET)
    file_size: int | Unset = field(default=UNSET, metadata={"unit": "bytes"})
    timestamp: datetime | Unset = field(default=UNSET)
    msec_timestamp: int | Unset = field(default=UNSET, metadata={"unit": "milliseconds"})
    sender: HookPerson | Unset = field(default=UNSET)
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookReply:
    """What is answered."""

    message: HookQuote
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookForwards:
    """What is passed on."""

    messages: list[HookQuote]
    conversation_id: str | Unset = field(default=UNSET)
    conversation_ref_id: str | Unset = field(default=UNSET)
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookMessage:
    """What is to be delivered."""

    id: str
    """amoCRM's id, by which `set_delivery_status` names the message."""
    type: HookMessageType
    text: str
    markup: HookMarkup | Unset | None = field(default=UNSET)
    tag: str | Unset = field(default=UNSET)
    media: str | Unset = field(default=UNSET)
    """Address of the file; empty where there is none."""
    thumbnail: str | Unset = field(default=UNSET)
    file_name: str | Unset = field(default=UNSET)
    file_size: int | Unset = field(default=UNSET, metadata={"unit": "bytes"})
    media_duration: int | Unset = field(default=UNSET, metadata={"unit": "seconds"})
    media_group_id: str | Unset | None = field(default=UNSET)
    """The same for all files of one message; each comes in a hook of its own."""
    template: HookTemplate | Unset | None = field(default=UNSET)
    location: HookLocation | Unset | None = field(default=UNSET)
    contact: HookContact | Unset | None = field(default=UNSET)
    post: HookPost | Unset | None = field(default=UNSET)
    reply_to: HookReply | Unset | None = field(default=UNSET)
    forwards: HookForwards | Unset | None = field(default=UNSET)
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookLetter:
    """A message with its people and its chat."""

    receiver: HookPerson
    """Somebody outside."""
    sender: HookPerson
    """A user, or the channel's bot."""
    conversation: HookConversation
    source: HookSource | Unset | None = field(default=UNSET)
    timestamp: datetime
    msec_timestamp: int = field(metadata={"unit": "milliseconds"})
    message: HookMessage
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})

    @property
    def is_first(self) -> bool:
        """A user writes before the channel has named the chat.

        Answer with `conversation_ref_id` beside the `conversation_id` of your own, and with the
        receiver's id as the sender's `ref_id`.
        """
        return self.conversation.client_id is UNSET


@define(slots=True, kw_only=True)
class HookTyping:
    """Somebody types."""

    user: HookPerson
    conversation: HookConversation
    expired_at: datetime
    """Until when, unless another hook comes."""
    post_id: str | Unset = field(default=UNSET)
    """The post, where a comment is answered."""
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookReactionMessage:
    """The message that is reacted to."""

    id: str
    """amoCRM's id."""
    client_id: str | Unset = field(default=UNSET)
    """The channel's own id."""
    sender: HookPerson | Unset = field(default=UNSET)
    receiver: HookPerson | Unset = field(default=UNSET)
    timestamp: datetime | Unset = field(default=UNSET)
    msec_timestamp: int | Unset = field(default=UNSET, metadata={"unit": "milliseconds"})
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})


@define(slots=True, kw_only=True)
class HookReaction:
    """A reaction to a message, or its end."""

    user: HookPerson
    conversation: HookConversation
    type: str
    """`react` or `unreact`."""
    message: HookReactionMessage | Unset = field(default=UNSET)
    msgid: str | Unset = field(default=UNSET)
    """In place of `message` in the docs' sample."""
    emoji: str | Unset = field(default=UNSET)
    """Absent where a reaction is taken back."""
    extra: JsonObject = field(factory=no_extra, repr=False, metadata={"extra": True})

    @property
    def message_id(self) -> str | None:
        """The id that amoCRM gave the message, wherever it stands."""
        if self.message is not UNSET:
            return self.message.id
        return None if self.msgid is UNSET else self.msgid
