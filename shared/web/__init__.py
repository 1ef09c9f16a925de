"""The HTTP frame: a route table in, a Lambda out. Start reading at `routes.py`, then `api.py`."""

from shared.web.api import Api, api
from shared.web.call import Call, Reply
from shared.web.entry import lambda_handler
from shared.web.routes import (
    ADMIN,
    OPEN_WRITE,
    OPTIONAL,
    PUBLIC,
    REQUIRED,
    Form,
    Route,
    delete,
    get,
    patch,
    post,
    put,
)

__all__ = [
    "ADMIN",
    "OPEN_WRITE",
    "OPTIONAL",
    "PUBLIC",
    "REQUIRED",
    "Api",
    "Call",
    "Form",
    "Reply",
    "Route",
    "api",
    "delete",
    "get",
    "lambda_handler",
    "patch",
    "post",
    "put",
]
