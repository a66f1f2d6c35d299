"""Tables of accounts."""

from datetime import datetime

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import Now, SqlDefault
from tortoise.models import Model

from backend.platform.rows import Row


class Municipality(Model):
    """Whose platform it is; `id` is the official municipality number."""

    id = fields.IntField(primary_key=True, generated=False)
    name = fields.CharField(max_length=80)

    class Meta:
        table = "municipality"


class Account(Row):
    """One person, or one machine (`kind` service). The row outlives deletion as an anonymous stub.

    `public_id` is what others know the account by. The database draws another whenever the name changes and when
    the account is deleted, so that lists kept by others do not tell what one person was called before.

    `residence_source` says who named the home municipality: login, register or declared (the person), and
    `residence_at` when.

    `email` is confirmed, by the person or the provider; `pending_email` has yet to be, until `email_expires_at`.
    """

    kind = fields.CharField(max_length=10, db_default="person")
    public_id = fields.BigIntField(db_default=SqlDefault("random_public_id()"))
    display_name = fields.CharField(max_length=80)
    name_kind = fields.CharField(max_length=10, db_default="pseudonym")
    language = fields.CharField(max_length=2, db_default="nb")
    birth_year = fields.SmallIntField(null=True)
    home_municipality = fields.CharField(max_length=4, null=True)
    home_place_id = fields.BigIntField(null=True)
    email = fields.CharField(max_length=254, null=True)
    pending_email = fields.CharField(max_length=254, null=True)
    email_secret_hash = fields.BinaryField(null=True)
    email_expires_at = fields.DatetimeField(null=True)
    email_asked_at: fields.Field[list[datetime] | None] = ArrayField("timestamptz", null=True)
    welcomed_at = fields.DatetimeField(null=True)
    residence_source = fields.CharField(max_length=10, null=True)
    residence_at = fields.DatetimeField(null=True)
    suspended_at = fields.DatetimeField(null=True)
    deleted_at = fields.DatetimeField(null=True)
    is_demo = fields.BooleanField(db_default=False)

    class Meta:
        table = "account"


class Identity(Row):
    """How a provider knows the person. The national identity number appears only as a keyed hash."""

    account_id = fields.BigIntField()
    provider = fields.CharField(max_length=40)
    subject = fields.CharField(max_length=255)
    number_hash = fields.BinaryField(null=True)
    pepper_version = fields.SmallIntField(null=True)
    last_login_at = fields.DatetimeField(db_default=Now())

    class Meta:
        table = "account_identity"
        unique_together = (("municipality_id", "provider", "subject"),)


class DisplayName(Row):
    """A name the person used, for moderators who must know whom a conversation was with."""

    account_id = fields.BigIntField()
    display_name = fields.CharField(max_length=80)
    name_kind = fields.CharField(max_length=10)

    class Meta:
        table = "account_display_name"


class Session(Row):
    """A browser that is logged in; the cookie's token is here only as a hash."""

    account_id = fields.BigIntField()
    token_hash = fields.BinaryField()
    provider = fields.CharField(max_length=40)
    provider_session = fields.CharField(max_length=255, null=True)
    acr = fields.CharField(max_length=60, null=True)
    device = fields.CharField(max_length=120, null=True)
    last_seen_at = fields.DatetimeField(db_default=Now())
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "account_session"


class LoginAttempt(Row):
    """A login under way: what the provider's answer must match. Used once.

    `binds_account_id` is the account that whoever logs in is to be bound to. `reads_register` is the person's consent
    to look up where they live.
    """

    state_hash = fields.BinaryField()
    browser_hash = fields.BinaryField()
    provider = fields.CharField(max_length=40)
    nonce = fields.CharField(max_length=80)
    code_verifier = fields.CharField(max_length=128)
    return_to = fields.CharField(max_length=4000)
    binds_account_id = fields.BigIntField(null=True)
    reads_register = fields.BooleanField(db_default=False)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "login_attempt"


class RoleGrant(Row):
    """A role given to an account, by whom and when; ended, never deleted."""

    account_id = fields.BigIntField()
    role = fields.CharField(max_length=10)
    topic_id = fields.BigIntField(null=True)
    source = fields.CharField(max_length=10, db_default="person")
    granted_by_id = fields.BigIntField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ended_by_id = fields.BigIntField(null=True)

    class Meta:
        table = "role_grant"


class AccessToken(Row):
    """A personal access token for a planner's script, or the account of a machine client."""

    account_id = fields.BigIntField()
    name = fields.CharField(max_length=80)
    token_hash = fields.BinaryField()
    scopes: fields.Field[list[str]] = ArrayField("text")
    expires_at = fields.DatetimeField()
    last_used_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "access_token"


class MachineClient(Row):
    """An organisation whose machine may call us, and the scopes it was given."""

    account_id = fields.BigIntField()
    organisation = fields.CharField(max_length=9)
    scopes: fields.Field[list[str]] = ArrayField("text")
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "machine_client"
        unique_together = (("municipality_id", "organisation"),)


class AccountBinding(Row):
    """The two accounts of one person, as a resident and as an employee. Never ended while both are there."""

    resident_id = fields.BigIntField()
    employee_id = fields.BigIntField()

    class Meta:
        table = "account_binding"
        unique_together = (("municipality_id", "resident_id"), ("municipality_id", "employee_id"))


class AccountAct(Row):
    """What staff did to somebody's account, or read of it; never changed, never deleted."""

    kind = fields.CharField(max_length=20)
    account_id = fields.BigIntField()
    actor_id = fields.BigIntField()
    reason = fields.CharField(max_length=500, null=True)
    case_id = fields.BigIntField(null=True)

    class Meta:
        table = "account_act"


class DataRequest(Row):
    """A person asked for their data, or to be deleted: a job with progress (0–100) and its result."""

    account_id = fields.BigIntField()
    kind = fields.CharField(max_length=10)
    keep_content = fields.BooleanField(null=True)
    state = fields.CharField(max_length=10, db_default="waiting")
    progress = fields.SmallIntField(db_default=0)
    result = fields.BinaryField(null=True)
    error = fields.TextField(null=True)
    finished_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)

    class Meta:
        table = "data_request"
