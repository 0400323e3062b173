// A line's points are one stop of the tab key; left and right go from one to the next.
for (const chart of document.querySelectorAll(".chart")) {
  const points = [...chart.querySelectorAll(".point")];
  points.forEach((point, place) => {
    point.setAttribute("tabindex", place === points.length - 1 ? "0" : "-1");
    point.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const next = step && points[place + step];
      if (!next) return;
      event.preventDefault();
      point.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    });
  });
}
