from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext
from PIL import Image

from customers.policy import ANSWER_WITHIN
from office.clock import local_day, now
from office.models import BankAccount, ClosingDay, Company, JournalRow, Outbox, PolicyValue, StandIn, Team, User
from office.selectors import business_calendar
from office.services import Message, outbox_put

ClientFor = Callable[[User], Client]
HIDDEN = ["company", "calendar", "person_new", "policy", "outbox", "journal"]
ADMIN_PAGES = ["settings", "people", *HIDDEN]


@pytest.fixture
def admin(cast: SimpleNamespace, client_for: ClientFor) -> Client:
    return client_for(cast.admin)


def post(client: Client, name: str, data: Mapping[str, object] | None = None, args: Sequence[object] = ()) -> Any:
    return client.post(reverse(f"office:{name}", args=args), data or {})


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_the_admin_opens_every_page(admin: Client, name: str) -> None:
    assert admin.get(reverse(f"office:{name}")).status_code == 200


@pytest.mark.parametrize("name", HIDDEN)
def test_a_rep_opens_none_but_the_start(cast: SimpleNamespace, client_for: ClientFor, name: str) -> None:
    assert client_for(cast.rep).get(reverse(f"office:{name}")).status_code == 403


def test_the_start_shows_what_one_may_set(cast: SimpleNamespace, client_for: ClientFor) -> None:
    start = reverse("office:settings")
    seen = {name: text(client_for(getattr(cast, name)).get(start)) for name in ("rep", "manager", "auditor")}
    pages = ("company", "people", "policy", "journal")
    links = {name: [page for page in pages if f"/settings/{page}/" in html] for name, html in seen.items()}
    assert links == {"rep": ["people"], "manager": ["people"], "auditor": ["people", "policy", "journal"]}


PROFILE = {
    "name": "株式会社誠和製作所",
    "postal_code": "４６０ー０００８",
    "address": "愛知県名古屋市中区栄3-1-1",
    "phone": "052-200-1234",
    "representative_title": "代表取締役社長",
    "representative_name": "髙橋 誠一",
    "t_number": "t3180001098765",
    "letter_prefix": "営発",
    "tax_rounding": "down",
    "version": 1,
}


def test_the_profile_is_saved_with_codes_tidied_and_names_as_typed(admin: Client) -> None:
    assert post(admin, "company", PROFILE).status_code == 302
    row = Company.objects.get()
    assert (row.postal_code, row.t_number, row.representative_name) == ("460-0008", "T3180001098765", "髙橋 誠一")
    assert "髙橋" in JournalRow.objects.get().detail


def test_a_stale_profile_is_refused_and_what_was_typed_stays(admin: Client) -> None:
    post(admin, "company", PROFILE)
    answer = post(admin, "company", {**PROFILE, "address": "新住所"})
    assert answer.status_code == 422
    assert "先に別の方が会社情報を更新しました" in text(answer)
    assert "新住所" in text(answer)


def test_a_check_digit_is_a_warning_only(admin: Client) -> None:
    post(admin, "company", {**PROFILE, "t_number": "T4180001098765"})
    assert Company.objects.get().t_number == "T4180001098765"
    assert "登録番号をもう一度" in text(admin.get(reverse("office:company")))


@pytest.mark.parametrize(
    ("field", "value"),
    [("t_number", "T123"), ("postal_code", "46000"), ("name", ""), ("name", "株式\u202e会社"), ("name", "a\u200e")],
)
def test_a_profile_that_cannot_be_right_is_refused(admin: Client, field: str, value: str) -> None:
    assert post(admin, "company", {**PROFILE, field: value}).status_code == 422
    assert Company.objects.get().version == 1


def test_a_seal_is_uploaded_and_shown(admin: Client) -> None:
    out = BytesIO()
    Image.new("RGBA", (30, 30)).save(out, "PNG")
    upload = SimpleUploadedFile("seal.png", out.getvalue(), "image/png")
    assert post(admin, "seal_upload", {"file": upload}).status_code == 302
    picture = admin.get(reverse("office:seal"))
    assert picture["Content-Type"] == "image/png"
    assert Image.open(BytesIO(picture.content)).size == (30, 30)


