"""Personal data is found however it is written, and ordinary text is left alone. All numbers are made up."""

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.no import fodselsnummer

from backend.text.personal_data.detection import Finding, PersonalDataKind, find_personal_data
from backend.text.personal_data.identity_numbers import is_identity_number

PROPOSALS = Path(__file__).parents[3] / "shared" / "data" / "proposals" / "pro_merged.csv"
ZERO_WIDTH, RIGHT_TO_LEFT, NO_BREAK = "\u200b", "\u200f", "\u00a0"
K1 = (3, 7, 6, 1, 8, 9, 4, 5, 2)
K2 = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def found(text: str) -> list[tuple[str, str]]:
    return [(finding.kind.value, text[finding.start : finding.end]) for finding in find_personal_data(text)]


def weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def with_control_digits(nine: str, remainder: int = 0) -> str | None:
    """The number that the nine digits begin, or None where they have none with this remainder."""
    first = (remainder - weighted(nine, K1)) % 11
    if first == 10:
        return None
    second = -weighted(f"{nine}{first}", K2) % 11
    return None if second == 10 else f"{nine}{first}{second}"


@st.composite
def identity_numbers(draw: st.DrawFn, remainders: tuple[int, ...] = (0, 1, 2, 3)) -> str:
    """Synthetic numbers (+80, +65 and +40 on the month, with or without a D-number's day)."""
    day = draw(st.integers(1, 28)) + draw(st.sampled_from([0, 40]))
    month = draw(st.integers(1, 12)) + draw(st.sampled_from([40, 65, 80]))
    year, individual = draw(st.integers(0, 99)), draw(st.integers(0, 999))
    nine = f"{day:02}{month:02}{year:02}{individual:03}"
    number = with_control_digits(nine, draw(st.sampled_from(remainders)))
    return number or draw(identity_numbers(remainders))


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)


WAYS_TO_WRITE = (
    lambda n: n,
    lambda n: f"{n[:6]} {n[6:]}",
    lambda n: f"{n[:6]}-{n[6:]}",
    lambda n: f"{n[:2]}.{n[2:4]}.{n[4:6]} {n[6:]}",
    lambda n: f"{n[:2]} {n[2:4]} {n[4:6]} {n[6:9]} {n[9:]}",
    lambda n: f"{n[:3]} {n[3:6]} {n[6:9]} {n[9:]}",
    lambda n: " ".join(n),
    lambda n: ZERO_WIDTH.join(n),
    lambda n: f"{n[:6]}{NO_BREAK}{RIGHT_TO_LEFT}{n[6:]}",
    lambda n: f"{n[:6]}\u2013{n[6:]}",
    lambda n: "\ufe0f\u20e3".join(n),
    full_width,
)
WORDS = st.text("abcdefghijklmnopqrstuvwxyzæøå ,!?\n", max_size=30)


@given(identity_numbers(), st.sampled_from(WAYS_TO_WRITE), WORDS, WORDS)
def test_an_identity_number_is_found_in_any_words_and_any_writing(number, write, before, after):
    written = write(number)
    text = f"{before}{written}{after}"
    assert Finding(
        PersonalDataKind.NATIONAL_IDENTITY_NUMBER, len(before), len(before) + len(written)
    ) in find_personal_data(text)


@given(identity_numbers(), st.integers(1, 9))
def test_a_wrong_last_digit_is_no_identity_number(number, added):
    broken = number[:10] + str((int(number[10]) + added) % 10)
    assert not is_identity_number(broken)
    assert found(f"nummer {broken} her") == []


@given(identity_numbers(remainders=(0,)))
def test_the_old_rule_agrees_with_the_library(number):
    assert fodselsnummer.calc_check_digit1(number) == number[9]
    assert fodselsnummer.calc_check_digit2(number) == number[10]


