"""An application becomes an installation, and nothing on its target changes."""

import pytest

from apps_app.actions.link_application import attach
from apps_app.models import Application, Busy, Installation
from apps_app.queries.link_proposal import Choices, propose_attachment
from config.accounts.access.actor import Actor, Forbidden
from config.accounts.models import AuditEntry, Role, Team
from config.accounts.sealing.sealed import Secret
from config.errors import Refused
from templates_app.appspec.schema.model import AppSpec
from templates_app.models import TemplateVersion
from tests.apps_app.rows import all_held, wanted
from tests.factories import AppTemplateFactory, TemplateVersionFactory, application, member
from tests.specs import EMPTY, WEB_AND_DB, WEB_RENAMED, WITH_REDIS, added, changed, without

pytestmark = pytest.mark.django_db
ADA = Actor.system("ada")


@pytest.fixture
def version(team: Team) -> TemplateVersion:
    created: TemplateVersion = TemplateVersionFactory.create(
        template__team=team, template__name="Shop", spec=WEB_AND_DB
    )
    return created


def shop(team: Team, spec: AppSpec = WEB_AND_DB, *, applied: AppSpec | None = None) -> Application:
    """With a password, and on its target where it was applied."""
    created = application(spec, applied=applied, team=team, slug="mine")
    text = Secret("s3cret")
    created.values.create(name="DB_PASSWORD", secret=True, desired=text, applied=text if applied else None)
    return created


def origins(of: Installation) -> dict[str, str]:
    rows = of.origins.select_related("component")
    return {row.template_key: f"{row.state} {row.component.key if row.component else '-'}" for row in rows}


def test_one_that_is_the_version_has_no_local_change(team: Team, version: TemplateVersion) -> None:
    mine = shop(team, applied=WEB_AND_DB)
    assert propose_attachment(mine, version, Choices()).changes == 0
    installation = attach(mine, ADA, version=version, choices=Choices())
    assert installation.version == version
    assert origins(installation) == {"web": "present web", "db": "present db"}
    now = Application.objects.get(pk=mine.pk)
    assert now.desired_spec() == now.applied_spec() == WEB_AND_DB
    assert not any(row.pending for row in now.components.all())
    assert all_held(now) == {"DB_PASSWORD": "s3cret"}


def test_what_differs_is_a_local_change_and_values_are_found(team: Team, version: TemplateVersion) -> None:
    env = {**WEB_AND_DB.components["web"].env, "WORKERS": "4", "OLD_CACHE_DIR": "/tmp/cache", "MINE": "1"}
    own = added(changed(WEB_AND_DB, "web", env=env), mailer={"image": "mail:1"})
    mine = shop(team, own, applied=own)
    proposal = propose_attachment(mine, version, Choices())
    assert [change.address for change in proposal.comparison.changes] == [
        "components.web.env.MINE",
        "components.web.env.OLD_CACHE_DIR",
    ]
    assert proposal.own == ("mailer",)
    attach(mine, ADA, version=version, choices=Choices(), seen=proposal.digest)
    assert wanted(mine, "web")["env"]["WORKERS"] == "${WORKERS}"
    workers = mine.values.get(name="WORKERS")
    assert workers.applied_text() == "4"
    assert not workers.secret
    assert not any(row.pending for row in mine.components.all())


def test_pending_edits_stay_pending(team: Team, version: TemplateVersion) -> None:
    mine = shop(team, changed(WEB_AND_DB, "db", image="postgres:17.1"), applied=WEB_AND_DB)
    attach(mine, ADA, version=version, choices=Choices())
    assert [row.key for row in mine.components.all() if row.pending] == ["db"]


def test_another_key_is_remembered(team: Team, version: TemplateVersion) -> None:
    mine = shop(team, WEB_RENAMED)
    proposal = propose_attachment(mine, version, Choices())
    assert proposal.changes == 0
    assert origins(attach(mine, ADA, version=version, choices=Choices())) == {"web": "present shop", "db": "present db"}


