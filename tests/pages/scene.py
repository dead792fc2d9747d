"""A team with something to show on every page: published, installed, behind, in conflict, at work, failed."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from apps_app.actions.import_compose import import_compose
from apps_app.actions.save_registry_login import save_login
from apps_app.drivers.memory import memory_target as memory_of
from apps_app.formats.compose.read import read_compose
from apps_app.models import Application, RegistryLogin, ReleaseRecord, Target
from apps_app.publication.choices import NewTemplate
from config.accounts.models import Role, Team, User
from config.accounts.sealing.sealed import Secret
from templates_app.actions.change_state import change_state
from templates_app.actions.edit_template import edit_template
from templates_app.appspec.schema.model import AppSpec, Parameter
from templates_app.forms.logo import read_logo
from templates_app.models import AppTemplate, TemplateVersion
from tests.apps_app.publishing import draft, edited, released, source
from tests.factories import TeamFactory, member
from tests.specs import WEB_AND_DB, WITH_REDIS, added, changed, without
from tests.upgrades_app.road import ADA, carried_out, git_target, installed, memory_target, upgraded
from tests.upgrades_app.views.pages import edited as edited_at
from tests.upgrades_app.views.pages import planned
from upgrades_app.actions.confirm import confirm
from upgrades_app.actions.plan_install import plan_install
from upgrades_app.models import UpgradeRecord

LONG_NAME = "SHOP_MAX_EXTERNAL_SOURCEMAP_SIZE_OF_ANY_UPLOAD"
COMPOSE = """\
services:
  web: {image: "shop/web:1.0", ports: ["8080:80"], environment: {LEVEL: "${LEVEL:-info}", TOKEN: "s3cr3t-t0ken-4711"}}
  built: {build: ., image: shop/built, depends_on: [web]}
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """`copy` is behind with a local change, `clash` has a conflict, `moved` was upgraded, `broken` failed to be,
    `later` waits for its install."""

    team: Team
    owner: User
    viewer: User
    template: AppTemplate
    source: Application
    open_release: ReleaseRecord
    closed_release: ReleaseRecord
    copy: Application
    clash: Application
    moved: Application
    broken: Application
    busy: Application
    later: Application
    imported: Application
    files: Target
    login: RegistryLogin
    planned: UpgradeRecord
    succeeded: UpgradeRecord
    restored: UpgradeRecord
    queued: UpgradeRecord


def workers(count: int, version: str) -> dict[str, dict[str, Any]]:
    return {
        f"worker-{n}": {
            "image": f"shop/worker:{version}",
            "env": {"QUEUE": f"{n}", "WORKERS": "${WORKERS}"},
            "depends_on": {"db": {}},
        }
        for n in range(1, count + 1)
    }


def opened(spec: AppSpec) -> AppSpec:
    """With a parameter whose name is as long as real ones are."""
    spec = changed(spec, "web", labels={"size": f"${{{LONG_NAME}}}"})
    return spec.model_copy(update={"parameters": {**spec.parameters, LONG_NAME: Parameter(default="1M")}})


def first(count: int) -> AppSpec:
    return added(opened(WEB_AND_DB), mail={"image": "shop/mail:1.0"}, **workers(count, "1.0"))


def second(count: int) -> AppSpec:
    """Redis is new, and every worker has a new image."""
    both = changed(opened(WITH_REDIS), "web", config_files={"/etc/shop/shop.conf": {"content": "a = 1\nb = 2\n"}})
    return added(both, mail={"image": "shop/mail:1.0"}, **workers(count, "1.1"))


def third(count: int) -> AppSpec:
    """Asks everything there is to ask: a conflict, a component that is gone, data at risk."""
    asking = changed(without(second(count), "mail"), "web", command=["serve", "--theirs"])
    return changed(asking, "db", image="postgres:18")


