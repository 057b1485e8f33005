// <bh-chart src="/…json" height="300">: panels with one crosshair, bands, limits, gaps, night shading, PNG and CSV.
import { css, onPaper, painted, text } from "./element.js";

const CST = 8 * 3600e3;
// A cell of a CSV file: a text is quoted, and one that a spreadsheet would run as a formula is defused.
const cell = (value) => (typeof value === "string" && value !== "" ? `"${value.replace(/^(?=[=+\-@\t\r])/, "'").replaceAll('"', '""')}"` : value);
const hourOf = (ms) => new Date(ms).getUTCHours();
// A moment to the minute; to the second where it has any: a curve of a test is three minutes long.
const moment = (ms, from) => new Date(ms).toISOString().slice(from, ms % 60e3 ? 19 : 16).replace("T", from ? " " : "T");
function tick(ms) {
  const d = new Date(ms), h = d.getUTCHours();
  if (ms % 3600e3) return moment(ms, 11);
  return h ? document.body.dataset.hour.replace("{h}", h) : `${d.getUTCMonth() + 1}-${d.getUTCDate()}`;
}
// The library draws UTC; shifted once here, its ticks and labels are China time whatever the browser's zone is.
function inChinaTime(spec) {
  const shift = (times) => times.map((t) => t + CST);
  for (const p of spec.panels) for (const part of [...(p.series ?? []), ...(p.bands ?? [])]) part.times = shift(part.times);
  if (spec.times) spec.times = shift(spec.times);
  for (const moment of ["now", "from", "until"]) if (spec[moment]) spec[moment] += CST;
  return spec;
}

function nights(times) {
  const areas = [];
  let from = null;
  for (const t of times) {
    const dark = hourOf(t) < 6 || hourOf(t) >= 20;
    if (dark && from === null) from = t;
    if (!dark && from !== null) { areas.push([{ xAxis: from }, { xAxis: t }]); from = null; }
  }
  if (from !== null && times.length) areas.push([{ xAxis: from }, { xAxis: times.at(-1) }]);
  return areas;
}

function lines(panel, index, spec, narrow) {
  const out = [];
  const pair = (s) => s.data.map((v, i) => [s.times[i], v]);
  for (const band of panel.bands ?? []) {
    const base = { type: "line", xAxisIndex: index, yAxisIndex: index, stack: band.name + index, symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false }, stackStrategy: "all" };
    out.push({ ...base, name: band.name, data: band.low.map((v, i) => [band.times[i], v]) });
    out.push({ ...base, name: band.name, data: band.high.map((v, i) => [band.times[i], v === null ? null : v - band.low[i]]), areaStyle: { color: css(band.inner ? "--bh-band2" : "--bh-band1") } });
  }
  (panel.series ?? []).forEach((s, i) => {
    const colour = s.accent ? css("--bh-accent") : s.quiet ? css("--bh-dim") : css("--bh-text");
    const line = { type: s.points ? "scatter" : "line", symbolSize: 4, name: s.name, xAxisIndex: index, yAxisIndex: index, symbol: s.points ? "circle" : "none", connectNulls: false, step: s.step ? "end" : false, data: pair(s), color: colour, lineStyle: { width: s.quiet ? 1 : 1.8, type: s.dashed ? "dashed" : "solid" } };
    if (i === 0) {
      line.markLine = { symbol: "none", silent: true, animation: false, data: [
        ...(panel.limits ?? []).map((l) => ({ yAxis: l.value, lineStyle: { color: css("--bh-dim"), type: "dashed" }, label: { show: !narrow, formatter: l.label, color: css("--bh-dim"), position: "insideEndTop" } })),
        ...(spec.now ? [{ xAxis: spec.now, lineStyle: { color: css("--bh-warn"), type: "solid" }, label: { formatter: spec.nowLabel ?? "", color: css("--bh-warn"), distance: 1 } }] : [])] };
      line.markArea = { silent: true, itemStyle: { color: "rgba(128,140,160,.07)" }, data: nights(spec.times ?? s.times) };
    }
    out.push(line);
  });
  return out;
}

