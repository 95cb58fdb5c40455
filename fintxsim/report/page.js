// Draws the figures, switches the theme, and gets the page ready for printing.
(function () {
  "use strict";
  const root = document.documentElement;
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const isTouch = matchMedia("(pointer: coarse)").matches;
  const config = {
    displaylogo: false,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
  };

  function draw(id) {
    const place = document.getElementById(id);
    if (place.dataset.drawn) return;
    place.dataset.drawn = "yes";
    const figure = figures[id];
    makeRoom(place, figure);
    if (isTouch) figure.layout.dragmode = false; // a finger that scrolls the page must not zoom
    Plotly.newPlot(place, figure.data, figure.layout, config);
    fitting.observe(place);
  }
  const fitting = new ResizeObserver((entries) => entries.forEach((entry) => fit(entry.target)));
  function fit(place) {
    if (Math.abs(place.clientWidth - place._fullLayout.width) > 1) Plotly.Plots.resize(place);
  }

  // On a narrow screen the entries of a legend stand one below the other.
  function makeRoom(place, figure) {
    const entries = figure.data.filter((trace) => trace.name && trace.showlegend !== false).length;
    if (!figure.layout.showlegend || place.clientWidth > 600) return;
    figure.layout.height += 19 * Math.max(entries - 2, 0);
    place.style.height = figure.layout.height + "px";
  }

  const waiting = Object.keys(figures);
  function drawNext() {
    if (!waiting.length) return;
    draw(waiting.shift());
    setTimeout(drawNext, 0);
  }

  // Paper is as wide as it is: drawings are made to fit it, and the screen again afterwards.
  function drawAll() {
    waiting.splice(0).forEach(draw);
    Object.keys(figures).forEach((id) => fit(document.getElementById(id)));
  }
  addEventListener("beforeprint", drawAll);
  addEventListener("afterprint", drawAll);

  const themes = ["system", "light", "dark"];
  const button = document.getElementById("theme");
  function remembered() {
    try { return localStorage.getItem("fintxsim-theme"); } catch (error) { return null; }
  }
  function show(theme) {
    if (theme === "system") delete root.dataset.theme; else root.dataset.theme = theme;
    button.textContent = "Theme: " + theme;
    try { localStorage.setItem("fintxsim-theme", theme); } catch (error) { /* a page of a file may not store */ }
  }
  button.hidden = false;
  button.addEventListener("click", () => {
    const now = root.dataset.theme || "system";
    show(themes[(themes.indexOf(now) + 1) % themes.length]);
  });
  if (themes.includes(remembered())) show(remembered());

  drawNext();
})();
