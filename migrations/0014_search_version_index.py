"""Finds the proposals whose search words an earlier version made, without reading the others."""

from tortoise import migrations

from migrations._sql import run


class Migration(migrations.Migration):
    dependencies = [("samskap", "0013_search_version")]
    initial = False
    # The table may be large, and is written to meanwhile.
    atomic = False
    operations = [
        run(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS proposal_search_version_idx "
            "ON proposal (municipality_id, search_version, id)",
        ),
    ]
