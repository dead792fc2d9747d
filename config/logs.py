"""Logs: structlog for our own words and for everything the standard library's logging is told."""

import logging
from typing import Any, override

import structlog


class OneLine(logging.Filter):
    """What was refused (any 4xx answer) is one line: who, which page, why. Only our own faults have a traceback."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", 0)
        if 400 <= status < 500:
            fault = record.exc_info[1] if record.exc_info else None
            record.exc_info = record.exc_text = None
            record.msg, record.args = _refusal(record, status, fault), ()
        return True


def _refusal(record: logging.LogRecord, status: int, fault: BaseException | None) -> str:
    request = getattr(record, "request", None)
    who = _name(request) or "nobody"
    requested = f"{getattr(request, 'method', '')} {getattr(request, 'path', '')}".strip()
    why = str(fault or "") or record.getMessage()
    return ascii(f"{status} {requested} by {who}: {why}")[1:-1]


def _name(request: object) -> str:
    from django.db import DatabaseError

    try:
        return str(getattr(getattr(request, "user", None), "username", ""))
    except DatabaseError:
        return "somebody"


def configure_logs(form: str, level: str) -> dict[str, Any]:
    """Sets structlog up and gives the matching configuration for Django's ``LOGGING``.

    Tracebacks are plain: local variables may hold what nobody shall read in a log.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "uplift": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
                "foreign_pre_chain": shared,
            },
        },
        "filters": {"one_line": {"()": OneLine}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "uplift", "filters": ["one_line"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["stderr"], "level": level, "propagate": False},
            "procrastinate": {"level": "WARNING"},
        },
    }
