// The points of a line are a single tab stop; left and right move between them.
for (const chart of document.querySelectorAll(".chart")) {
  const points = [...chart.querySelectorAll(".point")];
  points.forEach((point, index) => {
    point.setAttribute("tabindex", index === points.length - 1 ? "0" : "-1");
    point.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const next = step && points[index + step];
      if (!next) return;
      event.preventDefault();
      point.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    });
  });
}
