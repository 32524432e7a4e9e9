"""The TypeScript types are those of the models."""

from hearth_protocol import typescript
from hearth_protocol.control import CLIENT_MESSAGES, SERVER_MESSAGES
from hearth_protocol.errors import CloseCode


def test_the_file_is_fresh() -> None:
    assert typescript.main(["--check"]) == 0


def test_it_names_every_message_and_close_code() -> None:
    text = typescript.generate()
    for model in (*CLIENT_MESSAGES.values(), *SERVER_MESSAGES.values()):
        assert f"export interface {model.__name__} {{" in text
    for code in CloseCode:
        assert f"  {code.label}: {{\n    code: {int(code)}," in text


def test_fields_that_may_be_absent_are_optional() -> None:
    text = typescript.generate()
    assert "  resume?: string;" in text
    assert "  v: number;" in text
    assert "  position: [number, number, number];" in text
    assert "  rid?: number;" in text
    assert "  reset: boolean;" in text
    assert "  from: number;" in text
