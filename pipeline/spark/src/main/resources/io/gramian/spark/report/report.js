'use strict';
// Draws each chart of #charts into its figure. A figure that is drawn says so: data-drawn counts its series.
(() => {
  const charts = JSON.parse(document.getElementById('charts').textContent);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const marks = ['circle', 'rect', 'triangle', 'rectRot', 'crossRot', 'star', 'rectRounded', 'cross'];
  const hues = 8;
  const drawn = new Map();

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // Few series: a colour each. Many: they are ordered, so a ramp.
  function colours(count) {
    if (count <= hues) return Array.from({ length: count }, (_, i) => style(`--series-${i + 1}`));
    const first = Number(style('--ramp-first'));
    const last = Number(style('--ramp-last')) - 360;
    return Array.from({ length: count }, (_, i) =>
      `hsl(${Math.round(360 + first + ((last - first) * i) / (count - 1)) % 360} 70% ${style('--ramp-lightness')})`);
  }

  const seriesColours = (chart) => {
    const own = colours(chart.series.filter((s) => s.look !== 'REFERENCE').length);
    return chart.series.map((s) => (s.look === 'REFERENCE' ? style('--faint') : own.shift()));
  };

  function number(value) {
    const size = Math.abs(value);
    if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
    return value.toLocaleString('en-US', { maximumSignificantDigits: size >= 1000 ? 7 : 5 });
  }

  function dataset(chart, series, index, colour) {
    const named = chart.x.scale === 'NAMES';
    const data = named
      ? chart.x.names.map((_, i) => series.points.find((p) => p.x === i)?.y ?? null)
      : series.points;
    return {
      type: series.look === 'BARS' ? 'bar' : 'line',
      label: series.name,
      data,
      borderColor: colour,
      backgroundColor: colour,
      borderWidth: series.look === 'BARS' ? 0 : series.look === 'PLAIN' ? 1.5 : 2,
      borderDash: series.look === 'REFERENCE' ? [6, 5] : [],
      stepped: series.look === 'STEPS' ? 'middle' : false,
      pointStyle: marks[index % marks.length],
      pointRadius: series.look === 'MARKED' ? 4 : 0,
      pointHitRadius: 12,
      maxBarThickness: 28,
      clip: 8,
      order: series.look === 'REFERENCE' ? 1 : 0,
    };
  }

  function axis(description) {
    const scale = {
      title: { display: true, text: description.label, color: style('--faint') },
      ticks: { color: style('--faint'), maxRotation: 60 },
      grid: { color: style('--line') },
      border: { color: style('--line') },
    };
    if (description.scale === 'NAMES') {
      scale.type = 'category';
      scale.offset = true;
    } else {
      scale.type = description.scale === 'LOGARITHMIC' ? 'logarithmic' : 'linear';
      scale.ticks.callback = (value, i, ticks) => {
        const leading = Number(value.toExponential().split('e')[0]);
        return description.scale !== 'LOGARITHMIC' || leading === 1 || (ticks.length < 12 && [2, 5].includes(leading))
          ? number(value) : '';
      };
    }
    return scale;
  }

  function configuration(chart) {
    const colour = seriesColours(chart);
    const x = axis(chart.x);
    const y = axis(chart.y);
    if (chart.x.scale === 'LINEAR') {
      const values = chart.series.flatMap((s) => s.points.map((p) => p.x));
      x.min = Math.min(...values);
      x.max = Math.max(...values);
      x.offset = chart.series.some((s) => s.look === 'MARKED');
    }
    if (chart.series.some((s) => s.look === 'BARS')) y.beginAtZero = true;
    else y.grace = '5%';
    return {
      data: {
        labels: chart.x.scale === 'NAMES' ? chart.x.names : undefined,
        datasets: chart.series.map((s, i) => dataset(chart, s, i, colour[i])),
      },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        locale: 'en-US',
        interaction: { mode: 'nearest', axis: 'xy', intersect: false },
        scales: { x, y },
        plugins: {
          legend: { display: false },
          tooltip: {
            callbacks: {
              title: (items) => (items.length ? `${chart.x.label}: ${items[0].label}` : ''),
              label: (item) => `${item.dataset.label}: ${number(item.parsed.y)}`,
            },
          },
        },
      },
    };
  }

  function rampLegend(legend, chart, colour) {
    const bar = document.createElement('span');
    bar.className = 'ramp';
    bar.style.background = `linear-gradient(to right, ${colour.join(',')})`;
    legend.replaceChildren(chart.series[0].name, bar, chart.series[chart.series.length - 1].name);
  }

  function swatch(series, colour) {
    const mark = document.createElement('i');
    mark.style.color = colour;
    mark.style.borderColor = colour;
    if (series.look === 'REFERENCE') mark.className = 'reference';
    if (series.look === 'BARS') mark.className = 'bars';
    return mark;
  }

  function legend(figure, chart, plot) {
    const place = figure.querySelector('.legend');
    const colour = seriesColours(chart);
    if (chart.series.length > hues + 1) {
      rampLegend(place, chart, colour);
      return;
    }
    place.replaceChildren(...chart.series.map((series, i) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.setAttribute('aria-pressed', String(plot.isDatasetVisible(i)));
      button.append(swatch(series, colour[i]), series.name);
      button.addEventListener('click', () => {
        plot.setDatasetVisibility(i, !plot.isDatasetVisible(i));
        plot.update();
        button.setAttribute('aria-pressed', String(plot.isDatasetVisible(i)));
      });
      return button;
    }));
  }

  function draw(chart) {
    const figure = document.getElementById(chart.id);
    drawn.get(chart.id)?.destroy();
    const plot = new Chart(figure.querySelector('canvas'), configuration(chart));
    drawn.set(chart.id, plot);
    legend(figure, chart, plot);
    figure.dataset.drawn = String(plot.data.datasets.length);
  }

  const visible = (chart) => !document.getElementById(chart.id).hidden;

  function select(selector) {
    for (const option of selector.options) {
      document.getElementById(option.value).hidden = option.value !== selector.value;
    }
    charts.filter((chart) => visible(chart) && !drawn.has(chart.id)).forEach(draw);
  }

  function drawAll() {
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    drawn.forEach((plot) => plot.destroy());
    drawn.clear();
    charts.filter(visible).forEach(draw);
    document.documentElement.dataset.scheme = dark.matches ? 'dark' : 'light';
  }

  for (const selector of document.querySelectorAll('select[data-selects]')) {
    select(selector);
    selector.addEventListener('change', () => select(selector));
  }
  drawAll();
  dark.addEventListener('change', drawAll);
  document.documentElement.dataset.ready = 'true';
})();
