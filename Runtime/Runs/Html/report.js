"use strict";
const run = JSON.parse(document.getElementById("run").textContent);
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const colors = { blue: css("--blue"), orange: css("--orange"), green: css("--green"), purple: css("--purple"),
  ink: css("--ink"), soft: css("--soft"), line: css("--line") };

function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined && text !== null) element.textContent = text;
  if (className) element.className = className;
  return element;
}
function scaled(value, unit, base) {
  if (value === null || value === undefined) return "–";
  const prefixes = ["", "k", "M", "G", "T", "P"];
  let i = 0;
  while (Math.abs(value) >= base * 0.9995 && i < prefixes.length - 1) { value /= base; i++; }
  const digits = i === 0 && Number.isInteger(value) ? 0 : Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits) + " " + prefixes[i] + unit;
}
const bytes = value => scaled(value, "B", 1000);
const number = value => value === null ? "–" : Math.abs(value) >= 1e5 || value !== 0 && Math.abs(value) < 1e-3
  ? value.toExponential(2) : Number.isInteger(value) ? value.toLocaleString("en") : value.toPrecision(5).replace(/\.?0+$/, "");
function duration(seconds) {
  if (seconds === null) return "–";
  if (seconds < 120) return seconds.toFixed(1) + " s";
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? minutes + " min " + Math.round(seconds % 60) + " s" : (seconds / 3600).toFixed(1) + " h";
}

function cards() {
  const list = document.getElementById("cards");
  const add = (label, value, note) => {
    const card = make("div", null, "card");
    card.append(make("span", label), make("b", value), make("i", note ? " " + note : ""));
    list.append(card);
  };
  for (const [name, value] of run.results) add(name, typeof value === "number" ? number(value) : value);
  add("training loss", number(run.finalLoss), "last steps");
  if (run.bestStep) add("best " + run.monitor, number(run.best), "step " + run.bestStep.toLocaleString("en"));
  add("steps", run.step.toLocaleString("en"), run.step < run.steps ? "of " + run.steps.toLocaleString("en") : "");
  add("time", duration(run.seconds), run.reason);
  add(run.unit + " a second", scaled(run.rate, "", 1000).trim(), "median");
  add("parameters", run.parameters.toLocaleString("en"));
  add("planned memory", bytes(run.plannedBytes), run.device);
}

