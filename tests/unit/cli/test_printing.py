"""What commands print."""

from assent.cli.printing import printable, table, when


def test_columns_are_as_wide_as_what_is_in_them() -> None:
    rows: list[dict[str, object]] = [{"name": "a", "ok": True}, {"name": "a long name", "ok": None}]
    assert table(rows, name="name", all_well="ok") == "NAME         ALL WELL\na            yes\na long name"


def test_a_column_may_be_made_of_the_row() -> None:
    assert table([{"at": 0}], since=lambda row: when(row["at"])) == "SINCE\n1970-01-01 00:00Z"


def test_a_column_that_is_called_like_no_field_keeps_its_name() -> None:
    columns = {"fact": "path", "fraud/1": "first"}
    assert table([{"path": "C", "first": 1}], **columns) == "FACT  fraud/1\nC     1"


def test_no_rows_are_told_as_such() -> None:
    assert table([], name="name") == "There are none."


def test_what_would_move_a_terminals_cursor_is_not_printed() -> None:
    assert printable("a\x1b[2Jb\r\nc") == "a\ufffd[2Jb\ufffd\nc"


def test_a_line_stays_one() -> None:
    assert table([{"label": "a\nb"}], label="label") == "LABEL\na b"
