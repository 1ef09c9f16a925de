"""What is sent about webhooks, and what is answered (iafactory: Webhooks)."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.webhooks.delivery import State
from shared.webhooks.subscription import EVENTS, Event

Url = Annotated[str, Meta(min_length=1, max_length=2048, extra_json_schema={"format": "uri"})]
Events = Annotated[list[Event], Meta(min_length=1, max_length=len(EVENTS))]
Secret = Annotated[
    str,
    Meta(min_length=8, max_length=256, description="signs what is sent; after `whsec_`, in base64, for the headers"),
]


class NewWebhook(Struct):
    url: Url
    events: Events
    secret: Secret | None = None


class WebhookChanges(Struct):
    url: Url | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    secret: Secret | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class WebhookPath(Struct):
    webhook_id: str


class DeliveryPath(Struct):
    webhook_id: str
    delivery_id: str


class DeliveriesQuery(Struct):
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, Meta(max_length=1024)] | None = None


# ---- answers


class ShownWebhook(Struct, kw_only=True):
    """`secret` only in the answer that makes it. `disabled_reason` is why it was turned off by us."""

    id: str
    url: str
    events: list[Event]
    active: bool
    disabled_reason: str | None
    failures_in_a_row: int
    created_at: str
    updated_at: str
    secret: str | UnsetType = UNSET


class Webhooks(Struct):
    webhooks: list[ShownWebhook]
    total: int


class ShownTry(Struct):
    """`status` is null where nothing was answered; `answer` the first 1,000 bytes."""

    at: str
    status: int | None
    milliseconds: int
    answer: str
    error: str | None


class ShownDelivery(Struct):
    """`id` is the `webhook-id` that the receiver sees, `payload` the body without its signature."""

    id: str
    webhook_id: str
    event: str
    status: State
    created_at: str
    next_try_at: str | None
    tries: list[ShownTry]
    payload: dict[str, Any]


class Deliveries(Struct):
    deliveries: list[ShownDelivery]
    next_cursor: str | None
