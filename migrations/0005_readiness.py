"""What readiness writes to, to know that the database takes what people write."""

from tortoise import migrations

from migrations._sql import run

PROBE = (
    # One row for all processes, so that asking a thousand times leaves no more than one.
    "CREATE TABLE IF NOT EXISTS health_probe (id smallint PRIMARY KEY CHECK (id = 1), checked_at timestamptz NOT NULL)",
)


class Migration(migrations.Migration):
    dependencies = [("samskap", "0004_imports_and_administration")]

    operations = [run(*PROBE)]
