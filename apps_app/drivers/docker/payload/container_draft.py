"""A container's configuration while it is built."""

from collections.abc import Callable
from dataclasses import dataclass, field

from apps_app.drivers.base import ComponentPart, Placement
from apps_app.drivers.docker.api.models import InspectTree
from apps_app.drivers.issues import IssueCode, PreflightIssue
from templates_app.appspec.schema.component import ComponentSpec


@dataclass
class ContainerDraft:
    """The documents of one container being built, and the issues found on the way."""

    app: Placement
    key: str
    part: ComponentPart
    component: ComponentSpec
    config: InspectTree = field(default_factory=dict)
    host: InspectTree = field(default_factory=dict)
    issues: list[PreflightIssue] = field(default_factory=list)

    def add_issue(self, code: IssueCode, resource: str = "", **params: str) -> None:
        """Record an error about this component."""
        self.issues.append(PreflightIssue(code, component=self.key, resource=resource, params=params))

    def try_read[T, E](self, field_path: str, read: Callable[[], T], otherwise: E) -> T | E:
        """Return the result of `read`; where it fails, record an invalid field and return `otherwise`."""
        try:
            return read()
        except KeyError as error:
            self.add_issue(IssueCode.INVALID_FIELD, field_path, reason=f"{error} is missing")
        except (ValueError, TypeError) as error:
            self.add_issue(IssueCode.INVALID_FIELD, field_path, reason=str(error))
        return otherwise
