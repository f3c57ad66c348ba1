// Charts are drawn over their tables; without this script the tables are there.

const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();

function dataset({ name, values }, place) {
  return {
    label: name,
    data: values,
    backgroundColor: place ? colour("--bg") : colour("--blue"),
    borderColor: colour("--blue"),
    borderWidth: 1.5,
    maxBarThickness: 34,
  };
}

/** The number over each bar, so that no colour has to be read. */
const numbers = {
  id: "numbers",
  afterDatasetsDraw(chart) {
    const { ctx, data, options } = chart;
    ctx.save();
    ctx.fillStyle = colour("--ink");
    ctx.font = `12px ${colour("--sans")}`;
    const sideways = options.indexAxis === "y";
    ctx.textAlign = sideways ? "left" : "center";
    chart.getDatasetMeta(0).data.forEach((bar, place) => {
      const [x, y] = sideways ? [bar.x + 6, bar.y + 4] : [bar.x, bar.y - 6];
      ctx.fillText(data.datasets[0].data[place].toLocaleString("en"), x, y);
    });
    ctx.restore();
  },
};

function draw(place) {
  const { labels, series } = JSON.parse(place.dataset.plot);
  const sideways = place.dataset.kind === "funnel";
  const canvas = document.createElement("canvas");
  place.append(canvas);
  // people are counted whole
  const ticks = { precision: 0, color: colour("--ink2"), font: { family: colour("--sans"), size: 12 } };
  const axis = { ticks, grid: { color: colour("--line") }, beginAtZero: true };
  return new Chart(canvas, {
    type: "bar",
    data: { labels, datasets: series.map(dataset) },
    plugins: [numbers],
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      indexAxis: sideways ? "y" : "x",
      layout: { padding: { top: 18, right: sideways ? 60 : 0 } },
      plugins: { legend: { display: series.length > 1, align: "start", labels: { color: colour("--ink2"), font: ticks.font } } },
      scales: { x: axis, y: axis },
    },
  });
}

function drawAll(part) {
  for (const place of part.querySelectorAll(".plot[data-plot]:not(:has(canvas))")) draw(place);
}

if (window.Chart) drawAll(document);
document.addEventListener("htmx:afterSettle", () => drawAll(document));
window.addEventListener("beforeprint", () => Object.values(window.Chart?.instances ?? {}).forEach((chart) => chart.resize()));