def test_a_file_that_is_no_picture_is_refused_beside_its_field(admin: Client) -> None:
    answer = post(admin, "seal_upload", {"file": SimpleUploadedFile("seal.png", b"<svg/>", "image/png")})
    assert answer.status_code == 422
    assert "PNGかJPEGの画像をお選びください" in text(answer)
    assert admin.get(reverse("office:seal")).status_code == 404


ACCOUNT = {"bank_code": "0005", "branch_code": "１５０", "kind": "ordinary", "number": "12345", "holder": "カ)セイワ"}


def test_a_bank_account_is_found_by_its_codes(admin: Client) -> None:
    assert post(admin, "account_add", ACCOUNT).status_code == 302
    row = BankAccount.objects.latest("pk")
    assert (row.bank_name, row.branch_code, row.number) == ("三菱ＵＦＪ", "150", "0012345")
    assert post(admin, "account_add", ACCOUNT).status_code == 422, "the same account twice"
    assert post(admin, "account_delete", args=(row.pk,)).status_code == 302
    assert not BankAccount.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("bank_code", "9998", "銀行コード9998"), ("branch_code", "../", "支店コード"), ("number", "12345678", "7桁")],
)
def test_a_code_nobody_has_is_refused(admin: Client, field: str, value: str, words: str) -> None:
    answer = post(admin, "account_add", {**ACCOUNT, field: value})
    assert answer.status_code == 422
    assert words in text(answer)


def test_a_closing_day_moves_deadlines_at_once(admin: Client) -> None:
    day = local_day(now()) + timedelta(days=30)
    while not business_calendar().is_business_day(day):
        day += timedelta(days=1)
    assert post(admin, "closing_day_add", {"date": day.isoformat(), "label": "夏季休業"}).status_code == 302
    assert not business_calendar().is_business_day(day)
    assert "夏季休業" in text(admin.get(reverse("office:calendar")))
    assert post(admin, "closing_day_add", {"date": day.isoformat()}).status_code == 422
    assert post(admin, "closing_day_remove", args=(ClosingDay.objects.get().pk,)).status_code == 302
    assert business_calendar().is_business_day(day)


def test_working_hours_must_make_sense(admin: Client) -> None:
    assert post(admin, "hours", {"opens": "18:00", "closes": "09:00"}).status_code == 422
    assert post(admin, "hours", {"opens": "08:30", "closes": "17:00"}).status_code == 302
    assert business_calendar().opens.isoformat() == "08:30:00"


def test_a_manager_names_a_stand_in_for_themselves_only(cast: SimpleNamespace, client_for: ClientFor) -> None:
    client, day = client_for(cast.manager), local_day(now()).isoformat()
    facts = {"absent": cast.branch.pk, "stand_in": cast.manager2.pk, "starts": day, "ends": day}
    assert post(client, "stand_in_add", facts).status_code == 302
    row = StandIn.objects.get()
    assert (row.absent, row.stand_in) == (cast.manager, cast.manager2)
    assert post(client_for(cast.manager_b), "stand_in_remove", args=(row.pk,)).status_code == 404
    assert post(client, "stand_in_remove", args=(row.pk,)).status_code == 302


def test_a_manager_sees_colleagues_but_cannot_change_them(cast: SimpleNamespace, client_for: ClientFor) -> None:
    client = client_for(cast.manager)
    page = text(client.get(reverse("office:people")))
    assert "中村 遥" in page
    assert "rep_b" not in page
    assert client.get(reverse("office:person", args=(cast.rep.pk,))).status_code == 403


def test_the_admin_adds_and_changes_a_colleague(cast: SimpleNamespace, admin: Client) -> None:
    name = {"username": "hara", "surname": "原", "given_name": "葵"}
    facts = {**name, "roles": ["rep"], "language": "ja", "is_active": "on"}
    assert post(admin, "person_new", {**facts, "password": "short"}).status_code == 422
    assert post(admin, "person_new", {**facts, "password": "a-long-new-word"}).status_code == 302
    person = User.objects.get(username="hara")
    assert post(admin, "person", {**facts, "roles": ["rep", "technician"]}, (person.pk,)).status_code == 302
    person.refresh_from_db()
    assert person.roles == ["rep", "technician"]
    assert person.check_password("a-long-new-word")
    assert admin.get(reverse("office:person", args=(987654,))).status_code == 404


def test_a_team_is_added_once(cast: SimpleNamespace, admin: Client) -> None:
    assert post(admin, "team_add", {"name": "第三営業課", "code": "c"}).status_code == 302
    assert post(admin, "team_add", {"name": "別の課", "code": "c"}).status_code == 422
    assert Team.objects.count() == 3


