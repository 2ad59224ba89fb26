// How curves look. Draws with the few operations that a canvas and the SVG recorder of picture.js share.
import { number } from "./format.js";
import { COUNT, DOWN, FROM, isApart, LAST, MAX, MIN, NAN, PLACE, TO, UP } from "./series.js";

const SHORTEST_MARK = 5; // pixels between two marks of one kind

/**
 * `curves`: `{columns, color, toX, gap, smooth}`; `x` and `y` turn what is on the axes into pixels, `area` is {x, y, w, h}.
 * Lines are those of the last values, bands reach from min to max: no point is ever outside of what is drawn.
 */
export function paint(c, curves, { x, y, area, isLog }) {
  // Thin lines first: what is drawn of a group lies over those of its runs.
  const ordered = [...curves.filter((one) => one.isFaint), ...curves.filter((one) => !one.isFaint)];
  for (const one of ordered) if (!one.isFaint) band(c, one, x, y, isLog);
  for (const one of ordered) {
    line(c, one, x, y, isLog);
    if (one.smooth) smoothLine(c, one, x, y, isLog);
    marks(c, one, x, area);
  }
}

const drawable = (value, isLog) => Number.isFinite(value) && (!isLog || value > 0);

function band(c, one, x, y, isLog) {
  let stretch = []; // [pixel, pixel of the least, pixel of the greatest, points]
  const flush = () => {
    // Nothing beside it: the stretch of all its points, upright, or a disc.
    if (stretch.length === 1 && stretch[0][3] > 1) {
      const [at, bottom, top] = stretch[0];
      c.globalAlpha = one.smooth ? 0.4 : 0.8;
      c.fillStyle = one.color;
      c.strokeStyle = one.color;
      c.lineWidth = 1.5;
      if (bottom - top < 5) disc(c, at, (top + bottom) / 2, 2.5);
      else {
        c.beginPath();
        c.moveTo(at, bottom);
        c.lineTo(at, top);
        c.stroke();
      }
    }
    if (stretch.length > 1) {
      c.beginPath();
      stretch.forEach(([at, , top], i) => (i ? c.lineTo(at, top) : c.moveTo(at, top)));
      for (let i = stretch.length - 1; i >= 0; i -= 1) c.lineTo(stretch[i][0], stretch[i][1]);
      c.closePath();
      c.globalAlpha = one.smooth ? 0.1 : 0.2;
      c.fillStyle = one.color;
      c.fill();
      c.globalAlpha = one.smooth ? 0.22 : 0.5;
      c.lineWidth = 1;
      c.strokeStyle = one.color;
      c.stroke();
    }
    stretch = [];
  };
  if (!one.columns.some((column) => column[COUNT] > 1)) return;
  let before = null;
  for (const column of one.columns) {
    const high = number(column[MAX]);
    let low = number(column[MIN]);
    if (isLog && low <= 0) low = number(column[LAST]) > 0 ? number(column[LAST]) : high;
    if (!drawable(high, isLog) || !drawable(low, isLog) || (before && isApart(before, column, one.gap))) flush();
    if (drawable(high, isLog) && drawable(low, isLog)) {
      const at = column[COUNT] === 1 || one.members ? column[PLACE] : (column[FROM] + Math.min(column[TO], Math.max(column[PLACE], column[FROM]))) / 2;
      stretch.push([x(one.toX(at)), y(low), y(high), column[COUNT]]);
    }
    before = column;
  }
  flush();
}

