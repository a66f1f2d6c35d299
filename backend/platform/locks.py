"""The numbers of PostgreSQL's advisory locks: one for each thing that only one may do at a time."""

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """The first key of a lock; what is locked of its kind, such as a municipality, is the second where there is one."""

    MIGRATION = 7_265_061
    COUNT_SUPPORTS = 7_265_062
    COUNT_FIGURES = 7_265_063
    IMPORT = 7_265_064
    DEMO = 7_265_065
    PROVISION = 7_265_066
    LAST_ADMINISTRATOR = 7_265_067
    SEED = 7_265_068
