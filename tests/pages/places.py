"""Every page by the name of its URL, with the addresses at which a scene has something to show."""

from collections.abc import Iterator, Mapping

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.conftest import SignedIn
from tests.pages.scene import COMPOSE, Scene

ANSWERS_ONLY = {
    "logout": "POST alone",
    "admin_login": "leads to the one door there is",
    "healthz": "words for a load balancer",
    "people:audit-export": "a file",
    "people:team-new": "for superusers; held by the tests of teams",
    "password_reset_confirm": "needs the link of a mail",
    "templates:logo": "a picture",
    "upgrades:take-port": "POST alone",
}
"""What has a name and is no page that one can open."""


def places(scene: Scene) -> Mapping[str, tuple[str, ...]]:
    return {**_of_people(scene), **_of_templates(scene), **_of_applications(scene), **_of_upgrades(scene)}


def doors() -> Mapping[str, str]:
    """The pages for whoever is not signed in."""
    return {
        name: reverse(name) for name in ("login", "password_reset", "password_reset_done", "password_reset_complete")
    }


def names() -> set[str]:
    """The name of every page of ours; Django's admin looks after its own."""
    return {name for name in _names(get_resolver()) if not name.startswith("admin:")}


def _names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for url_pattern in resolver.url_patterns:
        if isinstance(url_pattern, URLPattern):
            yield f"{prefix}{url_pattern.name}"
        else:
            yield from _names(url_pattern, f"{prefix}{url_pattern.namespace}:" if url_pattern.namespace else prefix)


def upload_again(client: SignedIn, scene: Scene) -> None:
    """Leaves an import waiting in the client's session, so that its review has something to show."""
    text = COMPOSE.replace("1.0", "1.1").replace("  built", "  cache: {image: redis}\n  built")
    answer = client.post(reverse("apps:reimport", args=[scene.imported.slug]), {"compose_text": text})
    assert answer.status_code == 302, answer.content.decode()


def _of_people(scene: Scene) -> dict[str, tuple[str, ...]]:
    alone = ("password_change", "password_change_done", "people:audit", "people:teams")
    of_team = ("people:team", "people:member-add")
    member = [scene.team.slug, scene.viewer.username]
    return {
        **{name: (reverse(name),) for name in alone},
        **{name: (reverse(name, args=[scene.team.slug]),) for name in of_team},
        **{name: (reverse(name, args=member),) for name in ("people:member", "people:member-remove")},
        "people:audit": (
            reverse("people:audit"),
            f"{reverse('people:audit')}?verb=confirmed&since=2020-01-01&app={scene.moved.slug}",
        ),
    }


def _of_templates(scene: Scene) -> dict[str, tuple[str, ...]]:
    slug = scene.template.slug
    return {
        "templates:list": (reverse("templates:list"), f"{reverse('templates:list')}?q=nothing-like-it"),
        "templates:template": (reverse("templates:template", args=[slug]),),
        "templates:compare": (f"{reverse('templates:compare', args=[slug])}?from=1.0&to=1.2",),
        "templates:version": tuple(
            reverse("templates:version", args=[slug, version]) for version in ("0.9", "1.1", "1.3")
        ),
        "templates:edit": (reverse("templates:edit", args=[slug]),),
        "templates:delete": (reverse("templates:delete", args=[slug]),),
        "templates:version-edit": (reverse("templates:version-edit", args=[slug, "1.1"]),),
        "templates:version-delete": tuple(
            reverse("templates:version-delete", args=[slug, version]) for version in ("1.1", "1.3")
        ),
        "templates:version-state": (reverse("templates:version-state", args=[slug, "1.1", "withdraw"]),),
        "apps:installations": (reverse("apps:installations", args=[slug]),),
        "upgrades:install": (reverse("upgrades:install", args=[slug]),),
    }


