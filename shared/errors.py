"""What can go wrong, said once. Domain code raises these; `shared.web` turns them into the documented shape of a path.

    ServiceError                500  INTERNAL_ERROR
    ├── Invalid                 400  VALIDATION_ERROR (422 under /api/v1), names the field
    │   └── Malformed           400  MALFORMED_BODY, whatever the path
    ├── Unauthorized            401  UNAUTHORIZED
    ├── Forbidden               403  FORBIDDEN
    ├── NotFound                404  NOT_FOUND
    ├── MethodNotAllowed        405  METHOD_NOT_ALLOWED, with Allow
    ├── Conflict                409  CONFLICT
    ├── TooLarge                413  PAYLOAD_TOO_LARGE
    ├── UnsupportedType         415  UNSUPPORTED_MEDIA_TYPE
    ├── RangeNotSatisfiable     416  RANGE_NOT_SATISFIABLE, with Content-Range
    ├── TooManyRequests         429  RATE_LIMIT_EXCEEDED, with Retry-After
    ├── Misconfigured           500  SERVER_MISCONFIGURED
    └── Unavailable             503  SERVICE_UNAVAILABLE

`message` is the short text clients match on (a document's wording, verbatim); `explanation` says more to a person.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class ServiceError(Exception):
    status: ClassVar[int] = 500
    code: str = "INTERNAL_ERROR"
    default: ClassVar[str] = "Internal Server Error"

    def __init__(
        self,
        message: str = "",
        *,
        explanation: str | None = None,
        code: str | None = None,
        details: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.message = message or self.default
        self.explanation = explanation
        self.code = code or self.code
        self.details = dict(details or {})
        self.extra = dict(extra or {})  # fields a document puts beside `error`
        self.headers = dict(headers or {})
        super().__init__(self.message)


class Invalid(ServiceError):
    """`field` is the name the client used; `constraint` is what it must satisfy."""

    status = 400
    code = "VALIDATION_ERROR"
    default = "Bad Request"

    def __init__(self, message: str = "", *, field: str = "", constraint: str = "", **more: Any) -> None:
        details = {"field": field, "constraint": constraint} if field else {}
        super().__init__(message or f"Invalid {field}", details=details, **{"explanation": constraint or None, **more})


class Malformed(Invalid):
    code = "MALFORMED_BODY"


class Unauthorized(ServiceError):
    status = 401
    code = "UNAUTHORIZED"
    default = "Unauthorized"


class Forbidden(ServiceError):
    status = 403
    code = "FORBIDDEN"
    default = "Forbidden"


class NotFound(ServiceError):
    status = 404
    code = "NOT_FOUND"
    default = "Not Found"


class MethodNotAllowed(ServiceError):
    status = 405
    code = "METHOD_NOT_ALLOWED"
    default = "Method Not Allowed"


class Conflict(ServiceError):
    status = 409
    code = "CONFLICT"
    default = "Conflict"


class TooLarge(ServiceError):
    status = 413
    code = "PAYLOAD_TOO_LARGE"
    default = "Payload Too Large"


class UnsupportedType(ServiceError):
    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"
    default = "Unsupported Media Type"


class RangeNotSatisfiable(ServiceError):
    status = 416
    code = "RANGE_NOT_SATISFIABLE"
    default = "Range Not Satisfiable"

    def __init__(self, size: int) -> None:
        super().__init__(headers={"content-range": f"bytes */{size}"})


class TooManyRequests(ServiceError):
    status = 429
    code = "RATE_LIMIT_EXCEEDED"
    default = "Too Many Requests"

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            details={"retryAfter": retry_after},
            extra={"retryAfter": retry_after},
            headers={"retry-after": str(retry_after)},
        )


class Misconfigured(ServiceError):
    code = "SERVER_MISCONFIGURED"
    default = "Server misconfigured"


class Unavailable(ServiceError):
    status = 503
    code = "SERVICE_UNAVAILABLE"
    default = "Service Unavailable"
