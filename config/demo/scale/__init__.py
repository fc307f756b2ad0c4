"""The same company at scale: thousands of incidents whose events come from the engine, written in bulk."""

from config.demo.scale.making import generate

__all__ = ["generate"]
