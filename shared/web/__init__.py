"""The HTTP frame: a route table in, an application out. Start reading at `routes.py`, then `api.py`."""

from shared.web.access import ADMIN, IN_PERSON, MODERATOR, OPTIONAL, PUBLIC, REQUIRED, Access
from shared.web.api import Api, api
from shared.web.call import Call, Message, Reply
from shared.web.routes import FORM, JSON, FormFile, Header, Route, delete, get, patch, post, put

__all__ = [
    "ADMIN",
    "FORM",
    "IN_PERSON",
    "JSON",
    "MODERATOR",
    "OPTIONAL",
    "PUBLIC",
    "REQUIRED",
    "Access",
    "Api",
    "Call",
    "FormFile",
    "Header",
    "Message",
    "Reply",
    "Route",
    "api",
    "delete",
    "get",
    "patch",
    "post",
    "put",
]
