"""What the other side has in place of what stays or comes here, as a sentence."""

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