// Points between validations have no value there: uPlot joins what is null-free and leaves out what is not.
function merge(history, validation) {
  const steps = [...new Set([...history.step, ...validation.step])].sort((a, b) => a - b);
  const at = (xs, ys) => {
    const values = new Map(xs.map((x, i) => [x, ys[i]]));
    return steps.map(s => values.has(s) ? values.get(s) : undefined);
  };
  return { steps, at };
}
const charts = [];
function chart(id, title, series, x, log) {
  const panel = make("div", null, "panel");
  panel.append(make("h3", title));
  document.getElementById(id).append(panel);
  const axis = { stroke: colors.soft, grid: { stroke: colors.line, width: 1 }, ticks: { stroke: colors.line, width: 1 } };
  const options = {
    width: Math.max(320, panel.clientWidth - 34), height: 250,
    cursor: { sync: { key: "run" } },
    scales: { x: { time: false }, y: log ? { distr: 3 } : {} },
    axes: [{ ...axis }, { ...axis, size: 62, values: (u, ticks) => ticks.map(t => t === null ? "" : Math.abs(t) >= 1e4
      ? scaled(t, "", 1000).trim() : t !== 0 && Math.abs(t) < 1e-3 ? t.toExponential(0) : String(+t.toPrecision(6))) }],
    series: [{ label: "step" }, ...series.map(s => ({ spanGaps: true, width: 1.6, points: { show: !!s.points, size: 6 },
      label: s.label, stroke: s.color, value: (u, v) => v === null || v === undefined ? "–" : number(v) }))],
  };
  const plot = new uPlot(options, [x, ...series.map(s => s.values)], panel);
  charts.push([plot, panel]);
}
function smooth(values) {
  // Over about a fiftieth of what is shown, corrected for its start.
  const weight = Math.min(0.5, 50 / Math.max(50, values.length));
  let mean = 0, total = 0;
  return values.map(v => {
    if (v === null) return null;
    mean = mean * (1 - weight) + v * weight;
    total = total * (1 - weight) + weight;
    return mean / total;
  });
}
function course() {
  const h = run.history, v = run.validation, m = merge(h, v);
  const palette = [colors.orange, colors.green, colors.purple];
  const losses = [{ label: "training, each", values: m.at(h.step, h.loss), color: colors.blue + "55" },
    { label: "training", values: m.at(h.step, smooth(h.loss)), color: colors.blue }];
  if (v.metrics.loss) losses.push({ label: "validation", values: m.at(v.step, v.metrics.loss), color: colors.orange, points: true });
  chart("charts", "Loss", losses, m.steps);
  for (const name of Object.keys(v.metrics).filter(n => n !== "loss"))
    chart("charts", "Validation: " + name, [{ label: name, values: v.metrics[name], color: palette[1], points: true }], v.step);
  chart("charts", "Learning rate", [{ label: "rate", values: h.lr, color: colors.purple }], h.step);
  chart("charts", "Throughput, " + run.unit + " a second",
    [{ label: "each", values: h.rate, color: colors.green + "55" }, { label: "smooth", values: smooth(h.rate), color: colors.green }], h.step);
  chart("charts", "Gradient norm before clipping", [{ label: "each", values: h.norm, color: colors.orange + "55" },
    { label: "smooth", values: smooth(h.norm), color: colors.orange }], h.step);
}

function svg(tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}
function memory() {
  const plan = run.plan;
  if (!plan || plan.buffers.length === 0) { document.getElementById("memory-section").remove(); return; }
  const left = 70, right = 10, top = 8, foot = 34, width = 1120, height = 380;
  const last = Math.max(...plan.buffers.map(b => b[5])) + 1, end = plan.bytes;
  const x = step => left + (width - left - right) * step / last, y = byte => height - foot - (height - top - foot) * byte / end;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width: "100%", role: "img" });
  for (let i = 0; i <= 4; i++) {
    picture.append(svg("line", { x1: left, x2: width - right, y1: y(end * i / 4), y2: y(end * i / 4), class: "axis" }));
    picture.append(svg("text", { x: left - 6, y: y(end * i / 4) + 4, "text-anchor": "end" }, bytes(end * i / 4)));
  }
  const turn = plan.kernels.filter(k => k[2]).map(k => k[3]).sort((a, b) => a - b)[0];
  const note = document.getElementById("memory-note");
  const hue = name => { let h = 7; for (const c of name) h = (h * 31 + c.charCodeAt(0)) % 360; return h; };
  for (const [name, shape, offset, length, from, to] of plan.buffers) {
    const spansBoth = turn !== undefined && from < turn && to >= turn;
    const rect = svg("rect", { x: x(from), y: y(offset + length), width: Math.max(1.5, x(to + 1) - x(from)),
      height: Math.max(0.5, y(offset) - y(offset + length)), class: "buffer",
      fill: `hsl(${hue(name)} ${spansBoth ? 60 : 38}% ${spansBoth ? 55 : 68}%)` });
    const text = `${name} ${shape}: ${bytes(length)} from ${bytes(offset)}, steps ${from} to ${to}`;
    rect.append(svg("title", {}, text));
    rect.addEventListener("mouseenter", () => { note.textContent = text; });
    picture.append(rect);
    const high = y(offset) - y(offset + length), wide = x(to + 1) - x(from);
    if (high > 13 && wide > 7 * name.length + 8)
      picture.append(svg("text", { x: x(from) + 5, y: y(offset + length / 2) + 4, style: "fill:#111;pointer-events:none" }, name));
  }
  if (turn !== undefined) {
    picture.append(svg("line", { x1: x(turn), x2: x(turn), y1: top, y2: height - foot, stroke: colors.ink, "stroke-dasharray": "4 3" }));
    picture.append(svg("text", { x: x(turn) - 6, y: height - foot + 15, "text-anchor": "end" }, "forward"));
    picture.append(svg("text", { x: x(turn) + 6, y: height - foot + 15 }, "backward"));
  }
  picture.append(svg("text", { x: width - right, y: height - 6, "text-anchor": "end" }, "steps of the schedule, loops in line"));
  document.getElementById("memory").append(picture);
}

