// Told of a page before its own scripts run: when what `looks[WORD]` looks for is on the screen, `bench.drawn` says since when (in
// milliseconds since the navigation began, or since `begun`) and what. A look gives null as long as it is not there.
(() => {
  const plain = (values) => values.reduce((most, one) => (Number.isFinite(one) && one > most ? one : most), -Infinity);

  function deep(selector, root = document) {
    const found = [...root.querySelectorAll(selector)];
    for (const one of root.querySelectorAll("*")) if (one.shadowRoot) found.push(...deep(selector, one.shadowRoot));
    return found;
  }

  /** `curves`: lists of `{x, y, count}`. */
  const told = (curves, wanted) => (curves.length < wanted || curves.some((one) => !one.length) ? null : {
    drawn: curves[0].length,
    stands: curves[0].reduce((sum, one) => sum + one.count, 0),
    highest: plain(curves.flatMap((one) => plain(one.map((point) => point.y)))),
    last: Math.min(...curves.map((one) => one.at(-1).x)),
  });

  const looks = {
    "fieldbook rows": () => document.querySelector("main .grid tbody tr[data-index] a[data-key^=name-]") && {},

    "fieldbook last row"() {
      const count = document.querySelector("main .grid")?.getAttribute("aria-rowcount");
      return document.querySelector(`main .grid tr[aria-rowindex="${count}"] a[data-key^=name-]`) && {};
    },

    // A column is [from, to, count, place, last, min, max, …].
    "fieldbook curves"(wanted) {
      const curves = document.querySelector("main .chart")?.fieldbookCurves ?? [];
      return told(curves.map((one) => one.columns.map((c) => ({ x: Number(c[3]), y: Number(c[6]), count: c[2] }))), wanted);
    },

    "mlflow rows": () => document.querySelector(".ag-row a[href*='/runs/']") && {},

    // plotly: a trace may be there twice, and is drawn when its path is.
    "mlflow curves"(wanted) {
      const plot = document.querySelector(".js-plotly-plot");
      const paths = [...plot?.querySelectorAll(".scatterlayer path.js-line") ?? []].filter((one) => one.getAttribute("d"));
      if (paths.length < wanted) return null;
      return told((plot.data ?? []).map((one) => Array.from(one.y ?? [], (y, i) => ({ x: Number(one.x[i]), y: Number(y), count: 1 }))), wanted);
    },

    // Polymer: each of its parts has a document of its own.
    "tensorboard curves"(wanted) {
      const chart = deep("vz-line-chart2")[0]?._chart;
      const paths = chart ? [...chart.targetSVG.node().querySelectorAll("path.line")].filter((one) => one.getAttribute("d")) : [];
      if (paths.length < wanted) return null;
      return told(chart.datasets.map((one) => one.data().map((point) => ({ x: point.step, y: point.scalar, count: 1 }))), wanted);
    },
  };

  const bench = globalThis.bench = { drawn: null, looks };
  bench.look = (word, wanted) => {
    let seen = null;
    try {
      seen = looks[word](wanted);
    } catch { /* a page half made */ }
    return seen;
  };
  bench.watch = (word, wanted, begun = 0) => {
    const frame = () => {
      const seen = bench.look(word, wanted);
      if (!seen) return requestAnimationFrame(frame);
      // The frame in which it was put there has been painted when the next one begins.
      return requestAnimationFrame((now) => { bench.drawn = { ...seen, at: Math.max(now, performance.now()) - begun }; });
    };
    requestAnimationFrame(frame);
  };
  /** From where the page stands now to another of its own views. */
  bench.walk = (url, word, wanted) => {
    bench.drawn = null;
    bench.watch(word, wanted, performance.now());
    location.assign(url);
  };
  /** To the end of a table that stands open. */
  bench.toEnd = (frame, word) => {
    bench.drawn = null;
    bench.watch(word, 1, performance.now());
    const box = document.querySelector(frame);
    box.scrollTop = box.scrollHeight;
  };
})();
