"""Building constraints that can be applied twice: a crash between a migration and its record is harmless."""

from tortoise.migrations.operations import RunSQL


def run(*statements: str) -> RunSQL:
    """One operation for many statements; going back is done by restoring, never by undoing."""
    return RunSQL(";\n".join(statements), reverse_sql="SELECT 1")


def constraint(table: str, name: str, definition: str) -> str:
    """Add a named constraint, replacing one of that name."""
    return (
        f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}";'
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}'
    )


def one_of(table: str, column: str, values: tuple[str, ...]) -> str:
    """The column holds one of these words (or null where it may)."""
    words = ", ".join(f"'{value}'" for value in values)
    return constraint(table, f"{table}_{column}_check", f"CHECK ({column} IN ({words}))")


def check(table: str, name: str, condition: str) -> str:
    """A CHECK constraint called `<table>_<name>_check`."""
    return constraint(table, f"{table}_{name}_check", f"CHECK ({condition})")


def identified(table: str) -> str:
    """What composite foreign keys point at: the municipality and the id; and the municipality itself exists."""
    return (
        f'CREATE UNIQUE INDEX IF NOT EXISTS "{table}_municipality_id_id_key" ON "{table}" (municipality_id, id);'
        f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{table}_municipality_id_fkey";'
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_municipality_id_fkey" '
        "FOREIGN KEY (municipality_id) REFERENCES municipality (id)"
    )


def reference(table: str, column: str, target: str) -> str:
    """A foreign key within one municipality, with the index that it needs."""
    name = f"{table}_{column}_fkey"
    return (
        f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}";'
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (municipality_id, {column}) '
        f'REFERENCES "{target}" (municipality_id, id);'
        f'CREATE INDEX IF NOT EXISTS "{table}_{column}_idx" ON "{table}" (municipality_id, {column})'
    )


def index(name: str, definition: str, *, unique: bool = False) -> str:
    """An index by name; `definition` begins with ON."""
    return f'CREATE {"UNIQUE " if unique else ""}INDEX IF NOT EXISTS "{name}" {definition}'


def content_rows(
    kind: str, table: str, *, topic: str = "topic_id", author: str = "author_id"
) -> tuple[str, ...]:
    """What writes a row of `content` for each row of a kind's table that has a page of its own, and fills it now.

    By trigger, so that no writer can forget it; as the owner, since what the processes may do with `content` is read it.
    """
    columns = "municipality_id, kind, kind_id, root_kind, root_id, topic_id, author_id, created_at"
    return (
        f"""
        CREATE OR REPLACE FUNCTION write_{kind}_content() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
            SET search_path = public, pg_temp AS $$
        BEGIN
            INSERT INTO content ({columns})
            VALUES (NEW.municipality_id, '{kind}', NEW.id, '{kind}', NEW.id, NEW.{topic}, NEW.{author}, NEW.created_at)
            ON CONFLICT (municipality_id, kind, kind_id)
            DO UPDATE SET topic_id = excluded.topic_id, author_id = excluded.author_id;
            RETURN NULL;
        END $$""",
        f"DROP TRIGGER IF EXISTS {table}_content ON {table}",
        f"CREATE TRIGGER {table}_content AFTER INSERT OR UPDATE OF {topic}, {author} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION write_{kind}_content()",
        f"""INSERT INTO content ({columns})
            SELECT municipality_id, '{kind}', id, '{kind}', id, {topic}, {author}, created_at FROM {table} ORDER BY id
            ON CONFLICT DO NOTHING""",
    )
