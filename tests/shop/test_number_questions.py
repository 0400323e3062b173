"""Tests of the confirmation for numbers that are probably typing errors."""

import pytest
from django import forms

from cafe_site.shop.number_questions import NumberQuestions


class QuantityForm(NumberQuestions):
    quantity = forms.IntegerField(required=False)

    def __init__(self, *args: object, most: int, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.most = most

    def clean(self) -> None:
        self.ask_about_quantity("quantity", "Bun", self.most)


def form_with(quantity: str, *, most: int, standing: int | None = None) -> QuantityForm:
    return QuantityForm({"quantity": quantity}, most=most, initial={"quantity": standing})


@pytest.mark.parametrize(
    ("most", "question"),
    [
        (10, "Bun: is 5,000 right? The highest so far is 10. If it is right, save again."),
        (1_249, "Bun: is 5,000 right? The highest so far is 1,249. If it is right, save again."),
        (1_250, ""),
        (0, "Bun: is 5,000 right? There were none so far. If it is right, save again."),
    ],
)
def test_a_quantity_far_above_the_most_so_far_is_asked_about(most: int, question: str) -> None:
    form = form_with("5000", most=most)

    assert form.errors == ({"quantity": [question]} if question else {})


@pytest.mark.parametrize(("quantity", "standing"), [("", 7), ("12", None), ("5000", 5000)])
def test_what_is_empty_usual_or_stands_already_is_not_asked_about(
    quantity: str, standing: int | None
) -> None:
    assert form_with(quantity, most=10, standing=standing).is_valid()


def test_the_same_number_is_taken_the_second_time_and_another_is_asked_about() -> None:
    asked = form_with("5000", most=10)
    asked.is_valid()

    confirmed = str(asked["confirmed"].value())
    same = QuantityForm({"quantity": "5000", "confirmed": confirmed}, most=10)
    other = QuantityForm({"quantity": "50000", "confirmed": confirmed}, most=10)

    assert confirmed == "quantity=5000"
    assert (same.is_valid(), other.is_valid()) == (True, False)
    assert other["confirmed"].value() == "quantity=5000 quantity=50000"
