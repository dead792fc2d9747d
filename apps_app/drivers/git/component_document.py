"""One component as the repository keeps it beside the Compose file: what was applied, without any secret."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from pydantic import JsonValue, ValidationError

from apps_app.drivers.base import Part
from templates_app.appspec.schema.component import ComponentSpec
from templates_app.appspec.schema.model import Network, Volume
from templates_app.appspec.schema.serialize import tree


@dataclass(frozen=True, slots=True)
class Document:
    """A part, with the names of its secrets in place of their values.

    `mark` is the SHA-256 of what the Compose file said of it when it was written; see `marks`.
    """

    component: ComponentSpec
    digest: str
    volumes: Mapping[str, Volume] = field(default_factory=dict)
    networks: Mapping[str, Network] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    mark: str = ""

    @classmethod
    def of(cls, part: Part) -> Self:
        return cls(part.component, part.digest, dict(part.volumes), dict(part.networks), tuple(sorted(part.secrets)))

    @classmethod
    def of_plain(cls, plain: Any) -> Self:
        """From its plain JSON data. Raises ValueError for what is no document."""
        try:
            return cls(
                ComponentSpec.model_validate(plain["component"]),
                str(plain["digest"]),
                {name: Volume.model_validate(item) for name, item in plain["volumes"].items()},
                {name: Network.model_validate(item) for name, item in plain["networks"].items()},
                tuple(plain["secrets"]),
                str(plain["mark"]),
            )
        except ValidationError as error:
            raise ValueError(f"a {error.title} in it: {error.errors()[0]['msg']}") from error
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no component's document: {error!r}") from error

    def plain(self) -> dict[str, JsonValue]:
        return {
            "component": tree(self.component),
            "digest": self.digest,
            "volumes": {name: tree(volume) for name, volume in self.volumes.items()},
            "networks": {name: tree(network) for name, network in self.networks.items()},
            "secrets": list(self.secrets),
            "mark": self.mark,
        }

    def text(self) -> bytes:
        """Its JSON text, in lines that a person can compare."""
        return (json.dumps(self.plain(), sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()
