"""How often: per person, per address and per operation, counted in Redis by the `limits` library.

Counts of concurrent requests travel in one command. When Redis does not answer, each process counts for
itself: limits get looser by the number of processes, but never vanish.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from time import monotonic
from typing import Any

import structlog
from graphql import GraphQLSchema, OperationType
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.addresses import client_address
from api.documents import PreparedOperation
from backend.platform.authz import Actor
from backend.platform.batcher import Batcher
from backend.platform.errors import LimitExceeded
from backend.platform.settings import Settings, SettingsError
from backend.platform.slices import contributed

log = structlog.get_logger("rates")

# What each counts: `address.*` by network address, `browser.*` by browser, the others by account. `address.bearer`
# counts keys that do not hold.
DEFAULTS: Mapping[str, str] = {
    "address.query": "1200/minute",
    "address.free": "60/minute",
    # A school class or a library is one address; each of its browsers is counted too.
    "address.login": "300/minute",
    "browser.login": "20/minute",
    "address.bearer": "60/minute",
    "person.query": "2400/minute",
    "person.free": "600/minute",
    "person.mutation": "120/minute",
    "person.upload": "60/hour",
    "person.address": "60/minute",
    # How often a person may have one operation done is said by its slice.
    **contributed("rate_limits"),
}
_MESSAGES = {
    "second": "Dette er gjort for mange ganger på kort tid. Grensen er {amount} i sekundet. Prøv igjen om litt.",
    "minute": "Dette er gjort for mange ganger på kort tid. Grensen er {amount} i minuttet. Prøv igjen om litt.",
    "hour": "Dette er gjort for mange ganger på kort tid. Grensen er {amount} i timen. Prøv igjen senere.",
    "month": "Dette er gjort for mange ganger. Grensen er {amount} i måneden.",
    "year": "Dette er gjort for mange ganger. Grensen er {amount} i året.",
    "day": "Dette er gjort for mange ganger på kort tid. Grensen er {amount} om dagen. Prøv igjen i morgen.",
}
_BEARER = "address.bearer"
_MOST_UNHEARD = 10_000
_Charge = tuple[str, int, int]
# Many counts as one command: packing and reading commands takes the client longer than counting takes Redis.
_COUNT = """
    local counts = {}
    for n, key in ipairs(KEYS) do
        redis.call('SET', key, 0, 'EX', ARGV[2 * n - 1], 'NX')
        counts[n] = redis.call('INCRBY', key, ARGV[2 * n])
    end
    return counts
"""


class _JoinedRedis(RedisStorage):
    """Counts of one turn of the event loop in one round trip."""

    def __init__(self, uri: str) -> None:
        super().__init__(uri, implementation="redispy")
        self._client: Redis = Redis.from_url(uri, socket_timeout=0.5, socket_connect_timeout=0.5)
        self._script = self._client.register_script(_COUNT)
        self._charge: Batcher[_Charge, int] = Batcher(self._count)

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a count that ends after `expiry` seconds; returns the new count."""
        return await self._charge((key, int(expiry), amount))

    async def _count(self, charges: Sequence[_Charge]) -> list[int | Exception]:
        keys = [self.prefixed(key) for key, _, _ in charges]
        figures = [figure for _, expiry, amount in charges for figure in (expiry, amount)]
        counts: list[int | Exception] = await self._script(keys, figures)
        return counts

    async def seconds_left(self, key: str) -> int:
        """How long a count lasts yet."""
        return max(1, int(await self._client.ttl(self.prefixed(key))))

    async def close(self) -> None:
        """Give up the connections to Redis."""
        await self._client.aclose()

    def prefixed(self, key: str) -> str:
        """The key as Redis holds it."""
        return f"rate:{key}"


def require_known_limits(names: Iterable[str], schema: GraphQLSchema) -> None:
    """Raise SettingsError for a limit that would count nothing: it is no kind of DEFAULTS, and no operation's field."""
    roots = (schema.query_type, schema.mutation_type)
    fields = {name for root in roots if root is not None for name in root.fields}
    kinds = {name for name in DEFAULTS if "." in name}
    if unknown := set(names) - fields - kinds:
        raise SettingsError(f"SAMSKAP_RATE_LIMITS: there is nothing called {', '.join(sorted(unknown))}")


