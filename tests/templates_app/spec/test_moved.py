"""Host ports under other numbers."""

from templates_app.appspec.schema.parse import parse
from templates_app.appspec.validation.port_remapping import literal, literal_as, moved

SPEC = parse(
    {
        "parameters": {"PORT": {"default": "9000"}},
        "components": {
            "web": {"image": "web", "ports": {"80/tcp": {"8080": {}, "127.0.0.1:8081": {}}, "81/tcp": {"${PORT}": {}}}},
            "dns": {"image": "dns", "ports": {"53/udp": {"53": {}}, "90-91/tcp": {"90-91": {}}, "1/tcp": {}}},
        },
    }
)
HERE = "web 80/tcp 127.0.0.1:8081"


def test_only_numbers_of_the_document_itself_are_literal() -> None:
    assert {port.id for port in literal(SPEC)} == {"dns 53/udp 53", HERE, "web 80/tcp 8080"}


def test_a_moved_port_keeps_its_address_and_is_found_by_its_new_id() -> None:
    ports = {HERE: 9999}
    after, values = moved(SPEC, {}, ports)
    assert set(after.components["web"].ports["80/tcp"]) == {"8080", "127.0.0.1:9999"}
    assert values == {}
    result = literal_as(SPEC, ports)
    assert set(result) == {port.id for port in literal(after)}
    assert result["web 80/tcp 127.0.0.1:9999"].id == HERE


def test_two_host_ports_of_one_port_change_places_and_never_become_one() -> None:
    two = parse({"components": {"web": {"image": "web", "ports": {"80/tcp": {"8080": {}, "8081": {"mode": "host"}}}}}})
    swapped, _ = moved(two, {}, {"web 80/tcp 8080": 8081, "web 80/tcp 8081": 8080})
    assert {name: options.mode for name, options in swapped.components["web"].ports["80/tcp"].items()} == {
        "8081": "ingress",
        "8080": "host",
    }
    assert moved(two, {}, {"web 80/tcp 8080": 8081})[0] == two
