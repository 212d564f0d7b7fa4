// What the script computes by itself, held to what the reports say.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { shorten } from "../bars.js";
import { cut } from "../buckets.js";
import { CHAR, nearest, roomy } from "../chart.js";
import { unpack } from "../data.js";
import { figureOf } from "../figure.js";
import { bytesIn, show, value } from "../number.js";
import { heightOf, scaleOf } from "../scale.js";
import { elapsedTicks, lengthOf, moment, momentOf, sinceStart, timeTicks } from "../time.js";
import { autoGrain } from "../view.js";

const fixture = JSON.parse(readFileSync(new URL("../../testdata/fixture.json", import.meta.url), "utf8"));
const table = { ...fixture.table, columns: fixture.table.columns.map((c) => ({ ...c, data: unpack(c.data) })) };

test("numbers read as in the reports", () => {
  for (const { unit, n, text } of fixture.shown) assert.equal(show(unit, n), text, `${n} as ${unit}`);
});

test("tables are cut and made coarser as by Go", () => {
  for (const { rows, ...view } of fixture.cuts) {
    const part = cut(table, view);
    assert.equal(part.rows, rows.length, JSON.stringify(view));
    rows.forEach((row, i) => {
      row.forEach((cell, j) => {
        const got = part.columns[j].data[i];
        if (typeof cell === "number") assert.ok(Math.abs(got - cell) <= 0.0051, `${part.columns[j].name} of row ${i}: ${got}, not ${cell}`);
        else assert.equal(got, cell, `${part.columns[j].name} of row ${i}`);
      });
    });
  }
});

test("buckets that were measured in part are drawn as by Go", () => {
  for (const { measured, grain, lines } of fixture.drawn) {
    table.charts.forEach((chart, i) => {
      const { series } = figureOf({ ...table, measured }, chart, { from: -Infinity, to: Infinity, grain });
      const [x, y] = lines[i];
      const what = `${chart.name} of ${measured} by ${grain}`;
      assert.deepEqual(series[0].x, x, what);
      series[0].y.forEach((n, j) => {
        if (y[j] === null) assert.equal(n, null, what);
        else assert.ok(Math.abs(n - y[j]) <= 1e-6 * Math.abs(y[j]), `${what}: ${n}, not ${y[j]}`);
      });
    });
  }
});

test("a part of the range that cuts coarse buckets is drawn as one that was measured so", () => {
  const [from, to] = [table.columns.find((c) => c.name === "TimeBucket").data[0] + 5 * 3600, Infinity];
  const [a] = figureOf(table, table.charts[0], { from, to, grain: 6 * 3600 }).series;
  const [b] = figureOf({ ...table, measured: [from, to] }, table.charts[0], { from, to, grain: 6 * 3600 }).series;
  assert.deepEqual(a, b);
  assert.ok(a.x[0] > from, "an hour of six is less than a quarter");
});

test("labels of an axis do not touch, and stay in the picture", () => {
  for (const [step, letters] of [[64, 8], [66.2, 8], [40, 8], [40, 5], [10, 1], [500, 12]]) {
    const ticks = Array.from({ length: 12 }, (_, i) => ({ x: 47 + i * step, label: "1".repeat(letters) }));
    const [half, width] = [(letters * CHAR) / 2, ticks[11].x + 14];
    const kept = roomy(ticks, width);
    assert.equal(kept[0].x, Math.max(47, half), "the first is shown");
    kept.forEach(({ x }, i) => {
      assert.ok(x >= half && x + half <= width, `${x} of ${width}`);
      assert.ok(i === 0 || x - kept[i - 1].x >= (letters + 1) * CHAR - 1e-9, `${x} is too near, of ${letters} letters`);
    });
    if (step > (letters + 1) * CHAR) assert.ok(kept.length >= 11, "where there is room all but the last are shown");
  }
});