class RateLimiter:
    """Decides whether a request comes too soon; the limits are settings (`SAMSKAP_RATE_LIMITS`)."""

    def __init__(self, settings: Settings) -> None:
        self._trusted = settings.trusted_proxies
        texts = {**DEFAULTS, **settings.rate_limits}
        self._items: dict[str, RateLimitItem] = {name: parse(text) for name, text in texts.items()}
        self._redis = _JoinedRedis(settings.redis_url)
        self._shared = FixedWindowRateLimiter(self._redis)
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._unheard: dict[str, float] = {}

    async def close(self) -> None:
        """Give up the connections; limits can still be checked, over new ones."""
        await self._redis.close()

    async def check(
        self,
        scope: MutableMapping[str, Any],
        actor: Actor,
        prepared: PreparedOperation,
    ) -> None:
        """Count this request; raises LimitExceeded with the limit that is passed."""
        for name, times in self._counted(actor, prepared):
            by_address = name.startswith("address.")
            whom = client_address(scope, self._trusted) if by_address else f"person:{actor.account_id}"
            await self.consume(name, whom, times)

    async def check_text(self, scope: MutableMapping[str, Any], actor: Actor) -> None:
        """Count a text of the client's own before it is read, since reading costs also when it is refused.

        Raises as `check`, which counts what it asks for beside this.
        """
        if actor.is_anonymous:
            await self.consume("address.free", client_address(scope, self._trusted))
        else:
            await self.consume("person.free", f"person:{actor.account_id}")

    def _counted(self, actor: Actor, prepared: PreparedOperation) -> Iterator[tuple[str, int]]:
        if actor.is_anonymous:
            if prepared.id:
                yield "address.query", 1
        elif prepared.kind is OperationType.MUTATION:
            # Under aliases one request may do as much as many.
            yield "person.mutation", max(1, len(prepared.root_fields))
        else:
            yield "person.query", 1
        if not actor.is_anonymous:
            fields = Counter(prepared.root_fields)
            yield from ((field, times) for field, times in fields.items() if field in self._items)

    async def consume(self, name: str, whom: str, times: int = 1) -> None:
        """Count so many uses of the limit `name` by `whom`; raises LimitExceeded."""
        item = self._items[name]
        seconds = item.get_expiry()
        try:
            if await self._shared.hit(item, name, whom, cost=times):
                return
            seconds = await self._redis.seconds_left(item.key_for(name, whom))
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("counting alone: Redis does not answer", error=type(error).__name__)
            if await self._own.hit(item, name, whom, cost=times):
                return
        raise _too_often(name, item, seconds)

    def require_bearers_heard(self, scope: MutableMapping[str, Any]) -> None:
        """Raises LimitExceeded while too many keys from the request's address have not held.

        Known to this process alone, so that a key that holds costs no question.
        """
        address = client_address(scope, self._trusted)
        until = self._unheard.get(address, 0.0)
        if until > monotonic():
            raise _too_often(_BEARER, self._items[_BEARER], int(until - monotonic()) + 1)
        self._unheard.pop(address, None)

    async def count_refused_bearer(self, scope: MutableMapping[str, Any]) -> None:
        """Count a key that did not hold by the request's address; raises LimitExceeded when they are too many."""
        address = client_address(scope, self._trusted)
        try:
            await self.consume(_BEARER, address)
        except LimitExceeded as refusal:
            while len(self._unheard) >= _MOST_UNHEARD:
                self._unheard.pop(next(iter(self._unheard)))
            self._unheard[address] = monotonic() + refusal.params["retry_after"]
            raise


def _too_often(name: str, item: RateLimitItem, seconds: int) -> LimitExceeded:
    return LimitExceeded(
        "too_often",
        _MESSAGES[item.GRANULARITY.name],
        limit=str(item),
        figure=item.amount + 1,
        amount=item.amount,
        name=name,
        retry_after=seconds,
    )
