"""Questions that need more than a tap: steps moved by keyboard, cells of a picture under a finger."""

from playwright.sync_api import expect

from tests.e2e.conftest import Visit


def test_steps_are_moved_by_keyboard_and_said(visit: Visit) -> None:
    page = visit("/styleguide/")
    steps = page.locator("[data-ordering]").first
    steps.get_by_role("button", name="搓洗手心手背").last.focus()
    page.keyboard.press("Enter")
    expect(steps.locator(".ord-t")).to_have_text(["冲湿、取洗手液", "搓洗手心手背", "擦干、关水"])
    places = steps.locator("select").evaluate_all("all => all.map(one => [one.name, one.value])")
    assert places == [["open-order-b", "1"], ["open-order-a", "2"], ["open-order-c", "3"]]
    expect(page.locator(".question [role=status]").first).to_contain_text("搓洗手心手背")
    assert page.evaluate("document.activeElement.dataset.move") == "1"


def test_every_cell_of_a_picture_takes_a_finger_on_a_phone(visit: Visit) -> None:
    page = visit("/styleguide/")
    sizes = page.locator(".cell").evaluate_all(
        "all => all.map(one => [one.offsetWidth, one.offsetHeight]).flat()"
    )
    assert min(sizes) >= 44
    page.get_by_role("checkbox", name="B3").first.check(force=True)
    expect(page.get_by_role("checkbox", name="B3").first).to_be_checked()