test("what is packed comes back", () => {
  assert.deepEqual(unpack([1, null, 3]), [1, null, 3]);
  assert.deepEqual(unpack({ runs: [0, 3, 7, 1] }), [0, 0, 0, 7]);
  assert.deepEqual(unpack({ deltas: [100, 1, 10, 3] }), [100, 110, 120, 130]);
  assert.deepEqual(unpack({ names: ["a", "b"], runs: [1, 2, 0, 1] }), ["b", "b", "a"]);
});

test("a chart's whole is the sum of its rows, or the ratio of sums", () => {
  const view = { from: -Infinity, to: Infinity, grain: 3600 };
  const total = (name) => table.columns.find((c) => c.name === name).data.reduce((a, b) => a + b, 0);
  const [requests, share, bytes] = table.charts.map((c) => figureOf(table, c, view));
  assert.equal(requests.series[0].whole, total("RequestCount"));
  assert.equal(requests.series[0].y.length, 48, "rows of two regions share a bucket");
  assert.ok(Math.abs(share.series[0].whole - (100 * total("HitCount")) / total("RequestCount")) < 1e-9);
  assert.ok(Math.abs(bytes.series[0].whole - total("TotalBytes") / (48 * 3600)) < 1e-6);
  assert.equal(bytes.y.unit, "B/s");
});

test("a chart picks the rows that it wants", () => {
  const view = { from: -Infinity, to: Infinity, grain: 86400 };
  const chart = { ...table.charts[0], only: [["FriendlyName", "US"]] };
  const us = table.columns.find((c) => c.name === "FriendlyName").data.map((n) => n === "US");
  const want = table.columns.find((c) => c.name === "RequestCount").data.reduce((a, n, i) => a + (us[i] ? n : 0), 0);
  assert.equal(figureOf(table, chart, view).series[0].whole, want);
  assert.equal(figureOf(table, { ...chart, only: [["FriendlyName", "nowhere"]] }, view).lack, "Nothing happened in this range.");
  const silent = { ...table, columns: table.columns.map((c) => (c.name === "RequestCount" ? { ...c, data: c.data.map(() => null) } : c)) };
  assert.equal(figureOf(silent, { ...chart, only: [] }, view).lack, "Nothing happened in this range.", "of buckets without a number");
  const empty = { ...table, rows: 0, columns: table.columns.map((c) => ({ ...c, data: [] })) };
  assert.equal(figureOf(empty, chart, view).lack, "There is nothing to show.");
});

test("numbers that cannot be merged keep the finest buckets", () => {
  const chart = { ...table.charts[0], unit: "millis", only: [["FriendlyName", "EU"]], series: [{ label: "p50", columns: ["P50"], color: "blue" }] };
  const figure = figureOf(table, chart, { from: -Infinity, to: Infinity, grain: 86400 });
  assert.equal(figure.step, 3600);
  assert.equal(figure.series[0].y.length, 48);
  assert.equal(figure.series[0].y[5], null);
});

test("moments", () => {
  assert.equal(moment(1773480413, 1), "2026-03-14 09:26:53");
  assert.equal(moment(1773446400, 86400), "2026-03-14");
  assert.equal(moment(1773478800, 3600), "2026-03-14 09:00");
  assert.equal(momentOf("2026-03-14 09:26"), 1773480360);
  assert.equal(momentOf(" 2026-03-14T09:26:53Z"), 1773480413);
  assert.equal(momentOf("2026-03-14"), 1773446400);
  for (const wrong of ["", "14.3.2026", "2026-13-40", "2026-03-14 9 h"]) assert.ok(Number.isNaN(momentOf(wrong)), wrong);
  assert.equal(lengthOf(5400), "90 min");
  assert.equal(sinceStart(90061.5), "1 d 1 h");
  assert.equal(sinceStart(0.25), "0.25 s");
});