def _of_applications(scene: Scene) -> dict[str, tuple[str, ...]]:
    every = (scene.source, scene.copy, scene.broken, scene.busy, scene.later)
    pages = {
        f"apps:{name}": tuple(reverse(f"apps:{name}", args=[application.slug]) for application in every)
        for name in ("topology", "components", "settings", "delete", "forget")
    }
    of_copy = {
        f"apps:{name}": (reverse(f"apps:{name}", args=[scene.copy.slug]),)
        for name in ("component-add", "releases", "values", "reimport", "frame")
    }
    of_web = {
        f"apps:{name}": (reverse(f"apps:{name}", args=[scene.copy.slug, "web"]),)
        for name in (
            *("component", "component-state", "component-edit", "component-fields"),
            *("component-rename", "component-copy", "component-remove"),
        )
    }
    of_release = {
        f"apps:{name}": (reverse(f"apps:{name}", args=[scene.open_release.pk]),)
        for name in ("sync", "sync-progress", "sync-retry", "sync-confirm", "sync-cancel")
    }
    publish = reverse("apps:publish", args=[scene.source.slug])
    attach, of_shop = reverse("apps:attach", args=[scene.source.slug]), f"template={scene.template.slug}"
    target = [scene.team.slug, scene.files.slug]
    return {
        **pages,
        **of_copy,
        **of_web,
        **of_release,
        "apps:sync": (scene.open_release.get_absolute_url(), scene.closed_release.get_absolute_url()),
        "apps:releases": (reverse("apps:releases", args=[scene.source.slug]),),
        "apps:list": (reverse("apps:list"), f"{reverse('apps:list')}?state=behind&sort=-name"),
        "apps:new": (reverse("apps:new"),),
        "apps:import": (reverse("apps:import"),),
        "apps:imported": (reverse("apps:imported", args=[scene.imported.slug]),),
        "apps:reimport-review": (reverse("apps:reimport-review", args=[scene.imported.slug]),),
        "apps:publish": (publish, f"{publish}?template=new", reverse("apps:publish", args=[scene.imported.slug])),
        "apps:publish-version": (f"{reverse('apps:publish-version', args=[scene.source.slug])}?version=1..4",),
        "apps:attach": (
            attach,
            f"{attach}?{of_shop}&version=1.1",
            f"{reverse('apps:attach', args=[scene.imported.slug])}?{of_shop}&version=1.2",
            reverse("apps:attach", args=[scene.copy.slug]),
        ),
        "apps:parameters": (reverse("apps:parameters", args=[scene.source.slug]),),
        "apps:parameter-make": (f"{reverse('apps:parameter-make', args=[scene.source.slug, 'db'])}?at=image",),
        "apps:state": (reverse("apps:state", args=[scene.broken.slug]), reverse("apps:state", args=[scene.copy.slug])),
        "apps:logs": (
            reverse("apps:logs", args=[scene.broken.slug, "web"]),
            f"{reverse('apps:logs', args=[scene.copy.slug, 'web'])}?lines=500",
        ),
        "apps:secret": (reverse("apps:secret", args=[scene.copy.slug, "DB_PASSWORD"]),),
        "apps:power": (reverse("apps:power", args=[scene.broken.slug, "stop"]),),
        "apps:component-power": (reverse("apps:component-power", args=[scene.broken.slug, "web", "restart"]),),
        "apps:logins": (reverse("apps:logins"), f"{reverse('apps:logins')}?q=nothing-like-it"),
        "apps:login-save": (
            reverse("apps:login-save"),
            f"{reverse('apps:login-save')}?host=registry.example&username=puller",
        ),
        "apps:login-remove": (reverse("apps:login-remove", args=[scene.login.pk]),),
        "apps:targets": (reverse("apps:targets"), f"{reverse('apps:targets')}?q=nothing-like-it"),
        "apps:target": (reverse("apps:target", args=target),),
        "apps:target-new": (reverse("apps:target-new"),),
        "apps:target-edit": (reverse("apps:target-edit", args=target),),
        "apps:target-remove": (reverse("apps:target-remove", args=target),),
    }


def _of_upgrades(scene: Scene) -> dict[str, tuple[str, ...]]:
    every = (scene.source, scene.copy, scene.clash, scene.moved, scene.broken, scene.busy, scene.later)
    records = (scene.planned, scene.succeeded, scene.restored, scene.queued)

    def details(slug: str, to: str) -> str:
        return f"{reverse('upgrades:details', args=[slug])}?to={to}"

    return {
        "upgrades:home": (reverse("upgrades:home"),),
        "upgrades:manage": tuple(reverse("upgrades:manage", args=[application.slug]) for application in every),
        "upgrades:details": (
            details(scene.copy.slug, "1.1"),
            details(scene.clash.slug, "1.2"),
            details(scene.broken.slug, "1.1"),
            details(scene.copy.slug, "0.9"),
        ),
        "upgrades:preflight": (
            f"{reverse('upgrades:preflight', args=[scene.copy.slug])}?kind=upgrade&to=1.1",
            f"{reverse('upgrades:preflight', args=[scene.copy.slug])}?kind=change",
        ),
        "upgrades:record-preflight": (reverse("upgrades:record-preflight", args=[scene.planned.pk]),),
        "upgrades:rollback": (reverse("upgrades:rollback", args=[scene.moved.slug]),),
        "upgrades:uninstall": tuple(
            reverse("upgrades:uninstall", args=[application.slug]) for application in (scene.copy, scene.broken)
        ),
        "upgrades:changes": tuple(
            reverse("upgrades:changes", args=[application.slug]) for application in (scene.copy, scene.moved)
        ),
        **{
            f"upgrades:{name}": tuple(
                reverse(f"upgrades:{name}", args=[application.slug, "db"])
                for application in (scene.broken, scene.clash)
            )
            for name in ("drift", "put-back", "keep")
        },
        "upgrades:changes-discard": (reverse("upgrades:changes-discard", args=[scene.copy.slug]),),
        "upgrades:copy": tuple(
            reverse("upgrades:copy", args=[application.slug]) for application in (scene.copy, scene.source)
        ),
        "upgrades:unfinished": tuple(
            reverse("upgrades:unfinished", args=[application.slug]) for application in (scene.copy, scene.source)
        ),
        "upgrades:planned": (reverse("upgrades:planned", args=[scene.later.slug]),),
        "upgrades:history": tuple(
            reverse("upgrades:history", args=[application.slug]) for application in (scene.moved, scene.source)
        ),
        "upgrades:list": (reverse("upgrades:list"),),
        "upgrades:adopt": (reverse("upgrades:adopt", args=[scene.team.slug, scene.files.slug]),),
        "upgrades:record": tuple(record.get_absolute_url() for record in records),
        "upgrades:progress": tuple(reverse("upgrades:progress", args=[record.pk]) for record in records),
        "upgrades:confirm": (reverse("upgrades:confirm", args=[scene.planned.pk]),),
        "upgrades:discard": (reverse("upgrades:discard", args=[scene.planned.pk]),),
    }