def test_what_is_not_here_is_offered_again_or_left_out(team: Team) -> None:
    version = TemplateVersionFactory.create(template__team=team, spec=WITH_REDIS)
    item, other = shop(team), application(WEB_AND_DB, team=team, slug="other")
    assert propose_attachment(item, version, Choices()).missing == ("redis",)
    assert origins(attach(item, ADA, version=version, choices=Choices()))["redis"] == "declined -"
    left_out = Choices(left_out=frozenset({"redis"}))
    assert origins(attach(other, ADA, version=version, choices=left_out))["redis"] == "removed_locally -"
    with pytest.raises(Refused, match="cannot be attached"):
        propose_attachment(shop_named(team), version, Choices(left_out=frozenset({"web"})))


def shop_named(team: Team) -> Application:
    return application(WEB_AND_DB, team=team, slug="third")


def test_it_is_audited_without_a_value(team: Team, version: TemplateVersion) -> None:
    attach(shop(team), ADA, version=version, choices=Choices())
    entry = AuditEntry.objects.get(verb="attached")
    assert entry.label == "Mine to Shop 1.0"
    assert entry.data["components"] == {"web": "web", "db": "db"}
    assert "s3cret" not in str(entry.data)


def test_refusals(team: Team, version: TemplateVersion) -> None:
    mine = shop(team)
    draft = TemplateVersionFactory.create(template=version.template, version="2.0", state="draft")
    with pytest.raises(Refused, match="is draft; an application is attached to a released one"):
        attach(mine, ADA, version=draft, choices=Choices())
    with pytest.raises(Refused, match="has no component"):
        attach(application(EMPTY, team=team), ADA, version=version, choices=Choices())
    with pytest.raises(Refused, match="Something changed since"):
        attach(mine, ADA, version=version, choices=Choices(), seen="sha256:other")
    assert not Installation.objects.exists()
    attach(mine, ADA, version=version, choices=Choices())
    with pytest.raises(Refused, match="is installed from Shop already"):
        attach(mine, ADA, version=version, choices=Choices())


def test_refused_while_somebody_is_at_work(team: Team, version: TemplateVersion) -> None:
    mine = shop(team)
    Busy.objects.create(application=mine, record_id=1, label="Change", url="/upgrades/1/", by="ada")
    with pytest.raises(Refused, match="Change is at work, begun by ada"):
        attach(mine, ADA, version=version, choices=Choices())


def test_only_operators_may_and_only_to_what_they_see(team: Team, version: TemplateVersion) -> None:
    mine = shop(team)
    with pytest.raises(Forbidden):
        attach(mine, Actor.of(member(team, Role.VIEWER)), version=version, choices=Choices())
    hidden = TemplateVersionFactory.create(template=AppTemplateFactory.create(slug="hidden"))
    with pytest.raises(Refused, match="There is no template hidden that you may see"):
        attach(mine, Actor.of(member(team, Role.OPERATOR)), version=hidden, choices=Choices())
    observed = TemplateVersionFactory.create(template=AppTemplateFactory.create(scope="everyone"))
    assert attach(mine, Actor.of(member(team, Role.OPERATOR)), version=observed, choices=Choices()).version == observed


def test_nothing_is_written_where_a_choice_is_wrong(team: Team, version: TemplateVersion) -> None:
    mine = shop(team, without(WEB_AND_DB, "db"))
    with pytest.raises(Refused) as refused:
        attach(mine, ADA, version=version, choices=Choices({"web": "nothing"}, values={"NOTHING": "1"}))
    assert "there is no component nothing here" in str(refused.value.faults)
    assert wanted(mine, "web") == WEB_AND_DB.components["web"].plain


def test_where_nothing_matches_it_has_to_be_said_that_this_is_meant(team: Team, version: TemplateVersion) -> None:
    mine = application(added(EMPTY, registry={"image": "registry:2"}), team=team, slug="regapp", name="Reg")
    with pytest.raises(Refused, match="Nothing of Reg matches Shop 1.0: no component is in both"):
        attach(mine, ADA, version=version, choices=Choices())
    assert not Installation.objects.exists()
    installation = attach(mine, ADA, version=version, choices=Choices(although_unmatched=True))
    assert origins(installation) == {"web": "declined -", "db": "declined -"}
