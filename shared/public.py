"""Which addresses are of the open internet. Where we go among them, and how, is `shared.net`'s."""

import ipaddress

from shared.settings import settings

NAT64 = ipaddress.ip_network("64:ff9b::/96")
NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")
PROTOCOL = ipaddress.ip_network("192.0.0.0/24")  # IETF protocol assignments; one cloud's metadata is there
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def allowed() -> frozenset[str]:
    """The places, `host:port`, that we go to although they are not (`OUTBOUND_ALLOW`)."""
    return frozenset(part.strip() for part in settings.outbound_allow.split(",") if part.strip())


def is_public(address: Address) -> bool:
    """Whether this is an address of the open internet, also as seen through the IPv6 forms of an IPv4 address."""
    if address in PROTOCOL:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64_LOCAL or address.is_site_local:
            return False
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo:
            inner = address.teredo[1]
        if address in NAT64 or int(address) >> 32 == 0:  # NAT64, and the old IPv4-compatible form
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved
