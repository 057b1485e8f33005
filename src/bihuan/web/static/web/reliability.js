// <bh-reliability src="/…json" height="320">: observed frequency over forecast chance, a line for each lead, counts beside.
import { css, onPaper, painted, text } from "./element.js";

class BhReliability extends HTMLElement {
  connectedCallback() { this.load(); window.addEventListener("resize", this.fit = () => this.chart?.resize()); }
  disconnectedCallback() { window.removeEventListener("resize", this.fit); this.chart?.dispose(); this.off?.(); }
  async load() {
    const [answer] = await Promise.all([fetch(this.getAttribute("src")), painted()]);
    if (!answer.ok) { this.textContent = document.body.dataset.error; return; }
    const { lines, texts } = await answer.json();
    if (!lines.length) { this.innerHTML = `<p class="empty">${document.body.dataset.empty}</p>`; return; }
    this.innerHTML = `<div style="height:${Number(this.getAttribute("height") ?? 320)}px"></div>`;
    this.chart = echarts.init(this.lastElementChild, null, { renderer: "canvas" });
    this.draw(lines, texts);
    this.off = onPaper(() => this.draw(lines, texts));
    this.dataset.ready = "1";
  }
  draw(lines, texts) {
    const axis = (name) => ({ type: "value", name, nameLocation: "middle", nameGap: 28, min: 0, max: 1, axisLabel: { color: css("--bh-dim"), formatter: (v) => `${Math.round(v * 100)}%` }, nameTextStyle: { color: css("--bh-dim") }, splitLine: { lineStyle: { color: css("--bh-line") } } });
    const kinds = ["solid", "dashed", "dotted"], signs = ["circle", "rect", "triangle"];
    const drawn = lines.map((l, i) => ({
      name: l.name, type: "line", data: l.points, symbol: signs[i % 3], color: i ? css("--bh-text") : css("--bh-accent"),
      symbolSize: (p) => 4 + 3 * Math.log10(1 + p[2]), lineStyle: { type: kinds[i % 3] },
    }));
    this.chart.setOption({
      animation: false, grid: { left: 56, right: 16, top: 30, bottom: 44 },
      legend: { top: 0, textStyle: { color: css("--bh-text") }, data: lines.map((l) => l.name) },
      tooltip: { trigger: "item", confine: true, backgroundColor: css("--bh-panel"), borderColor: css("--bh-line"), textStyle: { color: css("--bh-text") },
        formatter: (p) => `${text(p.seriesName)}<br>${text(texts.said)} ${(p.value[0] * 100).toFixed(0)}%<br>${text(texts.happened)} ${(p.value[1] * 100).toFixed(0)}%<br>${text(texts.count)} ${p.value[2]}` },
      xAxis: axis(texts.said), yAxis: axis(texts.happened),
      series: [...drawn, { name: texts.ideal, type: "line", data: [[0, 0], [1, 1]], symbol: "none", silent: true, color: css("--bh-dim"), lineStyle: { width: 1 } }],
    });
  }
}
customElements.define("bh-reliability", BhReliability);
