# ruff: noqa: E501
"""Simulated texts in six languages with planted pain points, all of them written for this test.

A text is some sentences of a template, its slots filled from words that both sides use alike; bad texts have more sentences than good ones, as
complaints have. A pain point is a sentence of its own that bad texts hold `lift` times as often as good ones. Some people write several
texts, some texts are copied by others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from momot.reasons.said import Said

LANGUAGES = {
    "en": {
        "templates": ("we went to the {0} with {1} on {2}", "the {0} was near the {1}", "on {2} they showed us the {0}", "my {1} and I saw the {0}"),
        "words": (
            "museum garden harbour bridge market library castle river station theatre village mountain island forest beach square tower church",
            "brother neighbour teacher colleague cousin daughter uncle friend student driver manager doctor sister visitor grandmother",
            "monday tuesday wednesday thursday friday saturday sunday january march april june july august october november",
        ),
        "pains": ("parcel arrived broken", "delivery came late", "refund still missing", "website keeps crashing", "nobody answers phone", "hidden fees charged"),
    },
    "vi": {
        "templates": ("chúng tôi đến {0} cùng {1} vào {2}", "{0} nằm gần {1}", "vào {2} họ chỉ cho chúng tôi {0}", "{1} và tôi đã xem {0}"),
        "words": (
            "bảo_tàng công_viên bến_cảng cầu_đường chợ_đêm thư_viện lâu_đài dòng_sông nhà_ga nhà_hát ngôi_làng ngọn_núi hòn_đảo khu_rừng bãi_biển",
            "anh_trai hàng_xóm giáo_viên đồng_nghiệp chị_họ con_gái ông_chú bạn_bè sinh_viên tài_xế quản_lý bác_sĩ em_gái du_khách",
            "thứ_hai thứ_ba thứ_tư thứ_năm thứ_sáu thứ_bảy chủ_nhật tháng_một tháng_ba tháng_tư tháng_sáu tháng_bảy",
        ),
        "pains": ("gói hàng bị vỡ", "giao hàng trễ hẹn", "chưa hoàn tiền", "trang web treo", "tổng đài im lặng", "phí ẩn phát sinh"),
    },
    "et": {
        "templates": ("käisime koos {1} kohas {0} ja {2} tagasi", "{0} asub {1} lähedal", "{2} näitasid nad meile {0}", "{1} ja mina nägime {0}"),
        "words": (
            "muuseum aed sadam sild turg raamatukogu loss jõgi jaam teater küla mägi saar mets rand väljak torn kirik",
            "vend naaber õpetaja kolleeg nõbu tütar onu sõber üliõpilane autojuht juhataja arst õde külaline vanaema",
            "esmaspäeval teisipäeval kolmapäeval neljapäeval reedel laupäeval pühapäeval jaanuaris märtsis aprillis juunis juulis",
        ),
        "pains": ("pakk saabus katkisena", "tarne hilines nädala", "raha pole tagastatud", "veebileht jookseb kokku", "klienditugi vaikib", "varjatud tasud arvel"),
    },
    "cs": {
        "templates": ("šli jsme s {1} na místo {0} v {2}", "{0} leží blízko {1}", "v {2} nám ukázali {0}", "{1} a já jsme viděli {0}"),
        "words": (
            "muzeum zahrada přístav most trh knihovna zámek řeka nádraží divadlo vesnice hora ostrov les pláž náměstí věž kostel",
            "bratr soused učitel kolega bratranec dcera strýc přítel student řidič vedoucí lékař sestra návštěvník babička",
            "pondělí úterý středu čtvrtek pátek sobotu neděli lednu březnu dubnu červnu červenci srpnu",
        ),
        "pains": ("balík dorazil rozbitý", "dodávka přišla pozdě", "peníze nevrátili", "stránka padá", "linka mlčí hodiny", "skryté poplatky účtovali"),
    },
    "id": {
        "templates": ("kami pergi ke {0} dengan {1} pada {2}", "{0} terletak dekat {1}", "pada {2} mereka menunjukkan {0}", "{1} dan saya melihat {0}"),
        "words": (
            "museum taman pelabuhan jembatan pasar perpustakaan istana sungai stasiun teater desa gunung pulau hutan pantai lapangan menara gereja",
            "kakak tetangga guru rekan sepupu putri paman teman mahasiswa sopir manajer dokter adik tamu nenek",
            "senin selasa rabu kamis jumat sabtu minggu januari maret april juni juli agustus",
        ),
        "pains": ("paket datang rusak", "pengiriman terlambat seminggu", "dana tidak kembali", "situs sering macet", "telepon tidak diangkat", "biaya tersembunyi muncul"),
    },
    "th": {
        "templates": ("เราไป{0}กับ{1}เมื่อ{2}", "{0}อยู่ใกล้{1}", "{2}พวกเขาพาชม{0}", "{1}และฉันเห็น{0}"),
        "words": (
            "พิพิธภัณฑ์ สวนสาธารณะ ท่าเรือ สะพาน ตลาด ห้องสมุด ปราสาท แม่น้ำ สถานี โรงละคร หมู่บ้าน ภูเขา เกาะ ป่าไม้ ชายหาด",
            "พี่ชาย เพื่อนบ้าน คุณครู เพื่อนร่วมงาน ลูกสาว คุณลุง นักเรียน คนขับรถ ผู้จัดการ คุณหมอ น้องสาว คุณยาย",
            "วันจันทร์ วันอังคาร วันพุธ วันพฤหัสบดี วันศุกร์ วันเสาร์ วันอาทิตย์ เดือนมกราคม เดือนมีนาคม เดือนเมษายน",
        ),
        "pains": ("พัสดุแตกหัก", "จัดส่งล่าช้า", "คืนเงินไม่ได้", "เว็บไซต์ล่ม", "โทรไม่ติด", "ค่าธรรมเนียมแอบแฝง"),
    },
}  # fmt: skip
DAY = 86_400_000_000


@dataclass(frozen=True)
class World:
    said: Said
    planted: dict[str, tuple[str, ...]]  # by language


def world(seed: int, *, texts: int = 1_500, lift: float = 3.0, share: float = 0.03, languages: tuple[str, ...] = tuple(LANGUAGES)) -> World:
    """`texts` of each language. Each pain point is in `share` of good texts and, as these are shorter, in 1.5 times `lift` as many bad ones.

    With `lift` 1 nothing is planted.
    """
    random = np.random.default_rng(seed)
    written, codes, sides, persons = [], [], [], []
    for language in languages:
        of = LANGUAGES[language]
        words = [[word.replace("_", " ") for word in group.split()] for group in of["words"]]
        popular = [1 / np.arange(1, len(group) + 1) ** 0.7 for group in words]
        popular = [weight / weight.sum() for weight in popular]
        first = len(persons)
        for place in range(texts):
            bad = place % 2 == 0
            sentences = [
                random.choice(of["templates"]).format(
                    *(random.choice(group, p=weight) for group, weight in zip(words, popular, strict=True))
                )
                for _ in range(2 + random.poisson(1.6 if bad else 0.4))
            ]
            sentences += [pain for pain in of["pains"] if random.random() < share * (1.5 * lift if bad else 1.0)]
            random.shuffle(sentences)
            written.append(". ".join(sentences) if language != "th" else " ".join(sentences))
            codes.append(language)
            sides.append(-1 if bad else 1)
            persons.append(first + (place if random.random() < 0.8 else place // 10 * 10 + place % 2))
    n = len(written)
    side = np.array(sides, dtype=np.int8)
    value = np.clip(np.round(3 + 1.5 * side + random.normal(0, 0.5, n)), 1, 5)
    return World(
        Said(
            texts=written, languages=codes, persons=np.array(persons, dtype=np.int64), at=(16_000 + np.arange(n) % 200) * DAY, value=value,
            side=side, suggestion=np.zeros(n, dtype=np.float32), segments={"region": [("north", "south")[place % 3 == 0] for place in range(n)]},
        ),
        {language: LANGUAGES[language]["pains"] if lift > 1 else () for language in languages},
    )  # fmt: skip


def scored(found, planted) -> tuple[float, float]:
    """Recall of the planted pain points, and the share of reasons with none of their words, which the background doesn't have."""
    hit, false = set(), 0
    for reason in found.reasons:
        true = {
            (wording.language, pain)
            for wording in reason.phrases
            for pain in planted.get(wording.language, ())
            if any(word in _own(pain, wording.language) for word in wording.phrase.split())
            or (wording.language == "th" and (wording.phrase in pain or pain in wording.phrase))
        }
        hit |= true
        false += not true
    total = sum(map(len, planted.values()))
    return len(hit) / total if total else float("nan"), false / max(len(found.reasons), 1)


@cache
def _own(pain: str, language: str) -> frozenset[str]:
    of = LANGUAGES[language]
    background = set(" ".join((*of["words"], *of["templates"])).replace("_", " ").split())
    others = {word for other in of["pains"] if other != pain for word in other.split()}
    return frozenset(pain.split()) - background - others
