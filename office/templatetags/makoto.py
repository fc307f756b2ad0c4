"""Template tags and filters for dates, money, people, states and icons.

Everything here writes the forms agreed in the glossary: dates with their weekday in half-width brackets, states as icon
plus word plus colour, yen with ▲ for minus. The words themselves come from the translation files.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

import lucide
from django import template
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext

from office.calendar import holiday_name
from office.demo import demo_logins
from office.models import Company, User
from office.roles import Role
from office.selectors import business_calendar

register = template.Library()

SATURDAY, SUNDAY = 5, 6
SOON_DAYS = 1  # a due tag names 明日 beside the date up to this many days ahead
SOON_BUSINESS_DAYS = 3  # what is left is amber up to this many business days


@lru_cache(maxsize=512)
def _icon(name: str, label: str) -> SafeString:
    speech = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    drawn = lucide._render_icon(name, 20, **{"class": "icon"}, **speech)
    return SafeString("".join(line.strip() for line in drawn.splitlines()))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Return the lucide drawing `name` inline; with `label` it speaks, without it is decoration.

    Raises lucide.IconDoesNotExist for a name the package does not know.
    """
    return _icon(str(name), str(label))


@register.simple_tag(name="tag")
def state_tag(level: str, icon_name: str, text: object) -> SafeString:
    """Return a state as icon and word; `level` is over, soon, later, sent, done, now or empty for neutral."""
    return format_html('<span class="tag{}">{}{}</span>', f" is-{level}" if level else "", icon(icon_name), text)


