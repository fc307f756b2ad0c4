"""The demo's customers and their people. Every firm, town block and telephone number here is made up."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from billing.models import Terms
from billing.services import terms_put
from customers.models import Contact, Customer
from customers.selectors import sites_of
from customers.services import SiteData, contact_create, customer_create, site_create
from customers.services.customers import ContactData, CustomerData
from office.models import User


class Place(NamedTuple):
    """Another place of a customer, beside its own address."""

    name: str
    postal_code: str
    address: str
    phone: str


class Someone(NamedTuple):
    """A person at a customer: rank as printed, name and its reading, what they are touchy about, one per line."""

    rank: str
    name: str
    kana: str
    department: str = ""
    sore: str = ""
    mobile: str = ""
    site: str = ""


class Pays(NamedTuple):
    """Terms: closing day, months after it, payment day (0 is the month's end), shift, whom we thank."""

    closing: int = 0
    months: int = 1
    day: int = 0
    shift: str = "before"
    thanks: str = "every"


class Firm(NamedTuple):
    """A customer as the demo has it."""

    code: str
    name: str
    kana: str
    postal_code: str
    address: str
    phone: str
    owner: str
    deputy: str
    people: tuple[Someone, ...]
    pays: Pays = Pays()
    liaison: str = ""
    gift_refused: bool = False
    sites: tuple[Place, ...] = ()


FIRMS = (
    Firm(
        "C-0101", "東和工業株式会社", "トウワコウギョウ", "485-0000", "愛知県小牧市東雲町3-14", "0568-055-0100", "rep", "rep2",
        (
            Someone("専務取締役", "岡本 隆一", "オカモト リュウイチ", "", "時間厳守\n数字で説明\n電話より訪問"),
            Someone("経理課長", "小川 美紀", "オガワ ミキ", "経理部", "締日の5営業日前までに書類が要る"),
            Someone("主任", "村瀬 拓也", "ムラセ タクヤ", "生産技術課", "", "090-0512-7101", "犬山工場"),
        ),
        Pays(0, 1, 0), liaison="rep", sites=(Place("犬山工場", "484-0000", "愛知県犬山市朝日野2-6", "0568-055-0150"),),
    ),
    Firm(
        "C-0102", "髙﨑𠮷邉㈱", "タカサキヨシベ", "509-0000", "岐阜県可児市緑陰台1-8-2", "0574-055-0210", "rep2", "rep",
        (
            Someone("代表取締役", "髙﨑 𠮷男", "タカサキ ヨシオ", "", "お名前の字に気をつける\n贈答は受け取られない"),
            Someone("総務部長", "邉見 節子", "ヘンミ セツコ", "総務部"),
        ),
        Pays(20, 1, 0), gift_refused=True,
    ),
    Firm(
        "C-0103", "北陸精機株式会社", "ホクリクセイキ", "920-0000", "石川県金沢市松籟町5-21", "076-022-0300", "rep_b", "",
        (
            Someone("常務取締役", "長谷川 浩", "ハセガワ ヒロシ", "", "結論から話す"),
            Someone("購買課長", "能登 真一", "ノト シンイチ", "資材部", "", "080-0512-7301", "小松工場"),
        ),
        Pays(0, 2, 10, "after"), liaison="rep_b", sites=(Place("小松工場", "923-0000", "石川県小松市若松台4-1", "0761-022-0350"),),
    ),
    Firm(
        "C-0104", "株式会社美濃搬送システム", "ミノハンソウシステム", "501-0000", "岐阜県関市朝霧3-3", "0575-055-0400", "rep", "rep2",
        (
            Someone("工場長", "安江 剛", "ヤスエ ツヨシ", "本社工場", "午前中のお電話を好まれる"),
            Someone("係長", "各務 綾", "カガミ アヤ", "経理課"),
        ),
        Pays(20, 1, 20),
    ),
    Firm(
        "C-0105", "三河プレス工業株式会社", "ミカワプレスコウギョウ", "444-0000", "愛知県岡崎市若草台2-11", "0564-055-0500", "rep2", "rep",
        (
            Someone("取締役製造部長", "神谷 俊夫", "カミヤ トシオ", "製造部", "現場を見てから話す"),
            Someone("課長", "杉浦 千夏", "スギウラ チナツ", "業務課"),
        ),
        Pays(25, 1, 25),
    ),
    Firm(
        "C-0106", "有限会社大曽根鉄工所", "オオゾネテッコウショ", "462-0000", "愛知県名古屋市北区椿町7-5", "052-091-0600", "rep", "",
        (Someone("代表取締役", "大曽根 茂", "オオゾネ シゲル", "", "FAXも送る"),),
        Pays(0, 1, 0, "before", "key"),
    ),
    Firm(
        "C-0107", "知多マテリアル株式会社", "チタマテリアル", "475-0000", "愛知県半田市潮見4-16", "0569-055-0700", "rep_b", "",
        (
            Someone("部長", "竹内 秀樹", "タケウチ ヒデキ", "調達部"),
            Someone("主任", "榊原 由香", "サカキバラ ユカ", "経理部"),
        ),
        Pays(15, 1, 15),
    ),
    Firm(
        "C-0108", "尾張中央精工株式会社", "オワリチュウオウセイコウ", "491-0000", "愛知県一宮市花園通6-2", "0586-055-0800", "rep", "rep2",
        (
            Someone("常務取締役", "丹羽 宏之", "ニワ ヒロユキ", "", "ご多忙。要点は3つまで"),
            Someone("課長代理", "墨 恵理子", "スミ エリコ", "経理部"),
        ),
        liaison="rep",
    ),
    Firm(
        "C-0109", "株式会社ヒラノ製缶", "ヒラノセイカン", "497-0000", "愛知県海部郡蟹江町浜風1-9", "0567-055-0900", "rep2", "",
        (Someone("代表取締役社長", "平野 克己", "ヒラノ カツミ"), Someone("事務長", "平野 良子", "ヒラノ リョウコ", "総務")),
        Pays(20, 1, 0),
    ),
    Firm(
        "C-0110", "伊吹油圧株式会社", "イブキユアツ", "503-0000", "岐阜県大垣市清流町8-8", "0584-055-1000", "rep_b", "",
        (
            Someone("専務取締役", "大橋 貴司", "オオハシ タカシ", "", "口頭の約束も覚えておられる"),
            Someone("次長", "松岡 聡", "マツオカ サトシ", "生産管理部", "", "080-0512-7310"),
        ),
        Pays(0, 1, 25),
    ),
    Firm(
        "C-0111", "鈴鹿モーションテック株式会社", "スズカモーションテック", "513-0000", "三重県鈴鹿市白鳥台2-4", "059-055-1100", "rep", "rep2",
        (
            Someone("開発部長", "坂倉 智也", "サカクラ トモヤ", "開発部", "図面番号で話す"),
            Someone("課長", "濵口 亜希", "ハマグチ アキ", "購買課"),
        ),
        Pays(0, 2, 0),
    ),
    Firm(
        "C-0112", "株式会社渥美フードマシン", "アツミフードマシン", "441-0000", "愛知県豊橋市潮路町3-7", "0532-055-1200", "rep2", "rep",
        (
            Someone("工場長", "鈴木 貞夫", "スズキ サダオ", "", "早朝と夕方は現場に出ておられる", "", "田原工場"),
            Someone("経理主任", "彦坂 真由", "ヒコサカ マユ", "管理部"),
        ),
        Pays(10, 1, 10), sites=(Place("田原工場", "441-0000", "愛知県田原市波見町5-2", "0531-055-1250"),),
    ),
    Firm(
        "C-0113", "木曽川電装株式会社", "キソガワデンソウ", "493-0000", "愛知県一宮市木曽川町若葉5-1", "0586-055-1300", "rep_b", "",
        (Someone("代表取締役", "川合 直人", "カワイ ナオト"), Someone("主任", "浅井 詩織", "アサイ シオリ", "経理課")),
        liaison="rep_b",
    ),
    Firm(
        "C-0114", "養老ロボティクス株式会社", "ヨウロウロボティクス", "503-0000", "岐阜県養老郡養老町紅葉坂11", "0584-055-1400", "rep", "rep2",
        (
            Someone("最高技術責任者", "日比 蓮", "ヒビ レン", "技術本部", "チャットより電話"),
            Someone("マネージャー", "ヴァン リー", "ヴァン リー", "調達室", "", "080-0512-7314", "名古屋オフィス"),
        ),
        Pays(0, 1, 0, "after"), sites=(Place("名古屋オフィス", "450-0000", "愛知県名古屋市中村区欅通3-9", "052-091-1450"),),
    ),
    Firm(
        "C-0115", "株式会社桑名包装機", "クワナホウソウキ", "511-0000", "三重県桑名市入江町6-10", "0594-055-1500", "rep2", "rep",
        (
            Someone("取締役", "水谷 雅人", "ミズタニ マサト", "営業技術部"),
            Someone("課長", "伊藤 早苗", "イトウ サナエ", "経理課", "請求書は品番ごとに分ける"),
        ),
        Pays(20, 1, 20, "after"),
    ),
    Firm(
        "C-0116", "瀬戸セラテック株式会社", "セトセラテック", "489-0000", "愛知県瀬戸市陶原丘4-4", "0561-055-1600", "rep_b", "",
        (Someone("製造部長", "加藤 唐三郎", "カトウ トウザブロウ", "製造部", "長いお付き合い。先代のころから"),),
        Pays(0, 1, 20),
    ),
    Firm(
        "C-0117", "蒲郡船用機器株式会社", "ガマゴオリハクヨウキキ", "443-0000", "愛知県蒲郡市汐見町2-15", "0533-055-1700", "rep", "",
        (Someone("代表取締役社長", "壁谷 勇", "カベヤ イサム"), Someone("課長", "小笠原 渚", "オガサワラ ナギサ", "資材課")),
        Pays(0, 3, 0, "before", "key"),
    ),
    Firm(
        "C-0118", "株式会社関刃物機械", "セキハモノキカイ", "501-0000", "岐阜県関市刃の里1-22", "0575-055-1800", "rep2", "",
        (Someone("専務取締役", "後藤 勝", "ゴトウ マサル", "", "昔ながらの手書きの礼状を喜ばれる"),),
        Pays(25, 1, 0),
    ),
    Firm(
        "C-0119", "恵那計測株式会社", "エナケイソク", "509-0000", "岐阜県恵那市峠町9-3", "0573-055-1900", "rep_b", "",
        (Someone("技術部長", "西尾 光", "ニシオ ヒカル", "技術部"), Someone("主任", "土屋 恵", "ツチヤ メグミ", "総務課")),
        Pays(20, 1, 0, "after"),
    ),
    Firm(
        "C-0120", "株式会社碧南ポンプ製作所", "ヘキナンポンプセイサクショ", "447-0000", "愛知県碧南市帆立町3-30", "0566-055-2000", "rep", "rep2",
        (
            Someone("取締役工場長", "石川 誠治", "イシカワ セイジ", "本社工場", "同じ質問を二度されることを嫌われる"),
            Someone("係長", "岡田 梢", "オカダ コズエ", "経理課"),
        ),
    ),
    Firm(
        "C-0121", "齋藤歯車合資会社", "サイトウハグルマ", "486-0000", "愛知県春日井市松風3-2", "0568-055-2100", "rep2", "",
        (Someone("代表社員", "齋藤 繁雄", "サイトウ シゲオ", "", "お昼の1時間はお電話を避ける"),),
        Pays(0, 1, 0, "before", "none"),
    ),
    Firm(
        "C-0122", "加賀繊維機械株式会社", "カガセンイキカイ", "922-0000", "石川県加賀市九谷台5-5", "0761-055-2200", "rep_b", "",
        (Someone("本部長", "山代 和正", "ヤマシロ カズマサ", "製造本部"), Someone("課長", "橋立 奈々", "ハシダテ ナナ", "経理部")),
        Pays(20, 2, 5),
    ),
    Firm(
        "C-0123", "岡多木工機株式会社", "オカタモッコウキ", "444-0000", "愛知県岡崎市木の葉町6-1", "0564-055-2300", "rep", "",
        (Someone("代表取締役", "畔柳 博", "クロヤナギ ヒロシ"),), Pays(20, 1, 0),
    ),
    Firm(
        "C-0124", "株式会社ツシマ鍛工", "ツシマタンコウ", "496-0000", "愛知県津島市藤浪町2-2", "0567-055-2400", "rep2", "rep",
        (Someone("工場長", "堀田 昭", "ホッタ アキラ"), Someone("主任", "服部 めぐみ", "ハットリ メグミ", "経理")), Pays(0, 1, 25),
    ),
    Firm(
        "C-0125", "揖斐川ゴム工業株式会社", "イビガワゴムコウギョウ", "503-0000", "岐阜県大垣市水辺町3-8", "0584-055-2500", "rep_b", "",
        (Someone("部長", "河村 治", "カワムラ オサム", "資材部"),), Pays(15, 1, 15),
    ),
    Firm(
        "C-0126", "半田醸造設備株式会社", "ハンダジョウゾウセツビ", "475-0000", "愛知県半田市蔵の町1-5", "0569-055-2600", "rep", "rep2",
        (Someone("専務取締役", "間瀬 英二", "マセ エイジ", "", "仕込みの時期はご多忙"),), Pays(0, 1, 0),
    ),
    Firm(
        "C-0127", "有限会社美浜木型", "ミハマキガタ", "470-0000", "愛知県知多郡美浜町磯辺7", "0569-055-2700", "rep2", "",
        (Someone("代表取締役", "森田 正", "モリタ タダシ"),), Pays(0, 1, 10, "after", "key"),
    ),
    Firm(
        "C-0128", "白山アルミ鋳造株式会社", "ハクサンアルミチュウゾウ", "924-0000", "石川県白山市雪見町4-9", "076-027-2800", "rep_b", "",
        (Someone("取締役", "北川 幸一", "キタガワ コウイチ"), Someone("課長", "西村 香", "ニシムラ カオリ", "総務課")), Pays(20, 1, 20),
    ),
    Firm(
        "C-0129", "株式会社四日市分析機器", "ヨッカイチブンセキキキ", "510-0000", "三重県四日市市港明町5-5", "059-035-2900", "rep", "",
        (Someone("研究部長", "清水 薫", "シミズ カオル", "研究部"),), Pays(25, 1, 25, "after"),
    ),
    Firm(
        "C-0130", "飛騨高原家具機械株式会社", "ヒダコウゲンカグキカイ", "506-0000", "岐阜県高山市白樺町2-17", "0577-055-3000", "rep2", "",
        (Someone("社長", "中田 木ノ実", "ナカダ コノミ", "", "年に一度は工房をご覧になりたい"),), Pays(0, 2, 10),
    ),
)  # fmt: skip


def make_firms(people: dict[str, User], at: datetime, pays_today: dict[str, Pays]) -> dict[str, Customer]:
    """Every firm under its code, with its people and terms; `pays_today` are terms that fall on the day of the demo."""
    known = {customer.code: customer for customer in Customer.objects.filter(code__startswith="C-01")}
    for firm in FIRMS:
        customer = known.get(firm.code) or _firm(firm, people, at)
        known[firm.code] = customer
        if not Contact.objects.filter(customer=customer).exists():
            _people(firm, customer, people["admin"], at)
        if not Terms.objects.filter(customer=customer).exists():
            _terms(customer, pays_today.get(firm.code, firm.pays), people["billing"], at)
    return known


def _firm(firm: Firm, people: dict[str, User], at: datetime) -> Customer:
    deputy, liaison = people.get(firm.deputy), people.get(firm.liaison)
    data = CustomerData(
        name=firm.name, owner_id=people[firm.owner].pk, kana=firm.kana, postal_code=firm.postal_code,
        address=firm.address, phone=firm.phone, deputy_id=deputy.pk if deputy else None,
        liaison_id=liaison.pk if liaison else None, gift_refused=firm.gift_refused,
    )  # fmt: skip
    return customer_create(code=firm.code, data=data, by=people["admin"], at=at)


def _places(firm: Firm, customer: Customer, by: User, at: datetime) -> dict[str, int]:
    """The keys of the firm's places, by name; those of a seeding that was cut short are there already."""
    keys = {site.name: site.pk for site in sites_of(customer.pk)}
    for place in firm.sites:
        if place.name not in keys:
            data = SiteData(**place._asdict())
            keys[place.name] = site_create(customer_id=customer.pk, data=data, by=by, at=at).pk
    return keys


def _people(firm: Firm, customer: Customer, by: User, at: datetime) -> None:
    sites = _places(firm, customer, by, at)
    for place, someone in enumerate(firm.people):
        surname, _, given_name = someone.name.partition(" ")
        surname_kana, _, given_kana = someone.kana.partition(" ")
        data = ContactData(
            surname=surname, given_name=given_name, surname_kana=surname_kana, given_kana=given_kana,
            department=someone.department, rank=someone.rank, sore_points=someone.sore, mobile=someone.mobile,
            phone=f"{firm.phone[:-1]}{place + 1}", email=f"{firm.code[2:]}-{place + 1}@example.jp", decides=place == 0,
            site_id=sites.get(someone.site),
        )  # fmt: skip
        contact_create(customer_id=customer.pk, data=data, by=by, at=at)


def _terms(customer: Customer, pays: Pays, by: User, at: datetime) -> None:
    terms_put(
        customer_id=customer.pk, closing_day=pays.closing, pay_month_offset=pays.months, pay_day=pays.day,
        shift=pays.shift, thank_you=pays.thanks, fee="us" if pays.day == 20 else "customer", by=by, at=at,
    )  # fmt: skip