function line(c, one, x, y, isLog) {
  c.strokeStyle = one.color;
  c.fillStyle = one.color;
  c.lineJoin = "round";
  const dashes = [];
  const dots = [];
  let last = null; // the last finite point: [pixel, pixel, column, starts a stretch]
  let isWhole = true;
  c.globalAlpha = one.smooth || one.isFaint ? 0.32 : 1;
  c.lineWidth = one.smooth || one.isFaint ? 1 : one.members ? 2 : 1.5;
  c.setLineDash(one.smooth ? [] : one.dashes ?? []);
  c.beginPath();
  for (const column of one.columns) {
    const value = number(column[LAST]);
    if (!drawable(value, isLog)) {
      isWhole = false;
      continue;
    }
    const point = [x(one.toX(column[PLACE])), y(value), column, true];
    if (last && isWhole && !isApart(last[2], column, one.gap)) {
      c.lineTo(point[0], point[1]);
      point[3] = false;
      last[4] = true;
    } else {
      if (last && last[3] && !last[4]) dots.push(last);
      if (last) dashes.push([last, point]);
      c.moveTo(point[0], point[1]);
    }
    last = point;
    isWhole = true;
  }
  if (last && last[3] && !last[4]) dots.push(last);
  c.stroke();
  c.globalAlpha = 0.45;
  c.lineWidth = 1;
  c.setLineDash([2, 4]);
  for (const [a, b] of dashes) {
    c.beginPath();
    c.moveTo(a[0], a[1]);
    c.lineTo(b[0], b[1]);
    c.stroke();
  }
  c.setLineDash([]);
  c.globalAlpha = one.smooth || one.isFaint ? 0.32 : 1;
  for (const [px, py] of dots) disc(c, px, py, 2.5);
  if (one.columns.length && one.columns.length <= 40 && !one.smooth && !one.isFaint) {
    for (const column of one.columns) if (drawable(number(column[LAST]), isLog)) disc(c, x(one.toX(column[PLACE])), y(number(column[LAST])), 2);
  }
}

function disc(c, px, py, radius) {
  c.beginPath();
  c.arc(px, py, radius, 0, 2 * Math.PI);
  c.fill();
}

function smoothLine(c, one, x, y, isLog) {
  c.globalAlpha = one.isFaint ? 0.4 : 1;
  c.lineWidth = one.isFaint ? 1 : 2;
  c.strokeStyle = one.color;
  c.setLineDash(one.dashes ?? []);
  c.beginPath();
  let last = null;
  one.smooth.forEach((value, i) => {
    if (value === null || !drawable(value, isLog)) {
      last = null;
      return;
    }
    const px = x(one.toX(one.columns[i][PLACE]));
    // Over a gap the line behind it is dotted, and this one is not drawn.
    if (last && !isApart(last, one.columns[i], one.gap)) c.lineTo(px, y(value));
    else c.moveTo(px, y(value));
    last = one.columns[i];
  });
  c.stroke();
  c.setLineDash([]);
}

/** Values that have no place: NaN as a cross on the lower edge, the infinities as arrows at the edges they went over. */
function marks(c, one, x, area) {
  const shapes = [[NAN, area.y + area.h - 6, cross], [UP, area.y + 6, (cc, px, py) => arrow(cc, px, py, -1)], [DOWN, area.y + area.h - 14, (cc, px, py) => arrow(cc, px, py, 1)]];
  c.strokeStyle = one.color;
  c.fillStyle = one.color;
  c.globalAlpha = 1;
  c.lineWidth = 1.5;
  for (const [field, py, shape] of shapes) {
    let before = -Infinity;
    for (const column of one.columns) {
      if (!column[field]) continue;
      const px = x(one.toX(column[PLACE]));
      if (px - before < SHORTEST_MARK) continue;
      shape(c, px, py);
      before = px;
    }
  }
}

function cross(c, px, py) {
  c.beginPath();
  c.moveTo(px - 3, py - 3);
  c.lineTo(px + 3, py + 3);
  c.moveTo(px - 3, py + 3);
  c.lineTo(px + 3, py - 3);
  c.stroke();
}

function arrow(c, px, py, direction) {
  c.beginPath();
  c.moveTo(px - 4, py - 3 * direction);
  c.lineTo(px + 4, py - 3 * direction);
  c.lineTo(px, py + 4 * direction);
  c.closePath();
  c.fill();
}
