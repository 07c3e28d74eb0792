"""Which passwords are taken, and what is done with them."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from assent.access.credentials.passwords import LONGEST, Passwords
from assent.kernel.errors import Invalid
from support.databases import PASSWORD

# Cheap, where it does not matter how slow a guess is.
QUICK = {"memory_kib": 8 * 1024, "passes": 1}
RULES = Passwords(**QUICK)


def _refused(password: str, name: str = "alice", rules: Passwords = RULES) -> str:
    with pytest.raises(Invalid) as told:
        rules.must_be_good(password, of=name)
    return told.value.message


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "another password",
        "x7Qm2#pLz9Wt",
        "äöüß und noch äöüß",
        "雪が降る朝の静けさと眠る猫",
        "4@8({[<3691!|70$5+%2" * 40,
    ],
)
def test_a_password_that_is_hard_to_guess_is_taken(password: str) -> None:
    RULES.must_be_good(password, of="alice")


@pytest.mark.parametrize(
    ("password", "advice"),
    [
        ("password12345", "similar to a commonly used password"),
        ("aaaaaaaaaaaaaaaa", "Repeats"),
        ("qwertyuiop123", "Add another word or two"),
        ("P@ssw0rd1234", "Predictable substitutions"),
        ("abcdefghijklmnop", "Sequences"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused_with_advice(password: str, advice: str) -> None:
    told = _refused(password)
    assert told.startswith("The password is too easy to guess. ")
    assert advice in told


@pytest.mark.parametrize("length", [0, 11, LONGEST + 1])
def test_a_password_has_some_length_and_is_not_endless(length: int) -> None:
    assert _refused("x7Qm2#pLz9Wt"[:length].ljust(length, "y")) == "A password has 12 to 1024 characters."


@pytest.mark.parametrize("password", ["alice", "my name is Alice, and yours?", "correct horse ALICE battery"])
def test_a_password_that_holds_the_name_is_weak(password: str) -> None:
    assert "the user's name" in _refused(password, "Alice", Passwords(shortest=5))


def test_a_short_name_may_be_in_a_password_by_chance() -> None:
    RULES.must_be_good(PASSWORD, of="a")


def test_the_parts_of_a_name_count_for_nothing() -> None:
    RULES.must_be_good("ziqqurwoltrant", of="alice")
    assert _refused("ziqqurwoltrant", "hubert.ziqqurwoltrant@example.com")


def test_names_of_parallel_users_do_not_mix() -> None:
    def is_taken(name: str) -> bool:
        try:
            RULES.must_be_good("ziqqurwoltrant", of=f"{name}@example.com")
        except Invalid:
            return False
        return True

    names = ["alice", "hubert.ziqqurwoltrant"] * 50
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(is_taken, names)) == [name == "alice" for name in names]


@pytest.mark.parametrize("password", ["correct\x00horse battery", "correct horse\nbattery", "correct \ud800 battery"])
def test_what_no_keyboard_types_is_refused(password: str) -> None:
    assert _refused(password) == "A password holds no control characters."


def test_how_strong_is_a_setting() -> None:
    Passwords(strength=0).must_be_good("password12345", of="alice")
    assert _refused("another password", rules=Passwords(strength=4)).endswith("Uncommon words are better.")


def test_no_password_takes_long_to_judge() -> None:
    hardest = "4@8({[<3691!|70$5+%2" * 51
    began_at = time.perf_counter()
    RULES.must_be_good(hardest, of="alice")
    judged = time.perf_counter() - began_at
    began_at = time.perf_counter()
    for _ in range(200):
        RULES.must_be_good("x7Qm2#pLz9Wt", of="alice")
    # Judged whole it would take thousands of times as long as a usual one.
    assert judged < (time.perf_counter() - began_at) * 4


def test_what_fits_is_right_and_nothing_else_is() -> None:
    kept = RULES.new(PASSWORD).hash_for("alice")
    assert RULES.is_right(PASSWORD, kept)
    assert not RULES.is_right(PASSWORD.upper(), kept)


@pytest.mark.parametrize("kept", [None, "", "not a hash"])
def test_nothing_fits_where_there_is_no_password(kept: str | None) -> None:
    assert not RULES.is_right(PASSWORD, kept)


@pytest.mark.parametrize("password", ["x" * (LONGEST + 1), "\ud800"])
def test_what_nobody_can_have_fits_nowhere(password: str) -> None:
    assert not RULES.is_right(password, RULES.hash_again(""))
    assert not RULES.is_right(password, None)


def test_letters_that_look_the_same_are_the_same() -> None:
    kept = RULES.hash_again("pâté de campagne")
    assert RULES.is_right("pâte\u0301 de campagne", kept)


@pytest.mark.parametrize("raised", [{"memory_kib": 9 * 1024}, {"passes": 2}, {"lanes": 2}])
def test_a_hash_is_outdated_once_one_parameter_is_raised(raised: dict[str, int]) -> None:
    kept = RULES.hash_again(PASSWORD)
    assert not RULES.is_outdated(kept)
    now = Passwords(**{**QUICK, **raised})
    assert now.is_outdated(kept)
    assert not RULES.is_outdated(now.hash_again(PASSWORD))


def test_nobody_is_compared_with_at_the_present_cost() -> None:
    dear = Passwords(memory_kib=64 * 1024, passes=3, lanes=2)
    assert not Passwords(memory_kib=64 * 1024, passes=3, lanes=2).is_outdated(dear._decoy)
    assert not dear.is_right(PASSWORD, None)


def test_a_chosen_password_is_shown_nowhere() -> None:
    assert PASSWORD not in repr(RULES.new(PASSWORD))
    assert PASSWORD not in str(RULES.new(PASSWORD))
