"""How large a run is: as published, or a tenth of it to try that every figure still comes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Rows of the stage, processes that serve in (a), (b) and (f), and `share` of the published run's time."""

    people: int
    logged_in: int
    proposals: int
    supports: int
    imported: int
    backlog: int
    few: int
    processes: int
    share: float

    def seconds(self, published: float) -> float:
        """As long as the published run takes for it, or this run's share of that; wrk counts whole seconds."""
        return max(1.0, published * self.share)


# Two processes: one for each core of a small machine.
PUBLISHED = Size(
    people=200_000,
    logged_in=60_000,
    proposals=20_000,
    supports=200_000,
    imported=4_403,
    backlog=100_000,
    few=1_500,
    processes=2,
    share=1.0,
)
# Its loads last a second, however little else there is: nobody may have to support a second time within it.
TENTH = Size(
    people=80_000,
    logged_in=24_000,
    proposals=2_000,
    supports=20_000,
    imported=440,
    backlog=10_000,
    few=150,
    processes=1,
    share=0.1,
)