test("axes have few marks, in order and within their range", () => {
  for (const length of [0.01, 1, 59, 3600, 86400, 7 * 86400, 60 * 86400, 900 * 86400]) {
    for (const ticks of [timeTicks(1773480413, 1773480413 + length, 6), elapsedTicks(0, length, 6)]) {
      assert.ok(ticks.length >= 1 && ticks.length <= 7, `${ticks.length} marks for ${length} s`);
      ticks.slice(1).forEach((t, i) => {
        assert.ok(t.at > ticks[i].at);
      });
    }
  }
  for (const unit of ["%", "B", "count", "ms"]) {
    for (const top of [1e-6, 0.4, 1, 99, 1025, 3e6, 7e12]) {
      const [low, high] = heightOf({ unit }, [0, top], 5);
      assert.ok(low === 0 && high >= top, `${top} ${unit}`);
      const ticks = scaleOf({ unit }, low, high).ticks(5);
      assert.ok(ticks.length >= 2 && ticks.length <= 12, `${ticks.length} marks up to ${top} ${unit}`);
    }
  }
  assert.deepEqual(scaleOf({ scale: "log" }, 1, 1000).ticks(9).map((t) => t.label), ["1", "2", "5", "10", "20", "50", "100", "200", "500", "1,000"]);
  assert.deepEqual(scaleOf({ scale: "log", unit: "B" }, 1000, 200e6).ticks(9).map((t) => t.label), ["1 KiB", "4 KiB", "16 KiB", "64 KiB", "256 KiB", "1 MiB", "4 MiB", "16 MiB", "64 MiB"]);
  assert.deepEqual(scaleOf({ scale: "log", unit: "B" }, 1, 2 ** 50).ticks(5).map((t) => t.label), ["1 B", "1 KiB", "1 MiB", "1 GiB", "1 TiB", "1 PiB"]);
  assert.deepEqual(scaleOf({ scale: "nines" }, 1, 1000).ticks(9).map((t) => t.label), ["0 %", "50 %", "90 %", "99 %", "99.9 %"]);
});

test("scales go forth and back", () => {
  for (const scale of ["linear", "log", "nines", "time"]) {
    const s = scaleOf({ scale }, 2, 50);
    assert.equal(s.place(2), 0);
    assert.ok(Math.abs(s.place(50) - 1) < 1e-12);
    for (const v of [2, 3, 17, 50]) assert.ok(Math.abs(s.value(s.place(v)) - v) < 1e-9);
  }
});

test("values of charts carry their unit", () => {
  assert.equal(value("B/s", 1536), "1.50 KiB/s");
  assert.equal(value("B", 3 * 1024 ** 3, "MiB"), "3,072 MiB");
  assert.equal(bytesIn(1, "GiB"), "9.3e-10 GiB");
  assert.equal(value("%", 3.125), "3.12 %");
  assert.equal(value("ms", 0.25), "0.250 ms");
  assert.equal(value("/s", 1234.5), "1,235/s");
  assert.equal(value("/s", 0.0379478), "0.0379/s");
  assert.equal(value("Mbit/s", 1.06007), "1.06 Mbit/s");
  assert.equal(show("number", 1048576), "1,048,576");
  assert.equal(value("count", null), "–");
});

test("the grain left to the page gives few enough buckets", () => {
  assert.equal(autoGrain(0, 14 * 86400, 3600), 3600);
  assert.equal(autoGrain(0, 60 * 86400, 3600), 86400);
  assert.equal(autoGrain(0, 12, 0.1), 0.1);
  assert.equal(autoGrain(0, 20 * 365 * 86400, 3600), 28 * 86400);
});

test("long names lose their middle, between letters", () => {
  assert.equal(shorten("/media/season-01/episode-0001.ts", 15), "/media/…0001.ts");
  assert.equal(shorten("short", 15), "short");
  assert.equal(shorten("ab😀😀cdefgh", 5), "ab…gh");
});

test("the nearest of a rising list", () => {
  assert.equal(nearest([1, 5, 9], 6), 1);
  assert.equal(nearest([1, 5, 9], 8), 2);
  assert.equal(nearest([1, 5, 9], 10), -1);
  assert.equal(nearest([], 1), -1);
});