def test_a_house_rule_is_changed_with_its_history(cast: SimpleNamespace, admin: Client) -> None:
    assert post(admin, "policy_edit", {"value": "３", "version": 0}, (ANSWER_WITHIN,)).status_code == 302
    assert PolicyValue.objects.get().value == 3
    assert "山田さん" in text(admin.get(reverse("office:policy_edit", args=(ANSWER_WITHIN,))))
    assert "山田さん" in text(admin.get(reverse("office:policy")))


@pytest.mark.parametrize("value", ["0", "999", "-1", "1.5", "1e3", "NaN", "", "三", "٣" * 400])
def test_a_value_that_is_no_number_in_range_is_refused(admin: Client, value: str) -> None:
    assert post(admin, "policy_edit", {"value": value, "version": 0}, (ANSWER_WITHIN,)).status_code == 422


def test_a_rule_nobody_declared_is_not_found(admin: Client) -> None:
    assert admin.get(reverse("office:policy_edit", args=("no.such",))).status_code == 404


@pytest.fixture
def dead(cast: SimpleNamespace) -> Outbox:
    outbox_put([Message(key="a", to=cast.rep.pk, subject="確認: 東和工業様", body="秘密の本文", try_at=now())])
    Outbox.objects.update(state="dead", attempts=21, last_error="550")
    return Outbox.objects.get()


def test_a_dead_message_is_shown_without_its_body(admin: Client, dead: Outbox) -> None:
    page = text(admin.get(reverse("office:outbox")))
    assert "確認: 東和工業様" in page
    assert "秘密の本文" not in page
    assert "要判断 1件" in text(admin.get(reverse("office:settings")))


def test_a_dead_message_is_sent_again_or_left(admin: Client, dead: Outbox) -> None:
    unsaid = post(admin, "outbox_drop", {f"{dead.pk}-reason": ""}, (dead.pk,))
    assert unsaid.status_code == 422
    assert "<details open>" in text(unsaid)
    assert f'id="id_{dead.pk}-reason_error"' in text(unsaid)
    assert post(admin, "outbox_drop", {f"{dead.pk}-reason": "電話済み"}, (dead.pk,)).status_code == 302
    assert post(admin, "outbox_retry", args=(dead.pk,)).status_code == 409
    Outbox.objects.update(state="dead")
    assert post(admin, "outbox_retry", args=(dead.pk,)).status_code == 302
    assert post(admin, "outbox_retry", args=(987654,)).status_code == 404


@pytest.mark.parametrize("query", ["?before=x", "?before=-1", "?before=" + "9" * 40, "?q=%E7%94%B0", "?before=1&q=a"])
def test_the_journal_takes_any_address(admin: Client, query: str) -> None:
    assert admin.get(reverse("office:journal") + query).status_code == 200


def test_the_journal_refuses_a_day_that_is_none(admin: Client) -> None:
    assert admin.get(reverse("office:journal") + "?day=2026-02-30").status_code == 400


def test_an_auditor_reads_the_rules_but_changes_none(cast: SimpleNamespace, client_for: ClientFor) -> None:
    client, page = client_for(cast.auditor), reverse("office:policy_edit", args=(ANSWER_WITHIN,))
    assert "csrfmiddlewaretoken" not in text(client.get(page)).split("<main")[1]
    assert client.post(page, {"value": "3", "version": 0}).status_code == 403


def test_a_rep_sees_who_stands_in_but_names_nobody(cast: SimpleNamespace, client_for: ClientFor) -> None:
    page = text(client_for(cast.rep).get(reverse("office:people")))
    assert "いま不在の方はいません" in page
    assert reverse("office:stand_in_add") not in page
    assert post(client_for(cast.rep), "stand_in_add").status_code == 403


def test_rules_stand_under_words_and_no_two_look_alike(admin: Client) -> None:
    groups = admin.get(reverse("office:policy")).context["groups"]
    assert {"請求", "お客様", "事案", "請求もれ・請求誤り"} <= {gettext(label) for label, _rows in groups}
    for label, rows in groups:
        labels = [gettext(row.number.label) for row in rows]
        assert len(set(labels)) == len(labels), label
    assert "継続フォロー(重要度 A)" in text(admin.get(reverse("office:policy")))
