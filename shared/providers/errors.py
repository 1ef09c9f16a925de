"""What can go wrong with who makes things, and what can be done about it.

ProviderError               502  PROVIDER_ERROR          its own words say why; the same request would fail again
├── Refused                 422  CONTENT_REFUSED         its moderation does not make this: other words might do
├── Unauthorised            502  PROVIDER_UNAUTHORIZED   our key is not accepted
│   └── Spent               502  PROVIDER_CREDIT_SPENT   the key's credit is used up
├── Busy                    503  PROVIDER_BUSY           again after `retry_after` seconds
├── Unavailable             502  PROVIDER_UNAVAILABLE    it failed, or was silent (504 PROVIDER_TIMEOUT): again later
├── Malformed               502  PROVIDER_MALFORMED      an answer that nobody understands: again, once
├── Unfinished              503  PROVIDER_UNFINISHED     it works on `task` still: ask again with it
└── NotConfigured           503  <KIND>_NOT_CONFIGURED   nobody here can do this
A name nobody knows, or a voice, is shared.errors.Invalid and names its field.

`more_tries` is how often the same request is worth asking for again. No error holds a key, an address or a path.
"""

from typing import ClassVar

from shared.errors import ServiceError

LONGEST = 200  # characters of a text that is not ours


class ProviderError(ServiceError):
    status = 502
    code = "PROVIDER_ERROR"
    default = "The provider could not make it"
    more_tries: ClassVar[int] = 0

    def __init__(self, provider: str, reason: str = "", *, code: str | None = None) -> None:
        self.provider = provider
        self.reason = reason[:LONGEST]
        super().__init__(explanation=self.reason or None, code=code, details={"provider": provider})

    @property
    def may_be_retried(self) -> bool:
        return self.more_tries > 0


class Refused(ProviderError):
    status = 422
    code = "CONTENT_REFUSED"
    default = "The provider does not make this"


class Unauthorised(ProviderError):
    code = "PROVIDER_UNAUTHORIZED"
    default = "The provider does not accept our key"


class Spent(Unauthorised):
    code = "PROVIDER_CREDIT_SPENT"
    default = "The credit at the provider is used up"


class Busy(ProviderError):
    status = 503
    code = "PROVIDER_BUSY"
    default = "The provider has too much to do"
    more_tries = 5

    def __init__(self, provider: str, reason: str = "", *, retry_after: float = 10.0) -> None:
        super().__init__(provider, reason)
        self.retry_after = retry_after
        self.details["retryAfter"] = retry_after


class Unavailable(ProviderError):
    code = "PROVIDER_UNAVAILABLE"
    default = "The provider does not answer as it should"
    more_tries = 2


class Silent(Unavailable):
    status = 504
    code = "PROVIDER_TIMEOUT"
    default = "The provider does not answer"


class Malformed(ProviderError):
    code = "PROVIDER_MALFORMED"
    default = "The provider's answer makes no sense"
    more_tries = 1


class Unfinished(ProviderError):
    """`task` is the provider's own name of it, for the request's field of the same name."""

    status = 503
    code = "PROVIDER_UNFINISHED"
    default = "The provider is still working"
    more_tries = 20

    def __init__(self, provider: str, task: str, *, retry_after: float = 10.0) -> None:
        super().__init__(provider)
        self.task, self.retry_after = task, retry_after


class NotConfigured(ProviderError):
    status = 503
    default = "Not configured"

    def __init__(self, provider: str, kind: str, reason: str) -> None:
        super().__init__(provider, reason, code=f"{kind.upper()}_NOT_CONFIGURED")