@pytest.mark.parametrize("remainder", range(4, 11))
def test_other_remainders_than_those_of_2032_are_refused(remainder):
    numbers = [with_control_digits(f"018190{i:03}", remainder) for i in range(100)]
    assert not any(is_identity_number(number) for number in numbers if number)


@pytest.mark.parametrize("start", ["008190", "328190", "019390", "306290", "298290", "410090"])
def test_a_number_without_a_date_is_no_identity_number(start):
    numbers = [with_control_digits(f"{start}{i:03}") for i in range(20)]
    assert not any(is_identity_number(number) for number in numbers if number)


def test_a_leap_day_and_a_written_century():
    leap = next(n for i in range(99) if (n := with_control_digits(f"298292{i:03}")))
    assert is_identity_number(leap)
    text = f"født 29.82.1992 {leap[6:]}"
    assert found(text) == [("national_identity_number", text[5:])]


def test_the_most_specific_wins_and_an_account_grouping_is_an_account():
    number = next(n for i in range(99) if (n := with_control_digits(f"158190{i:03}")))
    assert [kind for kind, _ in found(f"{number}@example.no")] == ["national_identity_number"]
    assert [kind for kind, _ in found(f"{number[:4]}.{number[4:6]}.{number[6:]}")] == ["account_number"]


def account(ten: str) -> str | None:
    control = -weighted(ten, K2) % 11
    return None if control == 10 else f"{ten}{control}"


@given(st.integers(10**9, 10**10 - 1), st.sampled_from([".", " ", NO_BREAK]))
def test_an_account_is_found_with_its_control_digit_only(ten, separator):
    number = account(str(ten)) or account("1234567890"[:9] + "0") or ""
    written = separator.join([number[:4], number[4:6], number[6:]])
    assert found(f"Betal til {written}, takk") == [("account_number", written)]
    broken = written[:-1] + str((int(written[-1]) + 1) % 10)
    assert found(f"Betal til {broken}, takk") == []


@pytest.mark.parametrize(("prefix", "length"), [("4", 16), ("51", 16), ("2221", 16), ("37", 15), ("62", 19)])
def test_a_card_is_found_by_issuer_length_and_luhn(prefix, length):
    body = (prefix + "0123456789012345678")[: length - 1]
    number = body + luhn.calc_check_digit(body)
    for written in (number, " ".join(number[i : i + 4] for i in range(0, length, 4)), full_width(number)):
        assert found(f"kort {written}.") == [("payment_card", written)]
    broken = body + str((int(number[-1]) + 1) % 10)
    assert found(f"kort {broken}.") == []
    assert found("9" + number[1:]) == []


@pytest.mark.parametrize(
    "written",
    [
        "91 23 45 67",
        "912 34 567",
        "22334455",
        "913 45678",
        "91345 678",
        "+47 912 34 567",
        "+4791234567",
        "(+47) 91 23 45 67",
        "0047 91234567",
        "47 91 23 45 67",
        "91.23.45.67",
        "91-23-45-67",
        f"91{NO_BREAK}23{NO_BREAK}45{NO_BREAK}67",
        f"91{ZERO_WIDTH}23{ZERO_WIDTH}45{ZERO_WIDTH}67",
        full_width("91234567"),
        "+358 40 753 5078",
        "+46 70 123 45 67",
    ],
)
def test_a_telephone_number_is_found(written):
    for text in (f"Kari Nordmann, {written}", f"{written}.", f"Ring {written} i dag", f"«{written}»"):
        assert ("phone", written) in found(text)


@pytest.mark.parametrize(
    "text", ["tlf. 9123 4567", "tlf91234567", "Ring meg på 912 34567", "Mobil: 9-1-2-3-4-5-6-7"]
)
def test_a_word_before_it_makes_an_unusual_grouping_a_telephone_number(text):
    assert [kind for kind, _ in found(text)] == ["phone"]


def test_two_numbers_in_a_row():
    assert [value for _, value in found("22 33 44 55 22 33 44 66")] == ["22 33 44 55", "22 33 44 66"]


