"""The drawings for products without a photo: static/illustrations/NAME.svg."""

ILLUSTRATIONS = (
    "baguette-bread",
    "beverage-box",
    "birthday-cake",
    "bread",
    "cheese-wedge",
    "cookie",
    "croissant",
    "cupcake",
    "custard",
    "doughnut",
    "glass-of-milk",
    "hot-beverage",
    "lemon",
    "pancakes",
    "pie",
    "pretzel",
    "sandwich",
    "shortcake",
    "teacup-without-handle",
    "waffle",
)