def scene(folder: Path, name: str = "shop", components: int = 1) -> Scene:
    """With `components` more in every application than the few that every scene has."""
    team: Team = TeamFactory.create(slug=name, name=name.capitalize())
    origin = source(team, slug=name)
    versions = _published(origin, name, components)
    _described(versions[0].template)
    files, memory = git_target(team, folder), memory_target(team, f"{folder}-{name}")
    copies = {
        name_suffix: installed(versions[0], files, f"{name} {name_suffix}")
        for name_suffix in ("copy", "clash", "moved", "busy")
    }
    broken = installed(versions[0], memory, f"{name} broken")
    succeeded = upgraded(copies["moved"], versions[1])
    restored = _failed(broken, versions[1], f"{folder}-{name}")
    queued = planned(copies["busy"], versions[1])
    copy = _with_local_changes(copies["copy"])
    clash = edited_at(copies["clash"], "web", command=["serve", "--ours"])
    return Scene(
        team=team,
        owner=member(team, Role.OWNER, username=f"{name}-owner"),
        viewer=member(team, Role.VIEWER, username=f"{name}-viewer"),
        template=versions[0].template,
        source=origin,
        open_release=_drafted(origin, versions[0].template, components),
        closed_release=versions[1].release_record,
        copy=copy,
        clash=clash,
        moved=copies["moved"],
        broken=broken,
        busy=copies["busy"],
        later=plan_install(versions[0], ADA, team=team, name=f"{name} later", target=files).subject,
        imported=_imported(team, name),
        files=files,
        login=_login(team),
        planned=planned(copy, versions[1]),
        succeeded=succeeded,
        restored=restored,
        queued=confirm(queued, ADA, digest=queued.digest),
    )


def _published(origin: Application, name: str, components: int) -> tuple[TemplateVersion, ...]:
    """1.0, 1.1 and 1.2, after a 0.9 that was withdrawn."""
    old = released(origin, "0.9", template=NewTemplate(f"{name} template"))
    change_state(old, ADA, state=TemplateVersion.State.WITHDRAWN, reason="It lost orders.")
    begun = edited(origin, first(components))
    versions = [released(begun, "1.0", template=old.template, notes="The first that sells.")]
    for number, document in (("1.1", second(components)), ("1.2", third(components))):
        versions.append(released(edited(origin, document), number, template=old.template, alias="Spring"))
    return tuple(versions)


def _described(template: AppTemplate) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(picture, format="PNG")
    words = {"name": template.name, "scope": template.scope, "description": "Sells things.\n\nWith a worker."}
    edit_template(template, ADA, tags=["shop", "web"], logo=read_logo(picture.getvalue()), **words)


def _drafted(origin: Application, template: AppTemplate, components: int) -> ReleaseRecord:
    after = changed(third(components), "web", image="shop/web:1.3")
    return draft(edited(origin, after), "1.3", template=template, queue=False)


def _with_local_changes(copy: Application) -> Application:
    env = copy.desired_spec().components["web"].env
    copy = edited_at(copy, "web", env={**env, "LOG_LEVEL": "debug"})
    return edited_at(copy, "db", labels={"backup": "nightly"})


def _failed(broken: Application, to: TemplateVersion, name: str) -> UpgradeRecord:
    """An upgrade that was put back, on a target where somebody then changed a component."""
    record = planned(broken, to)
    memory_of(name).fail("apply", "web", message="web could not be started: no space is left; make some")
    finished = carried_out(record)
    memory_of(name).drift(str(broken.uid), "db")
    return finished


def _imported(team: Team, name: str) -> Application:
    import_result = read_compose({"compose.yaml": COMPOSE.encode()}, "compose.yaml", b"")
    return import_compose(ADA, team=team, name=f"{name} imported", imported=import_result, source="compose.yaml")


def _login(team: Team) -> RegistryLogin:
    return save_login(
        ADA, team=team, host=f"{team.slug}.registry.example", username="puller", password=Secret("let-me-pull")
    )