@pytest.mark.parametrize(
    "text",
    [
        "i perioden 2024-2027, og 2030 2035 2040",
        "ring 2024-2025",
        "den 20240115, 24122024, 24.12.2024 og 2024-01-15 12:30:45",
        "Ringeriksbanen sparer 38 450 000 i året, mobilnettet 38 450 125",
        "kr 20000000 eller 22345678 kroner eller 25 000 000 kr",
        "organisasjonsnummer 974 778 807 eller 974778807",
        "1337 Sandvika og 0151 Oslo",
        "59.89123456, 10.52341234 og 59,89123 10,52341 og 25.004626950285452",
        "60.20770864823081,25.12780182540264 66666.66666666667",
        "bussene 52 61 64 og 10 20 30 40 50 60",
        "saksnr 24012345, sak 2024/12345678, isbn 9788202345678",
        "åpent 10.00-14.00 og 16.00-20.00, lør 12-18",
        "(5600 + 7000 as.), noin 50 000 - 100 000 €/koulu, 15.11.2018 13:35",
        "https://facebook.com/groups/265962620931691/ https://yle.fi/uutiset/3-10400373",
        "https://www.google.fi/maps/@60.2343448,24.8934357,13z",
        "vi møtes @ kafe.no, følg @baerum og @ola@example.social",
        "#23456789 00000000000 1 000 000 § 12-1 E18 gnr 12 bnr 345",
        "12345678901234567890123456789",
    ],
)
def test_ordinary_text_is_left_alone(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "written",
    [
        "ola.nordmann@example.no",
        "ola+post@sub.example.co",
        "bjørn@bærum.no",
        "ola (at) example.no",
        "ola[at]example[dot]no",
        "ola.nordmann @ example.no",
        "ola\uff20example\uff0eno",
        f"ola@{ZERO_WIDTH}example.no",
    ],
)
def test_an_address_is_found(written):
    assert found(f"Skriv til {written}, takk") == [("email", written)]
    assert found(f"({written})Mer") == [("email", written)]


def test_positions_count_code_points_of_the_original():
    text = f"😀{ZERO_WIDTH}é {full_width('91234567')} 😀 ola@example.no"
    assert found(text) == [("phone", full_width("91234567")), ("email", "ola@example.no")]


def test_a_finding_never_shows_the_text():
    (finding,) = find_personal_data("skriv til ola@example.no")
    assert "ola" not in repr(finding)


@given(st.text(st.sampled_from("0123456789 .-+@abå/:\u200b\u0661"), max_size=200))
def test_findings_lie_in_the_text_in_order_and_apart(text):
    end = 0
    for finding in find_personal_data(text):
        assert end <= finding.start < finding.end <= len(text)
        end = finding.end


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "1",
        "1 ",
        "@",
        "a@",
        "a.",
        "22 ",
        "tlf ",
        "ring9",
        "http://",
        "+1 ",
        ZERO_WIDTH,
        " ",
        "NO93 8601 ",
    ],
)
def test_twice_the_text_takes_about_twice_the_time(unit):
    def seconds(size: int) -> float:
        text = "x@" + unit * (size // len(unit))
        began = time.process_time()
        find_personal_data(text)
        return time.process_time() - began

    small = min(seconds(20_000) for _ in range(3))
    # Eight times the text: quadratic work would take sixty-four times as long.
    assert seconds(160_000) < 30 * max(small, 0.005)


@pytest.mark.skipif(not PROPOSALS.exists(), reason="the public data set is not part of the repository")
def test_four_thousand_real_proposals_hold_only_the_addresses_their_authors_gave():
    with PROPOSALS.open(encoding="utf-8") as file:
        texts = {f"{row['title']}\n{row['texts']}" for row in csv.DictReader(file)}
    kinds = [finding.kind for text in texts for finding in find_personal_data(text)]
    assert set(kinds) == {PersonalDataKind.EMAIL}
    assert len(kinds) <= 5
