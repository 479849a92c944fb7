def test_it(news):
    assert news.ask("how many prisoners were pardoned?").text == "123"
