"""What a plan shows of one field, and of one component, before and after."""

from templates_app.appspec.schema.component import Record
from templates_app.appspec.schema.field_meta import Impact

TEMPLATE_HAS, IT_WAS = "the template has", "before it was"


def said_of_other(path: tuple[str, ...], has: str, value: str) -> str:
    """ "the template has debug", "the template publishes 18092", "the template waits for db, healthy"."""
    if has == IT_WAS:
        return f"{has} {value}"
    match path[2:]:
        case ("ports", port, binding):
            return f"the template publishes {binding or f'{port} at any free port'}"
        case ("depends_on", key):
            return f"the template waits for {key}{'' if value == 'started' else f', {value}'}"
        case ("networks", name):
            return f"the template joins {name}{value.removeprefix('joined')}"
    return f"{has} {value}"


class FieldRow(Record):
    """One field on the details page: rendered text of both sides (None: not there); where the new one is from.

    `template_value` is what the other side has in place of what stays or comes here, where that is another text;
    `template_has` leads to it ("the template has", "before it was"). `pending_value` is an operator's own text that
    the target does not have after this plan; `pending_again`: it has it now, and had not before what is taken back.
    """

    path: tuple[str, ...]
    label: str
    symbol: str
    before: str | None = None
    after: str | None = None
    source: str = ""
    template_value: str | None = None
    template_has: str = TEMPLATE_HAS
    pending_value: str | None = None
    pending_again: bool = False
    impact: Impact = Impact.NONE
    secret: bool = False

    @property
    def address(self) -> str:
        return ".".join(self.path)

    @property
    def changes(self) -> bool:
        """Whether the target gets something else; a local change that is kept is listed, and changes nothing."""
        return self.symbol != "="

    @property
    def where(self) -> str:
        """ "yours, kept; the template has debug" """
        value = self.template_value
        other = "" if value is None else said_of_other(self.path, self.template_has, value)
        return "; ".join(filter(None, [self.source, other, self._waits]))

    @property
    def _waits(self) -> str:
        if self.pending_value is None:
            return ""
        how = (
            "applied with the upgrade, becomes pending again" if self.pending_again else "never applied, stays pending"
        )
        return f"your edit {self.pending_value}, {how}"

    def sentence(self) -> str:
        """ "image redis:7 → redis:8 (from the template)"."""
        source = f" ({self.where})" if self.where else ""
        if self.symbol == "+":
            after = f": {self.after}" if self.after else ""
            return f"{self.label} added{after}{source}"
        if self.symbol == "−":
            return f"{self.label} removed{source}"
        if self.symbol == "=":
            return f"{self.label} {self.after if self.after is not None else 'left out'}{source}"
        return f"{self.label} {self.before} → {self.after}{source}"


class ComponentRow(Record):
    """One component on the details page. Symbols: + new, ~ changed, ± replaced, − removed, = unchanged."""

    key: str
    symbol: str
    impact: str = ""
    data_at_risk: str = ""
    source: str = ""
    fields: tuple[FieldRow, ...] = ()