class BhChart extends HTMLElement {
  connectedCallback() { this.load(); window.addEventListener("resize", this.fit = () => this.chart?.resize()); }
  disconnectedCallback() { window.removeEventListener("resize", this.fit); this.chart?.dispose(); this.off?.(); }
  async load() {
    const [answer] = await Promise.all([fetch(this.getAttribute("src")), painted()]);
    if (!answer.ok) { this.textContent = document.body.dataset.error; return; }
    this.spec = inChinaTime(await answer.json());
    const n = this.spec.panels.length, each = Number(this.getAttribute("height") ?? 260);
    if (!this.spec.panels.some((p) => p.series.some((s) => s.data.some((v) => v !== null)))) { this.innerHTML = `<p class="empty">${document.body.dataset.empty}</p>`; return; }
    this.innerHTML = `<div class="tools"><a href="#" data-png>PNG</a><a href="#" data-csv>CSV</a></div><div style="height:${each * n}px"></div>`;
    this.chart = echarts.init(this.lastElementChild, null, { renderer: "canvas" });
    this.draw(each);
    this.off = onPaper(() => this.draw(each));
    this.chart.getZr().on("click", (e) => {
      const at = this.chart.convertFromPixel({ xAxisIndex: 0 }, [e.offsetX, e.offsetY]);
      const ms = Array.isArray(at) ? at[0] : at;
      if (Number.isFinite(ms)) document.dispatchEvent(new CustomEvent("bh-hour", { detail: Math.round(ms / 3600e3) * 3600e3 - CST }));
    });
    this.dataset.ready = "1";
    this.querySelector("[data-png]").onclick = (e) => { e.preventDefault(); this.save(this.chart.getDataURL({ pixelRatio: 2, backgroundColor: css("--bh-panel") }), "png"); };
    this.querySelector("[data-csv]").onclick = (e) => { e.preventDefault(); this.save(URL.createObjectURL(new Blob(["\ufeff" + this.csv()], { type: "text/csv" })), "csv"); };
  }
  draw(each) {
    // On a phone a label within the panel would lie over the curves: limits stand behind the title there.
    const narrow = this.clientWidth < 600, limits = (p) => (narrow && p.limits?.length ? `  - - ${p.limits.map((l) => l.label).join(" · ")}` : "");
    const top = (i) => i * each + 30, x = { type: "time", min: this.spec.from, max: this.spec.until, axisLabel: { color: css("--bh-dim"), hideOverlap: true, formatter: tick }, axisLine: { lineStyle: { color: css("--bh-line") } } };
    this.chart.setOption({
      animation: false, useUTC: true, axisPointer: { link: [{ xAxisIndex: "all" }] },
      tooltip: { trigger: "axis", confine: true, backgroundColor: css("--bh-panel"), borderColor: css("--bh-line"), textStyle: { color: css("--bh-text") }, formatter: (ps) => this.tip(ps) },
      grid: this.spec.panels.map((_, i) => ({ left: 48, right: 14, top: top(i), height: each - 62 })),
      title: this.spec.panels.map((p, i) => ({ text: `${p.title} ${p.unit ?? ""}${limits(p)}`, left: 8, top: top(i) - 29, padding: 0, textStyle: { fontSize: 12, fontWeight: 500, color: css("--bh-dim") } })),
      xAxis: this.spec.panels.map((_, i) => ({ ...x, gridIndex: i })),
      yAxis: this.spec.panels.map((_, i) => ({ type: "value", scale: false, gridIndex: i, min: 0, splitNumber: 4, axisLabel: { color: css("--bh-dim") }, splitLine: { lineStyle: { color: css("--bh-line") } } })),
      dataZoom: [{ type: "inside", xAxisIndex: this.spec.panels.map((_, i) => i), zoomOnMouseWheel: "ctrl" }],
      series: this.spec.panels.flatMap((p, i) => lines(p, i, this.spec, narrow)),
    });
  }
  tip(ps) {
    const when = moment(ps[0].axisValue, 5);
    const { panels } = this.spec, of = (i) => (panels.length > 1 ? `${text(panels[i].title)} ` : "");
    const own = ps.filter((p) => p.value?.[1] !== null && p.value?.[1] !== undefined && panels[p.axisIndex].series.some((s) => s.name === p.seriesName));
    const bands = panels.flatMap((panel, n) => (panel.bands ?? []).map((b) => { const i = b.times.indexOf(ps[0].axisValue); return i < 0 || b.low[i] === null ? "" : `<br>${of(n)}${text(b.name)}: ${b.low[i]}–${b.high[i]}`; }));
    return when + own.map((p) => `<br>${of(p.axisIndex)}${text(p.seriesName)}: <b>${p.value[1]}</b>`).join("") + bands.join("");
  }
  csv() {
    const rows = [["panel", "series", "time_cst", "value", "unit"]];
    const put = (p, name, times, data) => data.forEach((v, i) => rows.push([p.title, name, moment(times[i], 0), v ?? "", p.unit ?? ""]));
    for (const p of this.spec.panels) {
      for (const s of p.series) put(p, s.name, s.times, s.data);
      for (const b of p.bands ?? []) { put(p, b.name + " low", b.times, b.low); put(p, b.name + " high", b.times, b.high); }
    }
    return rows.map((r) => r.map(cell).join(",")).join("\n");
  }
  save(address, kind) { const a = document.createElement("a"); a.href = address; a.download = `${this.getAttribute("name") ?? "bihuan"}.${kind}`; a.click(); }
}
customElements.define("bh-chart", BhChart);
