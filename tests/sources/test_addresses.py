"""Addresses of databases: what is none is told, and no password ever is."""

from __future__ import annotations

import pytest
from office import audited

from checker.errors import CheckerError


@pytest.mark.parametrize("word", ["a" * 300, "http://[::1", "postgresql://[::1/office", "sqlite://[::1/office.db"])
def test_a_word_that_names_nothing(word):
    with pytest.raises(CheckerError) as error:
        audited(word)
    assert str(error.value).startswith(f"{word}: ")


@pytest.mark.parametrize("password", ["secret", "se#cret", "se/cret", "se?cret", "se:cret", "se@cret", "[secret"])
@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_no_address_is_told_with_its_password(scheme, password):
    with pytest.raises(CheckerError) as error:
        audited(f"{scheme}://user:{password}@127.0.0.1:1/office?password={password}")
    assert "cret" not in str(error.value)
    assert str(error.value).startswith(f"{scheme}://user@127.0.0.1:1/office: ")
