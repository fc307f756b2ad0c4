"""Every change around incidents. Keyword-only; the chain itself is written by `store` alone."""

from incidents.births import FirstReport
from incidents.services.aftercare import aftercare_sweep
from incidents.services.alone import alone_sweep
from incidents.services.arrivals import arrivals_sweep
from incidents.services.briefs import briefs
from incidents.services.checkpoints import checkpoint
from incidents.services.clock import wake
from incidents.services.corrections import correction_begin, corrections_sweep
from incidents.services.deadlines import clashes_sweep, deadlines, final_stretch_sweep, visits_sweep
from incidents.services.faq import NewFaq, faq_end, faq_write, phrases_put
from incidents.services.idle import idle_sweep
from incidents.services.letters import letter_print, render_letters
from incidents.services.measures import NewMeasure, measure_done, measure_raise
from incidents.services.missed import missed_invoices_sweep
from incidents.services.nightly import Rule, nightly_checks_sweep, nightly_put, nightly_read
from incidents.services.papers import paper_save
from incidents.services.photos import photos_add
from incidents.services.receivers import register
from incidents.services.reports import failure_read, incident_open, opened
from incidents.services.spread import spread_check, spread_opened
from incidents.services.weekly import weekly_sweep

__all__ = [
    "FirstReport",
    "NewFaq",
    "NewMeasure",
    "Rule",
    "aftercare_sweep",
    "alone_sweep",
    "arrivals_sweep",
    "briefs",
    "checkpoint",
    "clashes_sweep",
    "correction_begin",
    "corrections_sweep",
    "deadlines",
    "failure_read",
    "faq_end",
    "faq_write",
    "final_stretch_sweep",
    "idle_sweep",
    "incident_open",
    "letter_print",
    "measure_done",
    "measure_raise",
    "missed_invoices_sweep",
    "nightly_checks_sweep",
    "nightly_put",
    "nightly_read",
    "opened",
    "paper_save",
    "photos_add",
    "phrases_put",
    "render_letters",
    "spread_check",
    "spread_opened",
    "visits_sweep",
    "wake",
    "weekly_sweep",
]

register()