def _local(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _weekday(day: date) -> SafeString:
    """Return "(水)"; Saturdays blue, Sundays and holidays red, the holiday's name as title."""
    word, holiday = str(WEEKDAYS_ABBR[day.weekday()]), holiday_name(day)
    if holiday:
        return format_html(
            '<span class="sun" title="{}">({})</span>', holiday, gettext("%(weekday)s, holiday") % {"weekday": word}
        )
    if day.weekday() in (SATURDAY, SUNDAY):
        return format_html('<span class="{}">({})</span>', "sat" if day.weekday() == SATURDAY else "sun", word)
    return format_html("({})", word)


def _short(day: date) -> str:
    year = "" if day.year == timezone.localdate().year else f"{day.year}/"
    return f"{year}{day.month}/{day.day}"


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """Return "11/25(水)" in one unbreakable piece; another year than this one is written before it."""
    if not value:
        return ""
    local = _local(value)
    return format_html('<span class="nb">{}{}</span>', _short(local), _weekday(local))


@register.filter
def longday(value: date | datetime | None) -> SafeString | str:
    """Return "2026年11月25日(水)" (or "25 Nov 2026 (Wed)") with the weekday coloured."""
    if not value:
        return ""
    local = _local(value)
    text = date_format(local, pgettext("long date format", "j M Y "))
    return format_html('<time class="nb" datetime="{}">{}{}</time>', local.isoformat(), text, _weekday(local))


@register.filter
def clock(value: datetime | None) -> str:
    """Return "9:20" or "17:00" in Tokyo."""
    return date_format(timezone.localtime(value), "G:i") if value else ""


@register.filter
def lately(value: datetime | None, now: datetime) -> SafeString | str:
    """Return a past moment as short as it stays clear: "12:40" today, "11/24(火)" before."""
    return clock(value) if value and _local(value) == _local(now) else day(value)


@register.filter
def yen(value: int | None) -> str:
    """Return "1,234,567円", "▲11,000円" for a minus, nothing for None. Yen are whole numbers."""
    if value is None:
        return ""
    return gettext("%(amount)s yen") % {"amount": f"{'▲' if value < 0 else ''}{abs(value):,}"}


@register.filter
def price(value: Decimal) -> str:
    """Return a unit price in yen, with its decimals where it has any: 86,000円, 0.45円."""
    return gettext("%(amount)s yen") % {"amount": f"{value:,.2f}".removesuffix(".00")}


@register.filter
def plain(value: Decimal) -> str:
    """Return a quantity without trailing zeros: 12, 0.5, ▲2 for a minus."""
    return f"{'▲' if value < 0 else ''}{abs(value).normalize():,f}"


@register.filter
def sama(name: object) -> str:
    """Return the customer's or person's name as said on screens: 東和工業様."""
    return pgettext("honorific", "%(name)s") % {"name": name} if name else ""


@register.filter
def tel(phone: object) -> str:
    """Return a tel: address for a telephone number as typed; only digits and a leading plus are kept."""
    text = str(phone or "")
    return "tel:" + ("+" if text.startswith("+") else "") + "".join(char for char in text if char.isdecimal())


def span_in_words(span: timedelta) -> str:
    """Return a span as one or two words: 45分, 1時間45分, 3日."""
    minutes = max(int(span.total_seconds() // 60), 1)
    if minutes < 60:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        words = gettext("%(hours)d h") % {"hours": hours}
        return words + (gettext(" %(minutes)d min") % {"minutes": rest} if rest else "")
    return gettext("%(days)d d") % {"days": hours // 24}


@register.filter
def span(value: timedelta | None) -> str:
    """Return a span in words, see span_in_words."""
    return span_in_words(value) if value is not None else ""


@register.filter
def until(value: datetime, now: datetime) -> str:
    """Return "55分後" for what begins within half a day; nothing for later or past."""
    ahead = value - now
    if not timedelta(0) < ahead < timedelta(hours=12):
        return ""
    return gettext("in %(span)s") % {"span": span_in_words(ahead)}


def _due(value: datetime, now: datetime) -> tuple[str, str, str | SafeString]:
    """Return (level, icon, words) of a due moment, seen from `now`."""
    local, today = _local(value), _local(now)
    if local < today:
        days = gettext("%(days)d d") % {"days": (today - local).days}
        return "over", "triangle-alert", gettext("Overdue %(span)s") % {"span": days}
    if value < now:
        return "over", "triangle-alert", gettext("Overdue %(span)s") % {"span": span_in_words(now - value)}
    if local == today:
        return "soon", "clock", gettext("Today %(time)s") % {"time": clock(value)}
    words = format_html("{}{}", _short(local), _weekday(local))
    if (local - today).days <= SOON_DAYS:
        words = format_html("{} {}", gettext("Tomorrow"), words)
    return "later", "calendar", words


@register.simple_tag
def due(value: datetime | None, now: datetime | None = None) -> SafeString | str:
    """Return a due moment as a <time> tag: 期限超過 3日, 本日 17:00, 明日 11/26(木), 11/27(金); nothing for None."""
    if value is None:
        return ""
    level, icon_name, words = _due(value, now or timezone.now())
    return format_html(
        '<time class="tag is-{}" datetime="{}">{}{}</time>',
        level,
        timezone.localtime(value).isoformat(timespec="minutes"),
        icon(icon_name),
        words,
    )


@register.simple_tag
def left(value: datetime | None, now: datetime | None = None) -> SafeString | str:
    """Return what is left until a date that stands beside it: あと3営業日 (amber to the third), 明日, 本日 17:00.

    Nothing for None.
    """
    if value is None:
        return ""
    at = now or timezone.now()
    days = business_calendar().business_days_between(_local(at), _local(value))
    if value < at or _local(value) == _local(at) or days < 1:
        return due(value, at)
    if (_local(value) - _local(at)).days <= SOON_DAYS:
        return state_tag("soon", "clock", gettext("Tomorrow"))
    words = ngettext("%(n)d business day left", "%(n)d business days left", days) % {"n": days}
    return state_tag("soon" if days <= SOON_BUSINESS_DAYS else "later", "clock", words)


@register.simple_tag
def waiting(since: datetime | None, now: datetime | None = None) -> SafeString | str:
    """Return how long a customer has waited as a tag: amber under an hour, vermilion from then on."""
    if since is None:
        return ""
    waited = (now or timezone.now()) - since
    level, icon_name = ("over", "triangle-alert") if waited >= timedelta(hours=1) else ("soon", "clock")
    return state_tag(level, icon_name, gettext("Waiting %(span)s") % {"span": span_in_words(waited)})


@register.simple_tag
def person(user: User | None, role: str = "") -> SafeString | str:
    """Return a colleague as initial and name: 田中さん, or with a role 主担当 田中; nothing for None."""
    if user is None:
        return ""
    said = format_html("{} {}", role, user.surname) if role else conditional_escape(user.called)
    initial = (user.surname or user.username)[:1]
    return format_html('<span class="person"><b aria-hidden="true">{}</b>{}</span>', initial, said)


@register.filter
def role_label(user: User) -> str:
    """Return what a person does here, their first role; nothing for none."""
    return str(Role(user.roles[0]).label) if user.roles else ""


@register.simple_tag
def our_company() -> Company | None:
    """Return our own profile, None before it is filled in."""
    return Company.objects.first()


@register.simple_tag
def demo_people() -> list[User]:
    """Return whom the log-in page offers in demo mode; nobody otherwise."""
    return demo_logins()
