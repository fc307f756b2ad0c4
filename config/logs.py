"""What the processes write to standard error: one JSON object a line, so that no text from outside can forge a line."""

import logging
import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# These addresses are passwords: whoever has the link may read. They never stand in a log.
SECRET_PATH = re.compile(r"(/(?:calendar|portal)/)[^/\s\"'?.]+")
SECRET_NAME = re.compile(r"password|secret|token|authorization|cookie", re.IGNORECASE)


def mask_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace secret links and secret-looking values of a log event by ***."""
    for key, value in event.items():
        if SECRET_NAME.search(key):
            event[key] = "***"
        elif isinstance(value, str):
            event[key] = SECRET_PATH.sub(r"\1***", value)
    return event


class QuietHealth(logging.Filter):
    """Leaves out the lines about /healthz: it is asked twice a minute and its answer is the message."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line is about anything else."""
        return "/healthz" not in record.getMessage()


def log_settings(*, level: str) -> dict[str, Any]:
    """Set up structlog and return Django's LOGGING, both writing the same kind of line from `level` upward."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    mask_secrets,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "filters": {"quiet health": {"()": QuietHealth}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["quiet health"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django.server": {"handlers": ["stderr"], "level": level, "propagate": False}},
    }