function cells(row, values) {
  const tr = make("tr");
  for (const value of values) tr.append(value instanceof Node ? value : make("td", value, typeof value === "string" && /^[-–\d]/.test(value) ? "n" : ""));
  row.append(tr);
}
function head(table, names) {
  const tr = make("tr");
  names.forEach(n => tr.append(make("th", n.replace("^", ""), n.startsWith("^") ? "n" : "")));
  table.append(tr);
}
function layers() {
  const plan = run.plan;
  if (!plan || plan.kernels.length === 0) { document.getElementById("layers-section").remove(); return; }
  const groups = new Map();
  for (const [, layer, backward, , times, flops, traffic] of plan.kernels) {
    const group = groups.get(layer) || { forward: 0, backward: 0, bytes: 0, launches: 0 };
    group[backward ? "backward" : "forward"] += times * flops;
    group.bytes += times * traffic;
    group.launches += times;
    groups.set(layer, group);
  }
  const rows = [...groups].sort((a, b) => b[1].forward + b[1].backward - a[1].forward - a[1].backward);
  const total = rows.reduce((s, [, g]) => s + g.forward + g.backward, 0), most = rows[0][1].forward + rows[0][1].backward || 1;
  const table = make("table");
  head(table, ["layer", "^forward", "^backward", "^traffic", "^launches", "^share", ""]);
  for (const [layer, g] of rows) {
    const bar = make("td", null, "bar");
    for (const part of ["forward", "backward"]) {
      const piece = make("div", null, part);
      piece.style.width = 97 * g[part] / most + "%";
      bar.append(piece);
    }
    cells(table, [make("td", layer || "(the model's own body)"), make("td", scaled(g.forward, "FLOP", 1000), "n"), make("td", scaled(g.backward, "FLOP", 1000), "n"),
      make("td", bytes(g.bytes), "n"), make("td", g.launches.toLocaleString("en"), "n"),
      make("td", (100 * (g.forward + g.backward) / total).toFixed(1) + " %", "n"), bar]);
  }
  document.getElementById("layers").append(table);
}
function kernels() {
  const section = document.getElementById("kernels-section"), profile = run.profile;
  if (!profile) { section.remove(); return; }
  document.getElementById("kernels-note").textContent = profile.note;
  const table = make("table");
  head(table, profile.head.map((name, i) => i === 0 ? name : "^" + (name === "ms" ? "ms a step" : name)));
  for (const row of profile.rows) {
    const [name, ...rest] = row;
    cells(table, [make("td", name), ...rest.map(v => make("td", v, "n"))]);
  }
  document.getElementById("kernels").append(table);
}
function samples() {
  if (run.samples.length === 0) { document.getElementById("samples-section").remove(); return; }
  const list = document.getElementById("samples");
  for (const sample of run.samples) {
    const panel = make("div", null, "panel");
    panel.append(make("h3", sample.title));
    if (sample.text !== undefined) panel.append(make("pre", sample.text));
    else {
      const image = make("img");
      image.src = "data:image/png;base64," + sample.image;
      image.alt = sample.title;
      panel.append(image);
    }
    list.append(panel);
  }
}

cards();
course();
memory();
layers();
kernels();
samples();
addEventListener("resize", () => charts.forEach(([plot, panel]) =>
  plot.setSize({ width: Math.max(320, panel.clientWidth - 34), height: 250 })));
